"""Queries of the alerting database for the page, the status and the command line: read only.

Each function opens the database for itself, read-only, and may be called from any thread or
process; where there is no database yet, there is nothing to show.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from plumbline.collector.alerting.engine.engine import TICKED
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.database import SCHEMA, mark
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.incident import UNSEEN, Incident
from plumbline.collector.alerting.store.notification import LOST, Notification, NotificationState
from plumbline.collector.alerting.store.silences import Silence, covering, running
from plumbline.collector.storage.database import open_to_read


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with its facts, its notifications and what came of them.

    Attributes
    ----------
    facts
        The gravest event's; None for a test.
    nodes
        Every node that saw it.
    notifications
        Every message about it, oldest first; ``person``, ``state``, ``text``, ``handed_ns``.
    silence
        The silence that holds its calls back now, or None.
    """

    incident: Incident
    facts: Facts | None
    nodes: tuple[str, ...]
    notifications: tuple[Notification, ...]
    silence: Silence | None

    @property
    def people(self) -> tuple[str, ...]:
        """People who were notified, in order."""
        reached = (one.person for one in self.notifications if one.handed_ns is not None)
        return tuple(dict.fromkeys(reached))

    @property
    def waits_for_answer(self) -> bool:
        """True: nobody has answered yet."""
        return self.incident.status in UNSEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Alerting in a few numbers, for the status and the metrics.

    Attributes
    ----------
    last_tick_ns
        Time of the last tick of the engine, to 5 s; 0 when never. [ns since 1970]
    unsent
        Messages queued or held by a gateway that has not confirmed them.
    lost
        Messages that failed or grew too old, ever.
    passed_over
        Events that called nobody, ever: candidate limits, late, below their rule.
    """

    last_tick_ns: int
    open: int
    unanswered: int
    unsent: int
    oldest_unsent_ns: int | None
    sent: int
    lost: int
    passed_over: int


def open_incidents(path: Path, now_ns: int) -> list[IncidentView]:
    """Return the incidents that are not closed, oldest first."""
    with reading(path) as tx:
        return [_view(tx, one, now_ns) for one in incidents.all_alive(tx)] if tx else []


def recent_incidents(path: Path, now_ns: int, limit: int = 50) -> list[IncidentView]:
    """Return the latest incidents, newest first, closed ones too."""
    with reading(path) as tx:
        return [_view(tx, one, now_ns) for one in incidents.newest(tx, limit)] if tx else []


def incident_with(path: Path, code: str, now_ns: int) -> IncidentView | None:
    """Return the latest incident that had a code."""
    with reading(path) as tx:
        found = incidents.by_code(tx, code) if tx else None
        return _view(tx, found, now_ns) if tx and found else None


def notifications(path: Path, limit: int = 1_000) -> list[Notification]:
    """Return the latest messages, newest first: ``person``, ``text``, ``segments``, ``state``."""
    with reading(path) as tx:
        return outbox.latest(tx, limit) if tx else []


def silences(path: Path, now_ns: int) -> list[Silence]:
    """Return the silences that hold now."""
    with reading(path) as tx:
        return running(tx, now_ns) if tx else []


def log(path: Path, incident_id: int | None = None) -> list[audit.AuditLine]:
    """Return the audit log, of one incident or whole."""
    with reading(path) as tx:
        return list(audit.lines(tx, incident_id)) if tx else []


def summary(path: Path) -> Summary:
    """Return alerting in a few numbers."""
    with reading(path) as tx:
        if tx is None:
            nothing = dict.fromkeys(
                ("last_tick_ns", "open", "unanswered", "unsent", "sent", "lost", "passed_over"), 0
            )
            return Summary(**nothing, oldest_unsent_ns=None)
        alive = incidents.all_alive(tx)
        waiting = outbox.in_state(
            tx, NotificationState.QUEUED, NotificationState.LEASED, NotificationState.SUBMITTED
        )
        states = dict(tx.execute("SELECT state, count(*) FROM notification GROUP BY state"))
        return Summary(
            last_tick_ns=mark(tx, TICKED),
            open=len(alive),
            unanswered=sum(one.status in UNSEEN for one in alive),
            unsent=len(waiting),
            oldest_unsent_ns=min((one.created_ns for one in waiting), default=None),
            sent=states.get(NotificationState.SENT, 0),
            lost=sum(states.get(state, 0) for state in LOST),
            passed_over=tx.execute("SELECT count(*) FROM passed_over").fetchone()[0],
        )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Hold the database for reading, or None where there is none yet."""
    tx = open_to_read(path, SCHEMA)
    if tx is None:
        yield None
        return
    tx.row_factory = sqlite3.Row
    try:
        tx.execute("BEGIN")  # one moment for everything that is read
        yield tx
    finally:
        tx.close()


def _view(tx: sqlite3.Connection, incident: Incident, now_ns: int) -> IncidentView:
    nodes = incidents.nodes_of(tx, incident)
    return IncidentView(
        incident=incident,
        facts=incidents.lead(tx, incident),
        nodes=tuple(sorted(nodes)),
        notifications=tuple(outbox.of_incident(tx, incident.id)),
        silence=covering(tx, incident, nodes, now_ns),
    )
