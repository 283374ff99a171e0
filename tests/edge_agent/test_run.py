"""The agent as a process, against a real broker."""

import pytest
from edge_bench import AgentProcess, Node, StandInCollector, altered, edge_toml, wait_for

pytestmark = pytest.mark.real
KEY = "XX.TWR01.0A.HN"


def test_what_the_node_measures_reaches_the_collector(tmp_path, mosquitto):
    broker = mosquitto()
    with (
        StandInCollector(broker.port) as collector,
        Node(tmp_path / "port") as node,
        AgentProcess(tmp_path, edge_toml(node.port, broker.port)) as agent,
    ):
        wait_for(lambda: collector.samples(KEY) >= 300, "300 samples")
        assert agent.terminate() == 0
        wait_for(lambda: collector.states and not collector.states[-1].online, "a goodbye")
    blocks = collector.of(KEY)
    assert not any(altered(block) for block in blocks)
    assert [block.seq for block in blocks] == list(range(len(blocks)))
    assert collector.states[-1].reason == "stopped"
    late_ms = [
        (block.start_ns - node.begun_ns) / 1e6 - int(block.counts[1, 0]) * 10 for block in blocks
    ]
    print(late_ms, collector.beats)
