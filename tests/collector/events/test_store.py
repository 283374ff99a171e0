"""The event store forgets nothing and tells what changed."""

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from plumbline.collector.events.model import (
    AlarmLevel,
    Event,
    EventKind,
    Limit,
    Standing,
    finding_id,
)
from plumbline.collector.events.store import EventStore

QUAKE = Event(
    id=finding_id("long_period", "TWR01", 5),
    kind=EventKind.SHAKING,
    structure="TWR01",
    onset_ns=5,
    detector="long_period",
    level=AlarmLevel.RED,
    value=12.5,
    unit="gal",
    limit=Limit(value=2.0, unit="gal", source="โครงการ", standing=Standing.PROJECT),
    nodes={"0A": {"peak_gal": 12.5, "onset_ns": 5}},
    evidence={"short_period": {"ratio": 1.3, "on": False}},
)


def test_an_event_comes_back_as_it_went_after_a_restart(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE)
    store.close()
    again = EventStore(tmp_path / "events.db")
    assert again.get(QUAKE.id) == QUAKE
    assert again.open() == [QUAKE]
    again.close()


def test_a_revision_is_told_once_and_in_order(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    other = replace(QUAKE, id="other", onset_ns=9)
    store.save(QUAKE)
    store.save(other)
    store.save(replace(QUAKE, closed_ns=99))
    changes = store.changes(0)
    assert [event.id for _, event in changes] == ["other", QUAKE.id]
    assert changes[-1][1].closed_ns == 99
    assert store.changes(changes[-1][0]) == []
    store.close()


def test_a_snapshot_is_kept_with_its_events_or_not_at_all(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE, snapshot=("detect", b"first"))
    broken = replace(QUAKE, id="broken", evidence={"not JSON": object()})
    with pytest.raises(TypeError):
        store.save(broken, snapshot=("detect", b"second"))
    assert store.snapshot("detect") == b"first"
    assert store.get("broken") is None
    store.save(snapshot=("detect", b"third"))
    assert store.snapshot("detect") == b"third"
    store.close()


def test_a_state_kept_in_parts_is_kept_with_its_events_or_not_at_all(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE, rows=[("slow/a", b"1"), ("slow/b", b"2"), ("other", b"3")])
    assert store.snapshots("slow/") == {"slow/a": b"1", "slow/b": b"2"}
    with pytest.raises(sqlite3.ProgrammingError):
        store.save(replace(QUAKE, value=99.0), rows=[("slow/a", b"9"), ("slow/b", object())])  # type: ignore[list-item]
    assert store.get(QUAKE.id) == QUAKE
    assert store.snapshots("slow/a") == {"slow/a": b"1"}
    store.forget("slow/a")
    assert store.snapshots("slow/") == {"slow/b": b"2"}
    store.close()


def test_events_are_found_by_their_onset(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE, replace(QUAKE, id="later", onset_ns=50, closed_ns=60))
    assert [event.onset_ns for event in store.between(0, 10)] == [5]
    assert [event.onset_ns for event in store.between(0, 99, "TWR01")] == [5, 50]
    assert store.between(0, 99, "TWR02") == []
    assert [event.onset_ns for event in store.open()] == [5]
    store.close()


def test_a_waiter_wakes_when_something_is_saved(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    assert not store.wait(0, 0.01)
    saver = threading.Timer(0.05, store.save, (QUAKE,))
    saver.start()
    assert store.wait(0, 10)
    saver.join()
    store.close()


def test_what_a_late_node_felt_outlives_later_revisions_of_the_event(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE)
    late = {"peak_gal": 40.0, "late": 1}
    store.save(late_nodes={QUAKE.id: {"3A": late}, "unknown": {"3A": late}})
    store.save(replace(QUAKE, closed_ns=99, nodes={"0A": {"peak_gal": 13.0}}))
    (event,) = store.between(0, 10)
    assert event.closed_ns == 99
    assert event.nodes == {"0A": {"peak_gal": 13.0}, "3A": late}
    store.close()


def test_a_late_node_does_not_hide_a_larger_peak_and_changes_nothing_twice(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.save(QUAKE)
    revision = store.revision
    store.save(late_nodes={QUAKE.id: {"0A": {"peak_gal": 3.0, "late": 1}}})
    assert store.get(QUAKE.id) == QUAKE
    assert store.revision == revision
    store.close()
