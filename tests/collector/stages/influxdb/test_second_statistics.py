"""The measures of a second do not depend on how its samples arrived."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from chunks import cuts
from hypothesis import given, settings
from hypothesis import strategies as st
from places import START_NS, block_of, tower_places

from plumbline.collector.stages.influxdb.second_statistics import SecondStatistics
from plumbline.collector.stages.influxdb.stream_state import MOST_SPANS, StreamState
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

RNG = np.random.default_rng(11)
WAVE = RNG.normal(0, 0.3, (3, 730)) + np.array([[9.8], [0], [0]])
BEGIN_NS = START_NS + 123_456_789


@pytest.fixture(scope="module")
def roof(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return tower_places(tmp_path_factory.mktemp("tower"))["XX.TWR01.3A.HN"]


def cut_up(place: Place, at: Sequence[int]) -> list[Block]:
    """Cut the wave into blocks; empty pieces are no blocks."""
    edges = sorted({0, *at, WAVE.shape[1]})
    return [
        block_of(place, WAVE[:, a:b], seq=n, start_ns=BEGIN_NS + a * 10_000_000)
        for n, (a, b) in enumerate(pairwise(edges))
    ]


def last_points(seconds: SecondStatistics, blocks: Sequence[Block]) -> dict[str, str]:
    """Return what InfluxDB would hold: the last line of each point."""
    points = {}
    for block in blocks:
        for text in seconds.lines(block):
            head, fields, time = text.split(" ")
            points[f"{head} {time}"] = fields
    return points


@given(cut=cuts(730))
def test_any_cut_leaves_the_same_points(roof: Place, cut: list[int]) -> None:
    whole = last_points(SecondStatistics(roof), cut_up(roof, []))
    assert last_points(SecondStatistics(roof), cut_up(roof, cut)) == whole


@settings(max_examples=40)
@given(cut=cuts(730), order=st.randoms(use_true_random=False))
def test_any_order_leaves_the_same_points(roof: Place, cut: list[int], order: object) -> None:
    blocks = cut_up(roof, cut)
    whole = last_points(SecondStatistics(roof), blocks)
    order.shuffle(blocks)  # type: ignore[attr-defined]
    assert last_points(SecondStatistics(roof), blocks) == whole


@given(cut=cuts(730), stop=st.integers(0, 12))
def test_a_restart_anywhere_leaves_the_same_points(roof: Place, cut: list[int], stop: int) -> None:
    blocks = cut_up(roof, cut)
    stream = StreamState(roof)
    points = {}
    for number, block in enumerate(blocks):
        if number == stop:
            stream = StreamState(roof, stream.body())
        for text in stream.stream_lines.lines(block):
            head, fields, time = text.split(" ")
            points[f"{head} {time}"] = fields
        stream.mark_written(block)
    assert points == last_points(SecondStatistics(roof), cut_up(roof, []))


def test_the_measures_are_those_of_the_samples_of_the_second(roof: Place) -> None:
    blocks = cut_up(roof, [41, 200, 433])
    points = last_points(SecondStatistics(roof), blocks)
    times = BEGIN_NS + np.arange(730) * 10_000_000
    values = np.hstack([roof.physical(block) for block in blocks])
    for second in np.unique(times // NS):
        part = values[1, times // NS == second]
        key = f"second,network=XX,structure=TWR01,node=3A,channel=HNN {second * NS}"
        point = dict(item.split("=") for item in points.pop(key).split(","))
        assert point["samples"] == f"{part.size}i"
        assert float(point["mean"]) == pytest.approx(part.mean(), abs=1e-12)
        assert float(point["rms"]) == pytest.approx(part.std(), rel=1e-9)
        assert float(point["peak"]) == pytest.approx(np.abs(part - part.mean()).max(), rel=1e-9)
    assert {key.split(" ")[0][-3:] for key in points} == {"HNZ", "HNE"}


@pytest.mark.parametrize("level", [2**31 - 1, -(2**31), 2**26, 20])
def test_counts_of_any_size_do_not_overflow(roof: Place, level: int) -> None:
    place = roof
    counts = np.full((3, 100), level, np.int32)
    counts[:, ::2] -= 2 if level > 0 else -2
    block = block_of(place, np.zeros((3, 100)), start_ns=START_NS)
    texts = list(SecondStatistics(place).lines(replace(block, counts=counts)))
    rms = float(texts[0].split("rms=")[1].split(",")[0])
    assert rms * place.instrument.sensitivity == pytest.approx(1.0, rel=1e-9)


def test_a_sample_more_than_due_does_not_overwrite_its_second(roof: Place) -> None:
    """A clock that runs fast puts 101 samples into a second now and then."""
    fast = replace(block_of(roof, np.ones((3, 100))), rate_hz=1e9 / 9_900_000)
    seconds = SecondStatistics(roof)
    blocks = [replace(fast, start_ns=START_NS + n * 100 * 9_900_000) for n in range(4)]
    points = last_points(seconds, blocks)
    counts = [int(f.split("samples=")[1][:-1]) for k, f in points.items() if "HNZ" in k]
    due = np.bincount(np.arange(400) * 9_900_000 // NS).tolist()
    assert counts == due
    assert max(due) > 100


def test_what_is_remembered_stays_small(roof: Place) -> None:
    stream = StreamState(roof)
    for n in range(2000):
        block = block_of(roof, WAVE[:, :100], start_ns=BEGIN_NS + n * 3 * NS)  # two of three lost
        list(stream.stream_lines.lines(block))
        stream.mark_written(block)
    assert len(stream.body()) < 64 * 3 * 60 + MOST_SPANS * 50


def test_holes_lie_between_what_was_written_and_after_it(roof: Place) -> None:
    stream = StreamState(roof)
    for n in (0, 1, 5):
        jitter = -300_000 if n == 1 else 0  # a block a little early is no hole
        start_ns = START_NS + n * NS + jitter
        stream.mark_written(block_of(roof, WAVE[:, :100], start_ns=start_ns))
    assert stream.begins_ns(otherwise=0) == START_NS
    assert list(stream.missing(START_NS, START_NS + 8 * NS)) == [
        (START_NS + 2 * NS - 300_000, START_NS + 5 * NS),
        (START_NS + 6 * NS, START_NS + 8 * NS),
    ]
    assert list(stream.missing(START_NS, START_NS + 2 * NS - NS // 2)) == []
    assert list(stream.missing(START_NS + 3 * NS, START_NS + 4 * NS)) == [
        (START_NS + 3 * NS, START_NS + 4 * NS)
    ]
    assert StreamState(roof).begins_ns(otherwise=5) == 5
    assert list(StreamState(roof).missing(START_NS, START_NS + 1)) == [(START_NS, START_NS + 1)]
