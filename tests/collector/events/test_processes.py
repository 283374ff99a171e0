"""Several processes save into one event store, and nothing is lost and nothing comes twice."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from event_process import event_of

from plumbline.collector.events.store import EventStore

EACH = 10_000


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[EventStore, EventStore]]:
    path = tmp_path / "events.db"
    with closing(EventStore(path)) as first, closing(EventStore(path)) as second:
        yield first, second


def start(*arguments: str) -> "subprocess.Popen[str]":
    program = Path(__file__).parent / "event_process.py"
    return subprocess.Popen(
        [sys.executable, str(program), *arguments], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_write_ten_thousand_events_each_and_a_third_sees_each_once(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "events.db")
    follower = start(path, "follow", str(2 * EACH))
    writers = [start(path, "write", name, str(EACH)) for name in ("TWR01", "TWR02")]
    for writer in writers:
        writer.communicate(timeout=150)
        assert writer.returncode == 0
    seen = json.loads(follower.communicate(timeout=60)[0])
    assert follower.returncode == 0
    assert [revision for revision, _ in seen] == list(range(1, 2 * EACH + 1))
    for name in ("TWR01", "TWR02"):
        assert [e for _, e in seen if e.startswith(name)] == [f"{name}-{n}" for n in range(EACH)]
    with closing(EventStore(Path(path))) as store:
        assert len(store.open()) == 2 * EACH
        assert store.snapshots("TWR") == {"TWR01": b"10000", "TWR02": b"10000"}


def test_two_open_stores_do_not_replace_each_others_events(
    two: tuple[EventStore, EventStore],
) -> None:
    first, second = two
    first.save(event_of("TWR01", 1))
    second.save(event_of("TWR02", 1))
    assert [(n, event.id) for n, event in first.changes(0)] == [(1, "TWR01-1"), (2, "TWR02-1")]
    assert first.revision == second.revision == 2


def test_an_event_that_two_processes_revise_keeps_one_row_and_its_late_nodes(
    two: tuple[EventStore, EventStore],
) -> None:
    first, second = two
    event = event_of("TWR01", 1)
    first.save(event)
    late = {"peak_gal": 9.0, "late": 1}
    second.save(late_nodes={event.id: {"3A": late}})
    first.save(replace(event, closed_ns=7))
    assert second.changes(0) == [(3, replace(event, closed_ns=7, nodes={"3A": late}))]


def test_a_waiter_wakes_when_another_process_saves(two: tuple[EventStore, EventStore]) -> None:
    first, second = two
    saver = threading.Timer(0.3, first.save, (event_of("TWR01", 1),))
    saver.start()
    began = time.monotonic()
    assert second.wait(0, 20)
    assert time.monotonic() - began < 10
    saver.join()


def test_a_save_waits_for_a_process_that_is_writing(two: tuple[EventStore, EventStore]) -> None:
    first, second = two
    first._db.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, first._db.execute, ("ROLLBACK",))
    release.start()
    second.save(event_of("TWR01", 1))
    release.join()
    assert first.revision == 1
