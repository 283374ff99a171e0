"""However the changes arrive, in one batch or in many, the incidents are the same."""

import tempfile
from pathlib import Path

from chunks import cuts, pieces
from hypothesis import given, settings
from hypothesis import strategies as st
from stories.alerting_story import CANDIDATE, NS, PROJECT, START_NS

from plumbline.collector.alerting.engine.event_feed import EventFeed
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.events.model import AlarmLevel, Event, EventKind

REVISIONS = 12
SETTINGS = AlertingSettings.model_validate(
    {"person": [{"name": "Mali", "phone": "+66898765432"}], "join_s": 5}
)


@st.composite
def revisions(draw):
    """Draw what detectors may save: a few events, revised, closed, reopened, in any order."""
    drawn = []
    for at in range(REVISIONS):
        name = draw(st.sampled_from("abcd"))
        closed = draw(st.booleans())
        kinds = {
            "a": EventKind.SHAKING,
            "b": EventKind.THRESHOLD,
            "c": EventKind.TILT,
            "d": EventKind.SILENCE,
        }
        drawn.append(
            Event(
                id=name,
                kind=kinds[name],
                structure="TWR01",
                onset_ns=START_NS,
                detector="d",
                level=draw(st.sampled_from(AlarmLevel)),
                value=float(at),
                unit="gal",
                closed_ns=START_NS + at * NS if closed else None,
                limit=draw(st.sampled_from([None, PROJECT, CANDIDATE])),
                nodes={"0A": {}},
            )
        )
    return drawn


class WrittenEvents:
    """The part of an event store that has been written so far; every revision is retained."""

    def __init__(self):
        self.written = []

    def changes(self, after_revision, limit=500):
        return self.written[after_revision : after_revision + limit]

    def wait(self, after_revision, timeout_s):
        return len(self.written) > after_revision


def incidents_after(changes, cut):
    """Return everything the database holds after the changes came in these pieces."""
    with tempfile.TemporaryDirectory() as folder:
        store = AlertStore(Path(folder) / "a.db")
        events = WrittenEvents()
        feed = EventFeed(store=store, events=events, writer=NotificationWriter(settings=SETTINGS))
        for piece in pieces(list(enumerate(changes, start=1)), cut):
            events.written += piece
            feed.take(START_NS)
        with store.transaction() as tx:
            held = [
                [tuple(row) for row in tx.execute(f"SELECT * FROM {table} ORDER BY rowid")]
                for table in ("incident", "incident_event", "passed_over", "audit", "mark")
            ]
        store.close()
    return held


@settings(max_examples=60, deadline=None)
@given(changes=revisions(), cut=cuts(REVISIONS))
def test_the_incidents_do_not_depend_on_how_the_changes_arrive(changes, cut):
    assert incidents_after(changes, cut) == incidents_after(changes, [])
