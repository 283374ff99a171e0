"""Arrivals: when each stream and agent was heard, by the collector's clock."""

from blocks import T0_NS

from plumbline.collector.health.last_seen import LastSeen
from plumbline.wire.block import NS
from plumbline.wire.messages import Heartbeat, State, StreamHealth

KEY = "XX.TWR01.3A.HN"
AGENT = "XX.TWR01/pi-3a"


def test_a_stream_is_heard_whenever_a_block_of_it_comes() -> None:
    last_seen = LastSeen()
    last_seen.block(KEY, AGENT, T0_NS + 10 * NS)
    last_seen.block(KEY, "XX.TWR01/pi-new", T0_NS + 20 * NS)
    seen = last_seen.streams()[KEY]
    assert (seen.received_ns, seen.agent) == (T0_NS + 20 * NS, "XX.TWR01/pi-new")


def test_an_agent_is_alive_by_anything_it_sends() -> None:
    last_seen = LastSeen()
    state = State(agent="pi-3a", boot="0" * 16, online=True, reason="started")
    beat = Heartbeat(
        agent="pi-3a", boot="0" * 16, sent_ns=1, uptime_s=1, spool_rows=0, spool_unheld=0,
        spool_bytes=0, disk_free_bytes=1,
    )  # fmt: skip
    last_seen.state(AGENT, state, 1)
    last_seen.heartbeat(AGENT, beat, 2)
    last_seen.block(KEY, AGENT, 3)
    seen = last_seen.agents()[AGENT]
    assert (seen.received_ns, seen.state_ns, seen.heartbeat_ns) == (3, 1, 2)
    assert (seen.state, seen.heartbeat) == (state, beat)


def beat(boot: str, clipped: int) -> Heartbeat:
    health = StreamHealth(stream=KEY, port="a", condition="ok", clipped=clipped)
    return Heartbeat(
        agent="pi-3a", boot=boot * 16, sent_ns=1, uptime_s=1, spool_rows=0, spool_unheld=0,
        spool_bytes=0, disk_free_bytes=1, streams=(health,),
    )  # fmt: skip


def test_a_stream_clipped_when_its_count_last_rose() -> None:
    last_seen = LastSeen()
    clipped_ns = []
    for at_ns, clipped in enumerate((0, 0, 4, 4, 9, 9)):
        last_seen.heartbeat(AGENT, beat("0", clipped), at_ns)
        clipped_ns.append(last_seen.clipped_ns(KEY))
    assert clipped_ns == [None, None, 2, 2, 4, 4]


def test_an_agent_that_began_again_counts_clipping_from_zero() -> None:
    last_seen = LastSeen()
    last_seen.heartbeat(AGENT, beat("0", 9), 1)
    last_seen.heartbeat(AGENT, beat("1", 0), 2)
    assert last_seen.clipped_ns(KEY) == 1
    last_seen.heartbeat(AGENT, beat("2", 3), 3)
    assert last_seen.clipped_ns(KEY) == 3
