"""The agent as a process, against a real broker: what it promises to those who run it."""

import fcntl
import json
import os
import pty
import subprocess
import sys
import tty

import paho.mqtt.client as mqtt
import pytest
from edge_bench import AgentProcess, edge_toml, wait_for
from edge_collector import StandInCollector
from edge_node import Node, altered
from kills import committed, count, first_number

from plumbline.edge_agent.serial_port import SerialPort

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]
KEY = "XX.TWR01.0A.HN"


@pytest.fixture
def bench(tmp_path, mosquitto):
    """Return a broker, a collector, a node, and the agent's configuration."""
    broker = mosquitto()
    with StandInCollector(broker.port) as collector, Node(tmp_path / "port") as node:
        yield broker, collector, node, edge_toml(node.port, broker.port)


def test_what_the_node_measures_reaches_the_collector(tmp_path, bench):
    _, collector, node, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 250, "250 samples")
        birth = collector.states[-1]
        assert (birth.agent, birth.online, birth.reason) == ("pi-ground", True, "started")
        assert [stream.stream for stream in birth.streams] == [KEY]
        wait_for(lambda: collector.beats, "a heartbeat")
        assert agent.terminate() == 0
    wait_for(lambda: not collector.states[-1].online, "a goodbye")
    assert collector.states[-1].reason == "stopped"
    blocks = collector.of(KEY)
    assert not any(altered(block) for block in blocks)
    assert [block.seq for block in blocks] == list(range(len(blocks)))
    assert blocks[0].stream.axes == "ZNE"
    assert {len(block.counts[0]) for block in blocks[:-1]} == {100}
    first = blocks[1]
    truth_ns = node.begun_ns + first_number(first) * 10_000_000
    delay_ns = 103_260_000  # the bench does not wait for its own filter
    assert first.start_ns + delay_ns == pytest.approx(truth_ns + 50_000_000, abs=60_000_000)


def test_sigterm_leaves_nothing_behind(tmp_path, bench):
    """The open block is cut, committed, published and seen before the agent ends."""
    _, collector, _, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        assert agent.terminate() == 0
        rows = committed(tmp_path / "spool.db")
        wait_for(lambda: rows == set(collector.blocks), "the cut block")


def test_a_node_that_is_plugged_out_and_in_costs_one_gap(tmp_path, bench):
    _, collector, node, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        node.unplug()
        wait_for(lambda: "is gone" in agent.log, "a message that the port is gone")
        node.plug_in()
        wait_for(lambda: "is there" in agent.log, "a message that the port is there")
        before = collector.samples(KEY)
        wait_for(lambda: collector.samples(KEY) > before + 100, "samples after it")
        agent.terminate()
    cost = count(collector.blocks, committed(tmp_path / "spool.db"))
    assert (cost.lost, cost.doubled, cost.altered, len(cost.gaps)) == (0, 0, 0, 1)
    (gap,) = cost.gaps
    assert gap.by_time == pytest.approx(gap.missing, abs=0.5)
    assert len({boot for _, boot, _ in collector.blocks}) == 1


def test_a_time_without_broker_loses_nothing(tmp_path, bench):
    broker, collector, _, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        broker.kill()
        wait_for(lambda: "trying again" in agent.log, "one message")
        spool = tmp_path / "spool.db"
        held = len(committed(spool))
        wait_for(lambda: len(committed(spool)) >= held + 4, "blocks in the spool")
        broker.start()
        wait_for(lambda: committed(spool) <= set(collector.blocks), "the backlog")
        agent.terminate()
        wait_for(lambda: committed(spool) <= set(collector.blocks), "the rest")
    cost = count(collector.blocks, committed(spool))
    assert (cost.lost, cost.doubled, cost.altered, cost.gaps) == (0, 0, 0, ())
    assert agent.log.count("cannot be reached") <= 1  # said once, not at each attempt


def test_a_block_that_was_lost_on_the_way_is_sent_again(tmp_path, bench):
    _, collector, _, config = bench
    dropped = []

    def ignores(block):
        if block.seq == 1 and not dropped:
            dropped.append(block)
            return True
        return False

    collector.ignores = ignores
    with AgentProcess(tmp_path, config):
        wait_for(lambda: any(seq == 1 for _, _, seq in list(collector.blocks)), "block 1 again")
    assert dropped


def test_a_collector_with_a_new_store_gets_everything_again(tmp_path, bench):
    _, collector, _, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 200, "blocks")
        collector.forget("00000000000000bb")
        rows = committed(tmp_path / "spool.db")
        wait_for(lambda: rows <= set(collector.blocks), "all of them again")
        assert "store is a new one" in agent.log


def test_a_block_that_is_asked_for_is_sent(tmp_path, bench):
    _, collector, _, config = bench
    with AgentProcess(tmp_path, config):
        wait_for(lambda: collector.samples(KEY) >= 200, "blocks")
        collector.request(collector.of(KEY)[0])
        wait_for(lambda: collector.repeats, "the block again")


def test_a_refused_block_is_set_aside_and_told(tmp_path, bench):
    _, collector, _, config = bench
    collector.refuses = lambda block: "unknown stream" if block.seq == 0 else None
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: "unknown stream" in agent.log, "a message")
        wait_for(lambda: collector.samples(KEY) >= 200, "the other blocks")
        assert agent.log.count("unknown stream") == 1


def test_nonsense_on_its_topics_does_not_stop_the_agent(tmp_path, bench):
    broker, collector, _, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        base = "plumbline/1/XX/TWR01/pi-ground/"
        stranger = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        stranger.connect("127.0.0.1", broker.port)
        for topic in ("watermark/0A.HN", "command", "state"):
            stranger.publish(base + topic, b"\xff nonsense", qos=1)
        stranger.loop_start()
        wait_for(lambda: "cannot be read" in agent.log, "a message")
        before = collector.samples(KEY)
        wait_for(lambda: collector.samples(KEY) > before + 200, "more blocks")
        stranger.disconnect()
        stranger.loop_stop()


def test_a_broker_that_refuses_is_one_message_and_the_spool_goes_on(tmp_path, mosquitto):
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, "pi", "right"], check=True)
    users.chmod(0o600)
    broker = mosquitto(password_file=str(users))
    (tmp_path / "secret").write_text("wrong\n")
    extra = 'username = "pi"\npassword_file = "secret"'
    with (
        Node(tmp_path / "port") as node,
        AgentProcess(tmp_path, edge_toml(node.port, broker.port, extra=extra)) as agent,
    ):
        wait_for(lambda: len(committed(tmp_path / "spool.db")) >= 4, "blocks in the spool")
        assert agent.log.count("refuses user 'pi'") == 1
        assert "check username and password_file" in agent.log
        (tmp_path / "secret").write_text("right\n")
        wait_for(lambda: "connected to broker" in agent.log, "the connection")


def test_a_broker_that_is_not_there_is_one_message(tmp_path):
    with (
        Node(tmp_path / "port") as node,
        AgentProcess(tmp_path, edge_toml(node.port, 9)) as agent,
    ):
        wait_for(lambda: len(committed(tmp_path / "spool.db")) >= 3, "blocks in the spool")
        assert agent.log.count("cannot be reached") == 1
        assert "start it, or correct host and port" in agent.log
        assert agent.terminate() == 0


def test_two_agents_with_one_name_are_told_and_both_go_on(tmp_path, bench):
    broker, collector, _, config = bench
    with (
        Node(tmp_path / "port2") as other_node,
        AgentProcess(tmp_path, config) as first,
    ):
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        other = edge_toml(other_node.port, broker.port, spool="other.db").replace('"0A"', '"0B"')
        with AgentProcess(tmp_path, other, name="second") as second:
            for agent in (first, second):
                wait_for(lambda agent=agent: "calls itself 'pi-ground'" in agent.log, "a message")
            wait_for(lambda: collector.samples("XX.TWR01.0B.HN") >= 200, "both streams")
            before = collector.samples(KEY)
            wait_for(lambda: collector.samples(KEY) > before + 100, "both streams")
            assert first.log.count("calls itself") == second.log.count("calls itself") == 1


def test_an_agent_that_comes_back_is_no_second_agent(tmp_path, bench):
    _, collector, _, config = bench
    with AgentProcess(tmp_path, config) as agent:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        agent.kill()
        agent.start()
        before = collector.samples(KEY)
        wait_for(lambda: collector.samples(KEY) > before + 200, "blocks of the new start")
        wait_for(lambda: collector.states[-1].online, "that it is online in the end")
        assert "calls itself" not in agent.log


def test_one_agent_for_one_spool_and_one_program_for_one_port(tmp_path, bench):
    broker, collector, node, config = bench
    with AgentProcess(tmp_path, config) as first:
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        with AgentProcess(tmp_path, config, name="again") as second:
            wait_for(lambda: "in use by another edge agent" in second.log, "a message")
            assert second.wait() == 2
        other = edge_toml(node.port, broker.port, spool="other.db")
        with AgentProcess(tmp_path, other, name="other") as third:
            wait_for(lambda: "in use by another program" in third.log, "a message")
            first.terminate()
            before = collector.samples(KEY)
            wait_for(lambda: collector.samples(KEY) > before + 100, "the third to take over")


def test_bytes_that_no_driver_understands_are_kept(tmp_path, bench):
    _, collector, node, config = bench
    with AgentProcess(tmp_path, config):
        wait_for(lambda: collector.samples(KEY) >= 100, "a block")
        node.write(b"\x05nonsense\x00")
        rows = tmp_path / "spool-rejected.jsonl"
        wait_for(lambda: rows.exists() and b"nonsense".hex() in rows.read_text(), "the bytes")
    line = next(line for line in rows.read_text().splitlines() if b"nonsense".hex() in line)
    assert set(json.loads(line)) == {"ns", "port", "reason", "hex"}


def test_a_port_that_hangs_up_is_told_as_gone(tmp_path):
    master, slave = pty.openpty()
    tty.setraw(slave)
    port = SerialPort(os.ttyname(slave), baud=9600, monotonic_ns=lambda: 5)
    port.open()
    os.write(master, b"abc")
    assert port.read(1.0, master) == (b"abc", 5)
    os.close(slave)
    os.close(master)
    quiet, ringer = os.pipe()
    with pytest.raises(Exception, match=r"plug it in again.*other program that reads this port"):
        port.read(1.0, quiet)
    assert not port.is_open
    os.close(quiet)
    os.close(ringer)


def is_exclusive(fd):
    answer = fcntl.ioctl(fd, 0x80045440, bytes(4))  # TIOCGEXCL
    return int.from_bytes(answer, sys.byteorder) == 1


def test_a_port_is_opened_for_this_program_alone_and_given_back():
    master, slave = pty.openpty()
    port = SerialPort(os.ttyname(slave), baud=9600, monotonic_ns=int)
    assert not is_exclusive(slave)
    port.open()
    assert is_exclusive(slave)
    second = SerialPort(os.ttyname(slave), baud=9600, monotonic_ns=int)
    with pytest.raises(Exception, match="in use by another program"):
        second.open()
    port.close()
    assert not is_exclusive(slave)
    second.open()
    second.close()
    os.close(slave)
    os.close(master)
