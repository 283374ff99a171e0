"""Arrivals: by the collector's clock, and late blocks say nothing about now."""

from blocks import T0_NS, blocks_of, truth

from plumbline.collector.arrivals import Arrivals
from plumbline.wire.block import NS
from plumbline.wire.messages import Heartbeat, State

BLOCKS = list(blocks_of(truth(3, 2000), ppm=50))
KEY = "XX.TWR01.3A.HN"
AGENT = "XX.TWR01/pi-3a"


def test_the_newest_block_tells_latency_clock_and_end() -> None:
    arrivals = Arrivals()
    arrivals.block(BLOCKS[0], AGENT, BLOCKS[0].end_ns + 40_000_000)
    seen = arrivals.streams()[KEY]
    assert (seen.latency_ns, seen.end_ns, seen.blocks) == (40_000_000, BLOCKS[0].end_ns, 1)
    assert (seen.clock_error_ns, seen.time_quality, seen.agent) == (500_000, 100, AGENT)


def test_a_hole_is_a_gap_and_a_drifting_clock_is_none() -> None:
    arrivals = Arrivals()
    for block in BLOCKS[:5] + BLOCKS[8:]:
        arrivals.block(block, AGENT, block.end_ns)
    seen = arrivals.streams()[KEY]
    assert seen.gaps == 1
    assert abs(seen.missing_ns - 3 * NS) < NS / 100


def test_a_late_block_counts_as_heard_but_not_as_new() -> None:
    arrivals = Arrivals()
    arrivals.block(BLOCKS[9], AGENT, T0_NS + 10 * NS)
    arrivals.block(BLOCKS[2], AGENT, T0_NS + 20 * NS)
    seen = arrivals.streams()[KEY]
    assert (seen.received_ns, seen.end_ns, seen.gaps) == (T0_NS + 20 * NS, BLOCKS[9].end_ns, 0)


def test_an_agent_is_alive_by_anything_it_sends() -> None:
    arrivals = Arrivals()
    state = State(agent="pi-3a", boot="0" * 16, online=True, reason="started")
    beat = Heartbeat(
        agent="pi-3a", boot="0" * 16, sent_ns=1, uptime_s=1, spool_rows=0, spool_unheld=0,
        spool_bytes=0, disk_free_bytes=1,
    )  # fmt: skip
    arrivals.state(AGENT, state, 1)
    arrivals.heartbeat(AGENT, beat, 2)
    arrivals.block(BLOCKS[0], AGENT, 3)
    seen = arrivals.agents()[AGENT]
    assert (seen.received_ns, seen.state_ns, seen.heartbeat_ns) == (3, 1, 2)
    assert (seen.state, seen.heartbeat) == (state, beat)
