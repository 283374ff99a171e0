"""Silences: what calls nobody for a while, why, by whose order, and until when."""

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from plumbline.collector.alerting.errors import AlertingError
from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import Incident
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.wire.block import NS

LONGEST_S = 14 * 86_400.0
"""A silence always ends by itself; one that is forgotten must not last for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Which incidents: every field that is given must agree.

    ``up_to`` is the gravest level that is silenced: black only where it is given.
    """

    structure: str | None = None
    kind: EventKind | None = None
    node: str | None = None
    up_to: AlarmLevel = AlarmLevel.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence, from when until when. [ns since 1970]"""

    id: int
    structure: str | None
    kind: EventKind | None
    node: str | None
    up_to: AlarmLevel
    reason: str
    author: str
    from_ns: int
    until_ns: int
    ended_ns: int | None

    def covers(self, incident: Incident, nodes: frozenset[str], structures: frozenset[str]) -> bool:
        """Return whether it silences an incident; a node only when no other one is concerned."""
        return (
            not incident.test
            and (self.structure is None or structures <= {self.structure})
            and self.kind in (None, incident.kind)
            and (self.node is None or nodes == {self.node})
            and incident.level.rank <= self.up_to.rank
        )


def set_silence(
    tx: sqlite3.Connection,
    matcher: Matcher,
    *,
    reason: str,
    author: str,
    duration_s: float,
    now_ns: int,
) -> Silence:
    """Begin a silence.

    Raises
    ------
    AlertingError
        If the reason or the author is missing, or the time is not one a silence may last.
    """
    if not reason.strip() or not author.strip():
        raise AlertingError("a silence needs a reason and an author; give both")
    if not 0 < duration_s <= LONGEST_S:
        raise AlertingError(
            f"a silence lasts at most {LONGEST_S / 86_400:g} days; set a shorter one and renew it"
        )
    columns = {
        **asdict(matcher),
        "reason": reason.strip(),
        "author": author.strip(),
        "from_ns": now_ns,
        "until_ns": now_ns + round(duration_s * NS),
        "ended_ns": None,
    }
    added = tx.execute(
        "INSERT INTO silence (structure, kind, node, up_to, reason, author, from_ns, until_ns,"
        " ended_ns) VALUES (:structure, :kind, :node, :up_to, :reason, :author, :from_ns,"
        " :until_ns, :ended_ns)",
        columns,
    )
    silence = _silence({"id": added.lastrowid, **columns})
    audit.write(tx, now_ns, AuditEntry.SILENCE_SET, **asdict(silence))
    return silence


def end_silence(tx: sqlite3.Connection, silence_id: int, by: str, now_ns: int) -> bool:
    """End a silence before its time; False when it has ended already or never was."""
    ended = tx.execute(
        "UPDATE silence SET ended_ns = ? WHERE id = ? AND ended_ns IS NULL", (now_ns, silence_id)
    )
    if ended.rowcount:
        audit.write(tx, now_ns, AuditEntry.SILENCE_ENDED, id=silence_id, by=by)
    return bool(ended.rowcount)


def end_due(tx: sqlite3.Connection, now_ns: int) -> None:
    """End the silences whose time has come."""
    due = tx.execute(
        "SELECT id FROM silence WHERE ended_ns IS NULL AND until_ns <= ?", (now_ns,)
    ).fetchall()
    for row in due:
        end_silence(tx, int(row["id"]), "its own end", now_ns)


def running(tx: sqlite3.Connection, now_ns: int) -> list[Silence]:
    """Return the silences that hold now."""
    rows = tx.execute(
        "SELECT * FROM silence WHERE ended_ns IS NULL AND until_ns > ? ORDER BY id", (now_ns,)
    )
    return [_silence(dict(row)) for row in rows.fetchall()]


def covering(
    tx: sqlite3.Connection, incident: Incident, nodes: frozenset[str], now_ns: int
) -> Silence | None:
    """Return a silence that covers an incident now, or None."""
    held = running(tx, now_ns)
    structures = frozenset(incidents.structures_of(tx, incident)) if held else frozenset()
    found = (one for one in held if one.covers(incident, nodes, structures))
    return next(found, None)


def _silence(columns: dict[str, Any]) -> Silence:
    kind = columns["kind"]
    return Silence(
        **{
            **columns,
            "kind": EventKind(kind) if kind else None,
            "up_to": AlarmLevel(columns["up_to"]),
        }
    )
