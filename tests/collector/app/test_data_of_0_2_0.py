"""A collector goes on in the data folder of 0.2.0, which was killed in the middle of an earthquake.

Nobody is notified twice, no event is opened twice, and nothing that 0.2.0 had is gone.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from old_data import FOLDER, KILLED_NS, STORE_ID, unpacked

from plumbline.analysis.classify import Cause
from plumbline.analysis.limit_standing import Standing
from plumbline.collector.alerting.store.notification import NotificationState
from plumbline.collector.alerting.views import queries
from plumbline.collector.app.collector import Collector
from plumbline.collector.app.limit_listing import adoptions_of, listing
from plumbline.collector.app.settings import read_collector
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import AlarmLevel, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.field.labels.store import LabelStore
from plumbline.collector.field.levelling.store import SurveyStore
from plumbline.collector.stages.influxdb.state import InfluxState
from plumbline.wire.block import FOREVER_NS, NS

OVER, GOING_ON = "e3c5c8a6c8cd7091", "741dd5f41c5da1ef"
JOURNAL_END = 337_015
STREAMS = 9


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a configuration that reaches no broker, no InfluxDB and any free port."""
    path = unpacked(tmp_path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("port = 1883", "port = 9").replace("port = 8080", "port = 0")
    path.write_text(re.sub(r"\[series\]\n(.+\n)+", "", text), encoding="utf-8")
    return path


class Clock:
    """Stands still but where it is set, so that nothing falls due by itself."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def collecting(config: Path, clock: Clock) -> Iterator[Collector]:
    """Run a collector that has caught up with the journal and whose alerting has seen all."""
    collector = Collector(*read_collector(config), clock)
    collector.start()
    try:
        wait_until(lambda: caught_up(collector))
        yield collector
    finally:
        collector.stop()


def caught_up(collector: Collector) -> bool:
    """True: every stage is behind the journal's last entry, and its events reached alerting."""
    stages = [one.health() for one in collector.runners if one.health().cursor is not None]
    return {one.name for one in stages} == {"archive", "detect", "late", "slow"} and all(
        one.cursor == JOURNAL_END for one in stages
    )


def events_of(data: Path) -> dict[str, tuple[int, Event]]:
    with closing(EventStore(data / "state" / "events.db")) as store:
        return {event.id: (revision, event) for revision, event in store.changes(0)}


def outbox(data: Path) -> set[str]:
    return {path.name for path in (data / "outbox").iterdir()}


def test_nobody_is_notified_again_and_no_event_is_opened_twice(config: Path) -> None:
    data = config.parent / "data"
    alerting = data / "state" / "alerting.db"
    events, sent = events_of(data), outbox(data)
    notifications = queries.notifications(alerting)
    incidents = queries.recent_incidents(alerting, KILLED_NS)
    log = queries.log(alerting)
    assert len(notifications) == len(sent) == 6

    with collecting(config, Clock(KILLED_NS)) as collector:
        wait_until(lambda: collector.alerting.summary().last_tick_ns == KILLED_NS)
        time.sleep(1.5)  # alerting ticks twice a second

    assert queries.notifications(alerting) == notifications
    assert all(one.state is NotificationState.SENT for one in notifications)
    assert outbox(data) == sent
    assert queries.log(alerting) == log
    assert queries.recent_incidents(alerting, KILLED_NS) == incidents
    assert [(one.incident.code, one.incident.answered_by) for one in incidents] == [
        ("1741", None),
        ("1920", "Somchai"),
    ]
    (silence,) = queries.silences(alerting, KILLED_NS)
    assert (silence.reason, silence.author) == ("crane works", "Somchai")

    after = events_of(data)
    assert after.keys() == events.keys() == {OVER, GOING_ON}
    assert after[OVER] == events[OVER]
    revision, event = after[GOING_ON]
    assert revision > events[GOING_ON][0]  # what came since the last snapshot was heard
    assert event.closed_ns is None
    assert event.level is AlarmLevel.AMBER
    assert replace(event, nodes={}, evidence={}, value=0.0) == replace(
        events[GOING_ON][1], nodes={}, evidence={}, value=0.0
    )


def test_the_alarm_that_nobody_answered_goes_on_to_the_next_person_only(config: Path) -> None:
    data = config.parent / "data"
    alerting = data / "state" / "alerting.db"
    before = queries.notifications(alerting)
    clock = Clock(KILLED_NS)
    with collecting(config, clock):
        clock.now_ns += 35 * NS
        wait_until(lambda: len(outbox(data)) > 6)
        time.sleep(1.5)
    (new,) = [one for one in queries.notifications(alerting) if one not in before]
    assert (new.person, new.state) == ("Kenji", NotificationState.SENT)
    assert "1741" in new.text
    assert len(outbox(data)) == 7


def test_archive_ledger_and_cursors_are_whole(config: Path) -> None:
    data = config.parent / "data"
    with collecting(config, Clock(KILLED_NS)) as collector:
        held = {
            stream: [last - first + 1 for first, last in boot.held]
            for stream in collector.data.places
            for boot in collector.data.ledger.boots(stream).values()
        }
        assert collector.data.journal.store_id == STORE_ID
        assert collector.data.journal.end_offset == JOURNAL_END
    assert len(held) == STREAMS
    assert all(len(spans) == 1 for spans in held.values())  # from the first on, without a hole

    expected = json.loads((FOLDER / "archive.json").read_text(encoding="utf-8"))
    with closing(ArchiveReader(data)) as reader:
        assert reader.channels() == sorted(expected)
        for nslc, truth in expected.items():
            runs = reader.read_window(nslc, 0, FOREVER_NS).channels[nslc]
            counts = np.concatenate([run.counts for run in runs])
            assert (counts.size, len(runs)) == (truth["samples"], truth["pieces"])
            assert (runs[0].start_ns, runs[-1].end_ns) == (
                int(truth["first_ns"]),
                int(truth["end_ns"]),
            )
            assert hashlib.sha256(counts.astype("<i4").tobytes()).hexdigest() == truth["sha256"]
    with closing(InfluxState(data / "state" / "series.db", STORE_ID)) as series:
        assert (series.mark("journal"), series.mark("events")) == (JOURNAL_END, 43)
        assert len(series.streams()) == STREAMS


def test_what_people_decided_and_brought_is_there(config: Path) -> None:
    settings, _ = read_collector(config)
    data = settings.data
    with collecting(config, Clock(KILLED_NS)):
        pass
    adoptions = adoptions_of(data)
    assert adoptions["TWR01/1T/tilt"].by.document == "RPT-017 rev B"
    rows = listing(settings, adoptions, data / "state" / "events.db")
    (tilt,) = [row for row in rows if row["limit"] == "TWR01/1T/tilt"]
    assert tilt["standing"] == Standing.PROJECT
    with closing(LabelStore(data / "state" / "labels.db")) as labels:
        (label,) = labels.of(OVER)
        assert (label.cause, label.note) == (Cause.EARTHQUAKE, "felt on site")
    with SurveyStore(data / "surveys" / "TWR01.db") as surveys:
        assert surveys.points() == ["BM1", "P1", "P2"]
        assert [level.level_mm for level in surveys.levels("P1")] == [10_512.3]
