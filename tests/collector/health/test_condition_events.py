"""A grave fault of ours becomes an event, and ends with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plumbline.collector.events.model import AlarmLevel, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.condition_events import ConditionEvents
from plumbline.collector.health.conditions import Conditions
from plumbline.wire.block import NS

S = NS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


def events(store: EventStore) -> list[Event]:
    return [event for _, event in store.changes(0)]


def test_a_full_disk_is_an_event_for_each_structure_until_it_ends(store: EventStore) -> None:
    conditions = Conditions()
    watch = ConditionEvents(conditions, store, ["TWR01", "TWR02"])
    conditions.set("disk-critical", "free space now", 1 * S)
    watch.poll(2 * S)
    watch.poll(3 * S)
    assert {(event.structure, event.level) for event in events(store)} == {
        ("TWR01", AlarmLevel.RED),
        ("TWR02", AlarmLevel.RED),
    }
    conditions.clear("disk-critical", 4 * S)
    watch.poll(5 * S)
    assert all(event.closed_ns == 5 * S for event in events(store))


def test_a_stage_that_does_not_come_back_is_raised(store: EventStore) -> None:
    conditions = Conditions()
    watch = ConditionEvents(conditions, store, ["TWR01"])
    conditions.set("stage:detect", "the detect stage stopped", 1 * S)
    watch.poll(2 * S)
    assert [event.level for event in events(store)] == [AlarmLevel.AMBER]
    watch.poll(200 * S)
    assert [event.level for event in events(store)] == [AlarmLevel.RED]


def test_a_mere_notice_is_no_event(store: EventStore) -> None:
    conditions = Conditions()
    conditions.set("future:XX.TWR01.0A.HN", "a clock is ahead", 1 * S)
    ConditionEvents(conditions, store, ["TWR01"]).poll(2 * S)
    assert events(store) == []


def test_a_restart_goes_on_with_what_was_open(store: EventStore) -> None:
    conditions = Conditions()
    conditions.set("disk-low", "soon full", 1 * S)
    ConditionEvents(conditions, store, ["TWR01"]).poll(2 * S)
    ConditionEvents(Conditions(), store, ["TWR01"]).poll(9 * S)
    (event,) = events(store)
    assert event.closed_ns == 9 * S
