"""Readings into blocks: cut on a gap, never filled, and the same however they arrive."""

import numpy as np
import pytest
from chunks import cuts, pieces
from edge_node import altered, samples_frame
from edge_rows import NODE
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.edge_agent.blocks import Gatherer, block_seconds
from plumbline.edge_agent.clock_memory import ClockMemory
from plumbline.edge_agent.drivers import DRIVERS
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import HostTime
from plumbline.wire.block import NS
from plumbline.wire.identity import StreamId

HOST = HostTime(offset_ns=1_800_000_000 * NS, synchronised=True)
TILT = StreamId(network="XX", structure="TWR01", node="0B", band_source="LA", axes="12")


def node_gatherer(block_s=1.0):
    return Gatherer(
        stream=NODE, boot=9, rows=(2, 0, 1), rate_hz=100.0, block_s=block_s,
        traits=DRIVERS["adxl355_node"].clock,
    )  # fmt: skip


def tilt_gatherer():
    return Gatherer(
        stream=TILT, boot=9, rows=(0, 1), rate_hz=1.0, block_s=10.0, traits=DRIVERS["lily"].clock
    )


def frames(spans, nonce=7):
    """Yield frames of five samples with their arrival, for spans of sample numbers."""
    for first, last in spans:
        for number in range(first, last, 5):
            at_ns = 10 * NS + round((number + 4) / 100 * NS) + 150_000_000
            yield samples_frame(1, nonce, number, min(5, last - number)), at_ns


def blocks_of(chunks, gatherer):
    driver = DRIVERS["adxl355_node"].make(100, 460_800)
    for raw, at_ns in chunks:
        for item in driver.feed(raw, at_ns):
            yield from gatherer.feed(item, HOST)
    yield from gatherer.cut(HOST)


def test_a_block_is_a_second_or_ten():
    assert [block_seconds(rate) for rate in (500, 100, 50, 10, 1)] == [1, 1, 1, 10, 10]


def test_a_gap_cuts_the_block_and_is_never_filled():
    gatherer = node_gatherer()
    blocks = list(blocks_of(frames([(0, 250), (430, 600)]), gatherer))
    assert [int(block.counts[1, 0]) for block in blocks] == [0, 100, 200, 430, 530]
    assert [block.n_samples for block in blocks] == [100, 100, 50, 100, 70]
    assert [block.seq for block in blocks] == list(range(5))
    assert gatherer.gaps == 1
    assert not any(altered(block) for block in blocks)
    gap_s = (blocks[3].start_ns - blocks[2].end_ns) / NS
    assert gap_s == pytest.approx(1.8, abs=1e-3)


def test_what_came_twice_is_there_once():
    gatherer = node_gatherer()
    blocks = list(blocks_of(frames([(0, 100), (50, 200)]), gatherer))
    assert sum(block.n_samples for block in blocks) == 200
    assert gatherer.repeated == 50
    assert not any(altered(block) for block in blocks)


def test_a_restarted_instrument_begins_a_new_run():
    gatherer = node_gatherer()
    chunks = [*frames([(0, 130)]), *((raw, at + 60 * NS) for raw, at in frames([(0, 100)], 8))]
    blocks = list(blocks_of(chunks, gatherer))
    assert [block.n_samples for block in blocks] == [100, 30, 100]
    assert gatherer.restarts == 1
    assert (blocks[2].start_ns - blocks[0].start_ns) / NS == pytest.approx(60, abs=1e-3)


CHUNKS = list(frames([(0, 330), (430, 443), (443, 700), (600, 720)]))
CHUNKS += [(raw, at + 9 * NS) for raw, at in frames([(0, 110)], 8)]


@settings(deadline=None, max_examples=15)
@given(chance=st.data())
def test_blocks_do_not_depend_on_the_pieces_the_bytes_came_in(chance):
    cut_up = [
        (piece, at_ns)
        for raw, at_ns in CHUNKS
        for piece in pieces(raw, chance.draw(cuts(len(raw), most=2)))
    ]
    whole = list(blocks_of(CHUNKS, node_gatherer()))
    found = list(blocks_of(cut_up, node_gatherer()))
    assert len(found) == len(whole)
    assert all(one.same_as(other) for one, other in zip(found, whole, strict=True))


def lines(arrivals_s):
    """Return one reading a line, that arrived at these times; its count is the line's number."""
    return [
        Readings(
            output="tilt", run=0, counter=None,
            counts=np.array([[number], [-number]], dtype=np.int32), ready_ns=round(at * NS),
        )
        for number, at in arrivals_s
    ]  # fmt: skip


def tilt_blocks(arrivals_s):
    gatherer = tilt_gatherer()
    blocks = [block for item in lines(arrivals_s) for block in gatherer.feed(item, HOST)]
    return [*blocks, *gatherer.cut(HOST)], gatherer


def seconds(first, last, late=lambda k: 0.0):
    return [(k, 100 + k + late(k)) for k in range(first, last)]


def test_lines_at_their_rate_are_one_run():
    blocks, gatherer = tilt_blocks(seconds(0, 40, late=lambda k: 0.02 * (k % 3)))
    assert [block.n_samples for block in blocks] == [10] * 4
    assert gatherer.gaps == 0
    assert {block.time_quality for block in blocks} == {50}


def test_missing_lines_are_a_gap_of_their_length():
    blocks, gatherer = tilt_blocks([*seconds(0, 15), *seconds(18, 30)])
    assert [block.n_samples for block in blocks] == [10, 5, 10, 2]
    assert gatherer.gaps == 1
    assert (blocks[2].start_ns - blocks[1].end_ns) / NS == pytest.approx(3, abs=0.2)


def test_lines_that_come_late_together_are_no_gap():
    blocks, gatherer = tilt_blocks(seconds(0, 30, late=lambda k: max(0, 17 - k) * (11 < k < 18)))
    assert [block.n_samples for block in blocks] == [10] * 3
    assert gatherer.gaps == 0
    starts = np.array([block.start_ns for block in blocks]) / NS
    np.testing.assert_allclose(np.diff(starts), 10, atol=0.1)


def test_an_instrument_a_little_fast_is_followed():
    blocks, gatherer = tilt_blocks([(k, 100 + k * 0.997) for k in range(1000)])
    assert gatherer.gaps == 0
    assert sum(block.n_samples for block in blocks) == 1000
    assert blocks[-1].start_ns / NS - 1.8e9 == pytest.approx(100 + 990 * 0.997, abs=0.1)


def test_a_line_that_is_late_and_last_is_kept():
    blocks, _ = tilt_blocks([*seconds(0, 12), (12, 116.0)])
    assert sum(block.n_samples for block in blocks) == 13


def remembering(remembered=None, machine_boot="m"):
    return Gatherer(
        stream=NODE, boot=9, rows=(2, 0, 1), rate_hz=100.0, block_s=1.0,
        traits=DRIVERS["adxl355_node"].clock, machine_boot=machine_boot, remembered=remembered,
    )  # fmt: skip


def jittered(spans, nonce=7, at_least_ms=0):
    rng = np.random.default_rng(5)
    for raw, at_ns in frames(spans, nonce):
        yield raw, at_ns + int(rng.integers(at_least_ms * 1_000_000, 20_000_000))


@pytest.fixture(scope="module")
def memory():
    """Return what an agent that ran for 100 s remembers, as text."""
    gatherer = remembering()
    list(blocks_of(jittered([(0, 10_000)]), gatherer))
    return gatherer.memory.to_json()


def start_error_ms(blocks):
    truth_ns = 10 * NS + first_counts(blocks) * 10_000_000 + 150_000_000 - 103_260_000
    starts = np.array([block.start_ns for block in blocks]) - HOST.offset_ns
    return (starts - truth_ns) / 1e6


def first_counts(blocks):
    return np.array([int(block.counts[1, 0]) for block in blocks])


def test_a_restarted_agent_knows_the_time_from_its_first_block(memory):
    late = list(jittered([(10_300, 10_500)], at_least_ms=10))
    (fresh, *_) = blocks_of(late, remembering())
    (first, *_) = blocks_of(late, remembering(ClockMemory.from_json(memory)))
    assert start_error_ms([fresh])[0] > 8
    assert abs(start_error_ms([first])[0] + 1.37) < 0.5  # the bench sends without line time
    assert (fresh.time_quality, first.time_quality) == (60, 100)


def test_agents_that_never_live_long_hand_on_what_they_know():
    """Killed every two seconds for ten minutes: the memory does not grow older than its window."""
    memory, knew = None, []
    for first in range(0, 60_000, 300):
        gatherer = remembering(ClockMemory.from_json(memory))
        block, *_ = blocks_of(jittered([(first, first + 150)], at_least_ms=8), gatherer)
        memory = gatherer.memory.to_json()
        knew.append(block.time_quality)
    assert set(knew[25:]) == {100}


@pytest.mark.parametrize(
    ("spans", "nonce", "machine"),
    [
        ([(10_300, 10_500)], 8, "m"),
        ([(10_300, 10_500)], 7, "another"),
        ([(10_300, 10_500)], 7, ""),
        ([(50_000, 50_200)], 7, "m"),
        ([(100, 300)], 7, "m"),
    ],
    ids=["restarted node", "restarted machine", "no boot id", "long ago", "from before"],
)
def test_a_memory_that_does_not_hold_is_not_used(memory, spans, nonce, machine):
    late = list(jittered(spans, nonce, at_least_ms=10))
    gatherer = remembering(ClockMemory.from_json(memory), machine_boot=machine)
    (first, *_) = blocks_of(late, gatherer)
    assert first.time_quality == 60


@pytest.mark.parametrize("text", [None, "", "{", "[1]", '["m", 7, 0, [[1]]]', "null"])
def test_a_damaged_memory_is_no_memory(text):
    assert ClockMemory.from_json(text) is None
