"""How much of the waveforms is written: all, those of episodes, or none."""

import pytest
from places import START_NS
from series_rig import GROUND, ROOF, Rig

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.windows import LEAD_NS, SETTLED_NS
from plumbline.collector.stages.influxdb import schema
from plumbline.wire.block import NS, Block

ONSET_NS = START_NS + 30 * NS
CLOSED_NS = START_NS + 50 * NS


def quake(**changed: object) -> Event:
    words = {
        "id": "quake", "kind": EventKind.SHAKING, "structure": "TWR01", "onset_ns": ONSET_NS,
        "detector": "long_period", "level": AlarmLevel.RED, "value": 23.4, "unit": "gal",
        "nodes": {"0A": {}, "3A": {}}, "closed_ns": CLOSED_NS,
    }  # fmt: skip
    return Event(**words | changed)  # type: ignore[arg-type]


@pytest.fixture
def blocks(rig: Rig) -> list[Block]:
    made = [*rig.shaken(ROOF, 80), *rig.shaken(GROUND, 80, seed=4), *rig.tilted(80)]
    rig.put(*made)
    rig.archive()
    return made


def times(rig: Rig) -> dict[str, list[int]]:
    found = rig.points(schema.WAVEFORM)
    return {node: [point[0] for point in points] for (_, _, node, _), points in found.items()}


def due(blocks: list[Block], key: str, start_ns: int, end_ns: int) -> list[int]:
    return [
        block.time_ns(i)
        for block in blocks
        if block.stream.key == key
        for i in range(block.n_samples)
        if start_ns <= block.time_ns(i) < end_ns
    ]


@pytest.mark.real
def test_only_the_windows_of_closed_episodes_are_written(rig: Rig, blocks: list[Block]) -> None:
    stage = rig.stage(waveforms="episodes")
    rig.follow(stage)
    rig.events.save(quake(closed_ns=None), quake(id="sway", kind=EventKind.SWAY))
    stage.idle(CLOSED_NS + SETTLED_NS)
    assert times(rig) == {}
    rig.events.save(quake())
    stage.idle(CLOSED_NS + SETTLED_NS - 1)
    assert times(rig) == {}, "the archive may lack the end of it yet"
    stage.idle(CLOSED_NS + SETTLED_NS)
    stage.close()
    assert times(rig) == {
        "3A": due(blocks, ROOF, ONSET_NS - LEAD_NS, CLOSED_NS),
        "0A": due(blocks, GROUND, ONSET_NS - LEAD_NS, CLOSED_NS),
    }
    assert len(rig.points(schema.SECOND)) == 6, "seconds are written all the time"


@pytest.mark.real
def test_an_episode_that_waits_does_not_hold_up_annotations(rig: Rig, blocks: list[Block]) -> None:
    stage = rig.stage(waveforms="episodes")
    rig.events.save(quake(), quake(id="tilt", kind=EventKind.TILT, nodes={"0A": {}}))
    stage.idle(CLOSED_NS)
    stage.close()
    assert {tags[1] for tags in rig.points(schema.EVENT)} == {"shaking", "tilt"}


@pytest.mark.real
@pytest.mark.parametrize("restarted", [False, True])
def test_what_comes_late_for_a_written_window_is_added(
    rig: Rig, blocks: list[Block], restarted: bool
) -> None:
    stage = rig.stage(waveforms="episodes")
    rig.follow(stage)
    rig.events.save(quake(closed_ns=CLOSED_NS + 60 * NS))
    stage.idle(CLOSED_NS + 60 * NS + SETTLED_NS)
    if restarted:
        stage.close()
        stage = rig.stage(waveforms="episodes")
    late = rig.shaken(ROOF, 60, first=80)
    rig.put(*late, late_ns=3600 * NS)
    rig.follow(stage, CLOSED_NS + 3600 * NS)
    stage.close()
    expected = due([*blocks, *late], ROOF, ONSET_NS - LEAD_NS, CLOSED_NS + 60 * NS)
    assert times(rig)["3A"] == expected


@pytest.mark.real
def test_never_means_none(rig: Rig, blocks: list[Block]) -> None:
    stage = rig.stage(waveforms="never")
    rig.follow(stage)
    rig.events.save(quake())
    stage.idle(CLOSED_NS + SETTLED_NS)
    stage.close()
    assert times(rig) == {}
    assert rig.points(schema.TILT)
    assert rig.points(schema.SECOND)


@pytest.mark.real
def test_always_writes_them_all(rig: Rig, blocks: list[Block]) -> None:
    stage = rig.stage(waveforms="always")
    rig.follow(stage)
    stage.close()
    assert {node: len(found) for node, found in times(rig).items()} == {"3A": 8000, "0A": 8000}


@pytest.mark.parametrize(("nodes", "mode"), [(50, "always"), (51, "episodes")])
def test_unset_it_follows_the_number_of_nodes(rig: Rig, nodes: int, mode: str) -> None:
    from dataclasses import replace

    place = rig.places[ROOF]
    many = {
        f"{n}": replace(place, stream=replace(place.stream, node=f"{n:02d}")) for n in range(nodes)
    }
    assert rig.settings().mode(many) == mode
    assert rig.settings(waveforms="never").mode(many) == "never"
