"""What is said of a channel: how late, how whole, how loud, how sure of its time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from chunks import cuts
from hypothesis import given
from places import START_NS, block_of, tower_places

from plumbline.collector.health.channel_status import ChannelStatus, ChannelWatch
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

ROOF, LILY = "XX.TWR01.3A.HN", "XX.TWR01.0A.LA"
RNG = np.random.default_rng(5)
QUIET = RNG.normal(0, 0.0022, (3, 6000)) + np.array([[9.8], [0.0], [0.0]])


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Place]:
    return tower_places(tmp_path_factory.mktemp("tower"))


def second(place: Place, n: int, wave: np.ndarray | None = None) -> Block:
    part = QUIET[:, n * 100 : n * 100 + 100] if wave is None else wave
    return block_of(place, part, seq=n, start_ns=START_NS + n * NS)


def watched(
    places: dict[str, Place], blocks: list[Block], late_s: float = 0.2
) -> dict[str, ChannelStatus]:
    watch = ChannelWatch(places)
    for block in blocks:
        watch.update(block, block.end_ns + round(late_s * NS))
    now_ns = max(block.end_ns for block in blocks) + 2 * NS
    return {status.channel: status for status in watch.statuses(now_ns)}


def test_latency_is_from_the_end_of_the_block_and_age_from_its_arrival(
    places: dict[str, Place],
) -> None:
    status = watched(places, [second(places[ROOF], 0)])[ROOF + "Z"]
    assert status.latency_s == pytest.approx(0.2)
    assert status.age_s == pytest.approx(1.8)
    assert status.clock_error_ms == pytest.approx(0.2)
    assert status.time_quality == 100


def test_every_axis_is_a_channel_and_what_was_never_heard_is_none(places: dict[str, Place]) -> None:
    watch = ChannelWatch(places)
    watch.update(second(places[ROOF], 0), START_NS + NS)
    assert [s.channel for s in watch.statuses(START_NS + NS)] == [ROOF + axis for axis in "ZNE"]
    assert watch.last_received_ns() == {key: START_NS + NS if key == ROOF else 0 for key in places}


def test_a_gap_is_counted_once_and_measured(places: dict[str, Place]) -> None:
    roof = places[ROOF]
    status = watched(places, [second(roof, n) for n in (0, 1, 5, 6, 7, 12)])[ROOF + "N"]
    assert (status.gaps, status.missing_s) == (2, 7.0)


def test_blocks_that_follow_with_a_jitter_leave_no_gap(places: dict[str, Place]) -> None:
    roof = places[ROOF]
    blocks = [
        block_of(roof, QUIET[:, :100], start_ns=START_NS + n * NS + jitter)
        for n, jitter in enumerate((0, 300_000, -200_000, 4_000_000, 0))
    ]
    assert watched(places, blocks)[ROOF + "Z"].gaps == 0


def test_late_data_fill_no_gap_and_say_nothing_of_now(places: dict[str, Place]) -> None:
    roof = places[ROOF]
    watch = ChannelWatch(places)
    for n in (0, 9):
        watch.update(second(roof, n), START_NS + (n + 1) * NS)
    before = watch.statuses(START_NS + 20 * NS)
    loud = np.full((3, 100), 5.0)
    for n in range(1, 9):
        watch.update(second(roof, n, loud), START_NS + 19 * NS)
    assert watch.statuses(START_NS + 20 * NS) == before
    assert before[0].age_s == pytest.approx(10.0)
    assert watch.last_received_ns()[ROOF] == START_NS + 10 * NS


@given(cut=cuts(1200))
def test_where_blocks_are_cut_changes_nothing(places: dict[str, Place], cut: list[int]) -> None:
    roof = places[ROOF]
    edges = sorted({0, *cut, 1200})
    blocks = [
        block_of(roof, QUIET[:, a:b], start_ns=START_NS + a * 10_000_000)
        for a, b in pairwise(edges)
    ]
    whole = watched(places, [block_of(roof, QUIET[:, :1200])])
    assert watched(places, blocks) == whole


def test_noise_is_about_the_mean_and_told_in_multiples_of_the_floor(
    places: dict[str, Place],
) -> None:
    roof = places[ROOF]
    status = watched(places, [second(roof, n) for n in range(60)])[ROOF + "Z"]
    assert status.rms == pytest.approx(QUIET[0].std(), rel=1e-3)
    assert status.floor == 0.0022
    assert status.floor_ratio == pytest.approx(1.0, abs=0.05)
    assert status.unit == "m/s2"


def test_without_a_stated_floor_there_is_no_ratio(places: dict[str, Place]) -> None:
    tilt = block_of(places[LILY], RNG.normal(80, 3, (2, 10)))
    status = watched(places, [tilt])[LILY + "1"]
    assert status.floor is None
    assert status.floor_ratio is None


def test_noise_is_of_the_last_minute(places: dict[str, Place]) -> None:
    roof = places[ROOF]
    loud = RNG.normal(0, 1.0, (3, 100))
    blocks = [second(roof, 0, loud), *(second(roof, n, QUIET[:, :100]) for n in range(1, 63))]
    assert watched(places, blocks[:60])[ROOF + "Z"].rms > 0.05
    assert watched(places, blocks)[ROOF + "Z"].rms < 0.003


def test_an_axis_that_repeats_one_count_is_flat_after_ten_seconds(
    places: dict[str, Place],
) -> None:
    roof = places[ROOF]
    stuck = QUIET[:, :1000].copy()
    stuck[1] = 0.0213
    blocks = [second(roof, n, stuck[:, n * 100 : n * 100 + 100]) for n in range(10)]
    assert not watched(places, blocks[:9])[ROOF + "N"].flat
    found = watched(places, blocks)
    assert found[ROOF + "N"].flat
    assert not found[ROOF + "Z"].flat
    moved = watched(places, [*blocks, second(roof, 10)])
    assert not moved[ROOF + "N"].flat


def test_a_tiltmeter_that_stands_still_is_not_flat(places: dict[str, Place]) -> None:
    lily = places[LILY]
    blocks = [
        block_of(lily, np.full((2, 10), 80.0), start_ns=START_NS + n * 10 * NS) for n in range(6)
    ]
    assert not watched(places, blocks)[LILY + "1"].flat


@pytest.mark.parametrize(("peak", "clipped"), [(19.8, False), (19.95, True), (-20.0, True)])
def test_a_channel_at_its_full_scale_is_clipped(
    places: dict[str, Place], peak: float, clipped: bool
) -> None:
    roof = places[ROOF]
    wave = QUIET[:, :100].copy()
    wave[2, 50] = peak
    found = watched(places, [second(roof, 0, wave), second(roof, 1)])
    assert found[ROOF + "E"].clipped is clipped
    assert not found[ROOF + "Z"].clipped


@pytest.mark.parametrize(("ago_s", "clipped"), [(1, True), (59, True), (61, False)])
def test_a_channel_whose_agent_said_so_in_the_last_minute_is_clipped(
    places: dict[str, Place], ago_s: int, clipped: bool
) -> None:
    now_ns = START_NS + 3 * NS
    watch = ChannelWatch(places, lambda key: now_ns - ago_s * NS if key == ROOF else None)
    watch.update(second(places[ROOF], 0), START_NS + NS)
    assert {status.clipped for status in watch.statuses(now_ns)} == {clipped}


def test_a_stream_that_is_not_in_the_inventory_is_nobodys(
    places: dict[str, Place], tmp_path: Path
) -> None:
    watch = ChannelWatch({LILY: places[LILY]})
    watch.update(second(places[ROOF], 0), START_NS)
    assert watch.statuses(START_NS) == []
