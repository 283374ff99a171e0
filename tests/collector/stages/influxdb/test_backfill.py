"""What the journal let go before InfluxDB took it comes from the archive, behind what is new."""

from dataclasses import replace

import numpy as np
import pytest
from places import START_NS
from series_rig import GROUND, LILY, ROOF, Rig

from plumbline.collector.journal.errors import OffsetOutOfRange
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.stage import InfluxStage
from plumbline.wire.block import NS, Block

pytestmark = pytest.mark.real


def let_go(rig: Rig) -> None:
    """Let the journal forget what the archive has taken."""
    rig.archive()
    rig.journal.release(rig.journal.end_offset)


def take_all(rig: Rig, stage: InfluxStage, now_ns: int) -> None:
    """Follow the journal as the runner does, over a fall as well."""
    if stage.journal_id() != rig.journal.store_id:
        stage.resume_at(rig.journal.first_offset, now_ns)
    position = stage.cursor()
    try:
        rig.journal.read(position)
    except OffsetOutOfRange as error:
        stage.resume_at(error.first_offset, now_ns)
        position = error.first_offset
    while entries := rig.journal.read(position, limit_bytes=8192):
        stage.take(entries, now_ns)
        position = entries[-1].next_offset


def idle_until_full(rig: Rig, stage: InfluxStage, now_ns: int) -> None:
    for _ in range(50):
        stage.idle(now_ns)
        if stage._state.gap() is None:
            return
    pytest.fail("the holes do not get fewer")


def waveform(rig: Rig, node: str = "3A") -> list[list[float]]:
    return rig.points(schema.WAVEFORM).get(("XX", "TWR01", node, "HN"), [])


def truth(rig: Rig, blocks: list[Block]) -> list[list[float]]:
    return [
        [block.time_ns(i), *values]
        for block in blocks
        for i, values in enumerate(rig.places[block.stream.key].physical(block).T.tolist())
    ]


@pytest.fixture
def outage(rig: Rig) -> tuple[InfluxStage, list[Block]]:
    """Return a stage that took ten seconds, and then missed so many that the journal let go."""
    blocks = rig.shaken(ROOF, 240)
    rig.put(*blocks[:10])
    stage = rig.stage()
    rig.follow(stage)
    for block in blocks[10:200]:
        rig.put(block)
    let_go(rig)
    assert rig.journal.first_offset > stage.cursor()
    rig.put(*blocks[200:])
    rig.archive()
    return stage, blocks


def test_new_samples_come_first_and_the_missed_ones_behind_them(
    rig: Rig, outage: tuple[InfluxStage, list[Block]]
) -> None:
    stage, blocks = outage
    now_ns = blocks[-1].end_ns
    take_all(rig, stage, now_ns)
    before = waveform(rig)
    assert before[:1000] == truth(rig, blocks[:10])
    assert before[-4000:] == truth(rig, blocks[200:])
    assert len(before) < 24_000
    idle_until_full(rig, stage, now_ns)
    stage.close()
    assert waveform(rig) == truth(rig, blocks)


def test_the_seconds_at_the_edges_of_a_filled_hole_are_whole(
    rig: Rig, outage: tuple[InfluxStage, list[Block]]
) -> None:
    stage, blocks = outage
    take_all(rig, stage, blocks[-1].end_ns)
    idle_until_full(rig, stage, blocks[-1].end_ns)
    stage.close()
    seconds = rig.points(schema.SECOND)["XX", "TWR01", "3A", "HNZ"]
    assert [point[4] for point in seconds[1:-1]] == [100] * 239
    assert [point[0] for point in seconds] == [START_NS + n * NS for n in range(241)]


def test_what_arrived_when_is_not_made_up(
    rig: Rig, outage: tuple[InfluxStage, list[Block]]
) -> None:
    stage, blocks = outage
    take_all(rig, stage, blocks[-1].end_ns)
    idle_until_full(rig, stage, blocks[-1].end_ns)
    stage.close()
    known = rig.points(schema.HEALTH)["XX", "TWR01", "3A", "HN"]
    assert {point[1] for point in known} == {0.2}
    assert len(known) < 240


def test_a_restart_in_the_middle_of_filling_goes_on(
    rig: Rig, outage: tuple[InfluxStage, list[Block]]
) -> None:
    stage, blocks = outage
    take_all(rig, stage, blocks[-1].end_ns)
    stage.close()
    stage = rig.stage()
    idle_until_full(rig, stage, blocks[-1].end_ns)
    stage.close()
    assert waveform(rig) == truth(rig, blocks)


def test_a_spool_that_drained_during_the_outage_is_found_in_the_past(rig: Rig) -> None:
    """The ground node was cut off for an hour, and sent that hour while InfluxDB was dead."""
    roof = rig.shaken(ROOF, 400)
    ground = rig.shaken(GROUND, 220, seed=9, start_ns=START_NS - 3600 * NS)
    rig.put(roof[0], ground[0], ground[-1])
    stage = rig.stage()
    rig.follow(stage)
    for late, live in zip(ground[1:-1], roof[1:], strict=False):
        rig.put(late, late_ns=3600 * NS)
        rig.put(live)
    let_go(rig)
    rig.put(*roof[219:])
    take_all(rig, stage, roof[-1].end_ns)
    idle_until_full(rig, stage, roof[-1].end_ns)
    stage.close()
    assert waveform(rig, "0A") == truth(rig, ground)
    assert waveform(rig) == truth(rig, roof)


def test_a_stage_that_is_new_leaves_the_past_to_a_rebuild(rig: Rig) -> None:
    blocks = rig.shaken(ROOF, 220)
    for block in blocks[:200]:
        rig.put(block)
    let_go(rig)
    rig.put(*blocks[200:])
    stage = rig.stage()
    take_all(rig, stage, blocks[-1].end_ns)
    stage.idle(blocks[-1].end_ns)
    stage.close()
    points = waveform(rig)
    assert points[-2000:] == truth(rig, blocks[200:])
    assert 2000 <= len(points) < 22_000


def test_another_journal_is_followed_from_its_own_beginning(rig: Rig) -> None:
    rig.put(*rig.shaken(ROOF, 3))
    stage = rig.stage()
    rig.follow(stage)
    stage.close()
    rig.journal.store_id = "another journal"
    stage = rig.stage()
    assert stage.journal_id() not in (None, "another journal")
    stage.resume_at(0, START_NS)
    assert (stage.cursor(), stage.journal_id()) == (0, "another journal")
    stage.close()


@pytest.mark.parametrize("ppm", [0.0, 50.0, -80.0])
def test_a_packed_hour_is_read_whole_whatever_the_clock(rig: Rig, ppm: float) -> None:
    """Packed records of two axes begin at different samples, and their times differ a little."""
    blocks = [
        replace(block, start_ns=round(START_NS + (block.start_ns - START_NS) * (1 + ppm * 1e-6)))
        for block in rig.shaken(ROOF, 600)
    ]
    rig.put(*blocks)
    rig.archive(repacked=True)
    assert not list((rig.folder / "open").glob("*/*"))
    read = list(rig.window(ROOF, START_NS, START_NS + 700 * NS))
    np.testing.assert_array_equal(
        np.hstack([block.counts for block in read]), np.hstack([block.counts for block in blocks])
    )
    read_ns = np.concatenate([[b.time_ns(i) for i in range(b.n_samples)] for b in read])
    true_ns = np.concatenate([[b.time_ns(i) for i in range(b.n_samples)] for b in blocks])
    assert np.abs(read_ns - true_ns).max() <= 600_000  # the packing's 0.5 ms, and its 0.1 ms steps


def test_a_slow_stream_is_read_sample_for_sample_after_packing(rig: Rig) -> None:
    blocks = rig.tilted(600)
    rig.put(*blocks)
    rig.archive(repacked=True)
    read = list(rig.window(LILY, START_NS, START_NS + 700 * NS))
    assert sum(block.n_samples for block in read) == 600
