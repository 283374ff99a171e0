"""After the journal was lost a stage reads again: no event twice, none cut off, none missed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from detection_rig import (
    RATE_HZ,
    Given,
    blocks,
    journal,
    late_stage,
    run_stage,
    saved_events,
    stage,
    tower_places,
)
from motions import ambient, near

from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

N = 30_000
Tower = dict[str, Place]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


@pytest.fixture
def tower(tmp_path: Path) -> Tower:
    return tower_places(tmp_path)


def shaken_twice(tower: Tower) -> list[Given]:
    """Return five minutes of a tower that shakes at 100 s and at 240 s."""
    rng = np.random.default_rng(3)
    ground = near(rng, N, RATE_HZ, 60.0, 100.0) + near(rng, N, RATE_HZ, 60.0, 240.0)
    return journal([blocks(place, ambient(rng, N, RATE_HZ) + ground) for place in tower.values()])


def until(entries: list[Given], second: float) -> int:
    start_ns = entries[0].made.start_ns
    return sum(entry.made.start_ns - start_ns < second * NS for entry in entries)


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_what_is_read_again_opens_no_second_event_and_the_next_shake_is_one(
    store: EventStore, tower: Tower, state: str
) -> None:
    entries = shaken_twice(tower)
    half = until(entries, 200)
    own = stage(tower, store)
    run_stage(own, entries[:half])
    (first,) = saved_events(store)
    assert first.closed_ns is not None
    if state == "lost":  # begun anew without its snapshot: only the events tell what was found
        store.forget("detect.live", "detect.live.mark")
        own = stage(tower, store)
    changes = store.revision
    own.resume_at(0, entries[half - 1].received_ns)
    run_stage(own, entries[60:half])
    assert saved_events(store) == [first]
    assert [event for _, event in store.changes(changes)] == []
    run_stage(own, entries[half:])
    assert [event.id == first.id for event in saved_events(store)] == [True, False]


def test_an_event_that_was_open_goes_on_under_its_own_name(store: EventStore, tower: Tower) -> None:
    entries = shaken_twice(tower)
    shaking = until(entries, 110)
    own = stage(tower, store)
    run_stage(own, entries[:shaking])
    (opened,) = saved_events(store)
    assert opened.closed_ns is None
    store.forget("detect.live", "detect.live.mark")
    own = stage(tower, store)
    own.resume_at(0, entries[shaking - 1].received_ns)
    run_stage(own, entries[90 : until(entries, 200)])
    (closed,) = saved_events(store)
    assert closed.id == opened.id
    assert closed.closed_ns is not None


def test_an_open_event_whose_samples_are_gone_is_closed_in_the_end(
    store: EventStore, tower: Tower
) -> None:
    entries = shaken_twice(tower)
    own = stage(tower, store)
    run_stage(own, entries[: until(entries, 110)])
    store.forget("detect.live", "detect.live.mark")
    own = stage(tower, store)
    own.resume_at(0, entries[until(entries, 110)].received_ns)
    run_stage(own, entries[until(entries, 180) : until(entries, 200)])
    run_stage(own, entries[until(entries, 201) :])
    gone = saved_events(store)[0]
    own.idle(entries[-1].received_ns + 200 * NS)
    gone = saved_events(store)[0]
    assert gone.closed_ns is not None
    assert gone.evidence["ended"] == "the journal was lost"


def test_what_the_late_stage_reads_again_is_no_second_late_event(
    store: EventStore, tower: Tower
) -> None:
    entries = shaken_twice(tower)
    back = until(entries, 200)
    live = [*entries[: until(entries, 60)], *entries[back : back + 30]]
    given = [
        Given(entry.made, number, entries[back].received_ns + number * NS // 50)
        for number, entry in enumerate([*live, *entries[until(entries, 60) : back]])
    ]
    own = late_stage(tower, store)
    run_stage(own, given)
    own.idle(given[-1].received_ns)
    own.idle(given[-1].received_ns + 60 * NS)
    (late,) = saved_events(store)
    assert late.late
    own.resume_at(0, given[-1].received_ns + 60 * NS)
    run_stage(own, given)
    own.idle(given[-1].received_ns + 120 * NS)
    own.idle(given[-1].received_ns + 180 * NS)
    assert saved_events(store) == [late]


def test_the_snapshot_names_the_journal_of_its_cursor(store: EventStore, tower: Tower) -> None:
    entries = shaken_twice(tower)[:30]

    def built(journal_id: str) -> DetectionStage:
        places = {place.stream.key: place for place in tower.values()}
        return DetectionStage(
            settings=DetectionSettings(),
            places=places,
            events=store,
            start=0,
            journal_id=journal_id,
        )

    own = built("aaaa")
    run_stage(own, entries)
    own.close()
    assert built("bbbb").journal_id() == "aaaa"
    moved = built("bbbb")
    moved.resume_at(0, entries[-1].received_ns)
    run_stage(moved, entries[:3])
    moved.close()
    assert built("bbbb").journal_id() == "bbbb"
    assert built("bbbb").cursor() == 3
