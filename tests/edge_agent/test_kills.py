"""Kills at seeded random moments: committed blocks arrive once, a kill costs one gap."""

import os

import pytest
from edge_bench import AgentProcess, edge_toml, wait_for
from edge_collector import StandInCollector
from edge_node import Node
from kills import committed, count, run_kills

KEY = "XX.TWR01.0A.HN"
KILLS = int(os.environ.get("PLUMBLINE_KILLS", "10"))  # a soak asks for more
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3600)]


def test_a_killed_agent_loses_nothing_it_committed(tmp_path, mosquitto):
    broker = mosquitto()
    spool = tmp_path / "spool.db"
    promised = set()
    with (
        StandInCollector(broker.port) as collector,
        Node(tmp_path / "port", jitter_s=0.02) as node,
        AgentProcess(tmp_path, edge_toml(node.port, broker.port)) as agent,
    ):
        boots = 0
        sent = []

        def kill_agent():
            nonlocal boots
            boots = len({boot for _, boot, _ in list(collector.blocks)})
            agent.kill()
            sent.append(node.sent)
            promised.update(committed(spool))
            agent.start()

        def settled():
            wait_for(
                lambda: len({boot for _, boot, _ in list(collector.blocks)}) > boots, "blocks again"
            )

        wait_for(lambda: collector.samples(KEY) > 800, "the agent to know the node's clock")
        run_kills({"agent": kill_agent}, kills=KILLS, seed=1, between_s=(0, 2.5), settled=settled)
        agent.terminate()
        promised |= committed(spool)
        wait_for(lambda: promised <= set(collector.blocks), "all that was committed")
    cost = count(collector.blocks, promised)
    assert (cost.lost, cost.doubled, cost.altered) == (0, 0, 0)
    assert len(cost.gaps) <= KILLS
    for gap in cost.gaps:
        assert gap.by_time == pytest.approx(gap.missing, abs=0.5)
        # the open block of 100, and what the node sent while a commit was under way
        read_before = min(at for at in sent if at >= gap.first) - gap.first
        assert read_before <= 200
