"""Incidents and their events as they are stored."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from plumbline.collector.alerting.paging_rules import latches
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.incident import UNSEEN, Incident, IncidentStatus
from plumbline.collector.alerting.store.worsenings import standing_codes
from plumbline.collector.events.model import AlarmLevel, EventKind

_STORED_AS = {"repeat": "walk", "silenced_by": "muted_by"}
"""Fields whose column has an older name."""
_COLUMNS = {
    field.name: _STORED_AS.get(field.name, field.name)
    for field in fields(Incident)
    if field.name != "id"
}
_CODES = range(1000, 10_000)
_STRIDE = 7_919  # a prime that does not divide 9000: the strides meet every code
# A code is not given again soon: an old message still on somebody's phone must not answer a new
# alarm.
_CODES_RESERVED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One event of an incident, at the level at which it calls people."""

    event_id: str
    incident_id: int
    level: AlarmLevel
    closed_ns: int | None
    facts: Facts


def add(tx: sqlite3.Connection, **columns: Any) -> Incident:
    """Store a new incident under a free code and return it."""
    given = {
        "status": IncidentStatus.OPEN,
        "test": False,
        "only": None,
        "ended_ns": None,
        "answered_ns": None,
        "answered_by": None,
        "lower_since_ns": None,
        "repeat": 0,
        "position": 0,
        "silenced_by": None,
        "quiet": False,
        "well_since_ns": None,
        "code": _free_code(tx, columns["opened_ns"]),
        **columns,
    }
    names = ", ".join(_COLUMNS.values())
    values = ", ".join(f":{name}" for name in _COLUMNS)
    added = tx.execute(f"INSERT INTO incident ({names}) VALUES ({values})", given)  # noqa: S608
    return Incident(id=int(added.lastrowid or 0), **given)


def save(tx: sqlite3.Connection, incident: Incident) -> None:
    """Store an incident as it is now."""
    changes = ", ".join(f"{column} = :{name}" for name, column in _COLUMNS.items())
    tx.execute(f"UPDATE incident SET {changes} WHERE id = :id", asdict(incident))  # noqa: S608


def get(tx: sqlite3.Connection, incident_id: int) -> Incident:
    """Return an incident that is known to be there."""
    row = tx.execute("SELECT * FROM incident WHERE id = ?", (incident_id,)).fetchone()
    return _incident(row)


def alive(tx: sqlite3.Connection, cause: str) -> Incident | None:
    """Return the incident of a cause that is not closed."""
    row = tx.execute(
        "SELECT * FROM incident WHERE cause = ? AND status <> ?", (cause, IncidentStatus.CLOSED)
    ).fetchone()
    return _incident(row) if row else None


def latest(tx: sqlite3.Connection, cause: str) -> Incident | None:
    """Return the latest incident of a cause, closed or not."""
    row = tx.execute(
        "SELECT * FROM incident WHERE cause = ? ORDER BY id DESC LIMIT 1", (cause,)
    ).fetchone()
    return _incident(row) if row else None


def last_joined_ns(tx: sqlite3.Connection, incident: Incident) -> int:
    """Return when an event last joined an incident. [ns since 1970]"""
    row = tx.execute(
        "SELECT max(at_ns) FROM audit WHERE incident_id = ? AND entry = ?",
        (incident.id, AuditEntry.JOINED),
    ).fetchone()
    return incident.opened_ns if row[0] is None else int(row[0])


def all_alive(tx: sqlite3.Connection) -> list[Incident]:
    """Return every incident that is not closed, oldest first."""
    rows = tx.execute(
        "SELECT * FROM incident WHERE status <> ? ORDER BY id", (IncidentStatus.CLOSED,)
    )
    return [_incident(row) for row in rows.fetchall()]


def newest(tx: sqlite3.Connection, limit: int) -> list[Incident]:
    """Return the latest incidents, newest first."""
    rows = tx.execute("SELECT * FROM incident ORDER BY id DESC LIMIT ?", (limit,))
    return [_incident(row) for row in rows.fetchall()]


def by_code(tx: sqlite3.Connection, code: str) -> Incident | None:
    """Return the latest incident that had a code."""
    row = tx.execute(
        "SELECT * FROM incident WHERE code = ? ORDER BY id DESC LIMIT 1", (code,)
    ).fetchone()
    return _incident(row) if row else None


def unseen(tx: sqlite3.Connection) -> list[Incident]:
    """Return the incidents nobody has answered, gravest first."""
    waiting = [incident for incident in all_alive(tx) if incident.status in UNSEEN]
    return sorted(waiting, key=lambda incident: -incident.level.rank)


def save_member(tx: sqlite3.Connection, member: Member) -> None:
    """Store an event of an incident as it is now."""
    tx.execute(
        "INSERT INTO incident_event VALUES (?, ?, ?, ?, ?) ON CONFLICT (event_id) DO UPDATE SET"
        " incident_id = excluded.incident_id, level = excluded.level,"
        " closed_ns = excluded.closed_ns, facts = excluded.facts",
        (
            member.event_id,
            member.incident_id,
            member.level,
            member.closed_ns,
            member.facts.to_json(),
        ),
    )


def member(tx: sqlite3.Connection, event_id: str) -> Member | None:
    """Return an event that belongs to an incident."""
    row = tx.execute("SELECT * FROM incident_event WHERE event_id = ?", (event_id,)).fetchone()
    return _member(row) if row else None


def members(tx: sqlite3.Connection, incident_id: int) -> list[Member]:
    """Return the events of an incident, in the order they joined."""
    rows = tx.execute(
        "SELECT * FROM incident_event WHERE incident_id = ? ORDER BY rowid", (incident_id,)
    )
    return [_member(row) for row in rows.fetchall()]


def counting_members(joined: list[Member], kind: EventKind) -> list[Member]:
    """Return the events that make an incident's level: those that go on, or all of what latches."""
    going_on = [one for one in joined if one.closed_ns is None]
    return going_on if going_on and not latches(kind) else joined


def lead(tx: sqlite3.Connection, incident: Incident) -> Facts | None:
    """Return the facts of a message: those of the gravest event, the first of them.

    While the gravest level waits for its answer that may be an event that has ended. A test has
    no event and no facts.
    """
    joined = members(tx, incident.id)
    if not joined:
        return None
    count = counting_members(joined, incident.kind)
    lead = max(count, key=lambda one: one.facts.level.rank)
    if lead.facts.level.rank < incident.level.rank:
        lead = max(joined, key=lambda one: one.facts.level.rank)
    return lead.facts


def nodes_of(tx: sqlite3.Connection, incident: Incident) -> frozenset[str]:
    """Return every node the events of an incident name."""
    return frozenset(node for one in members(tx, incident.id) for node in one.facts.nodes)


def structures_of(tx: sqlite3.Connection, incident: Incident) -> tuple[str, ...]:
    """Return every structure an incident concerns: a fault of ours may concern several."""
    named = (one.facts.structure for one in members(tx, incident.id))
    return tuple(dict.fromkeys((incident.structure, *named)))


def _free_code(tx: sqlite3.Connection, seed: int) -> str:
    taken = {
        row[0]
        for row in tx.execute(
            "SELECT code FROM incident WHERE status <> ?"
            " UNION SELECT code FROM (SELECT code FROM incident ORDER BY id DESC LIMIT ?)",
            (IncidentStatus.CLOSED, _CODES_RESERVED),
        )
    }
    free = (code for code in _codes_from(seed) if code not in taken | standing_codes(tx))
    return next(free, None) or _oldest_closed_code(tx)


def _oldest_closed_code(tx: sqlite3.Connection) -> str:
    """Return the code that was given longest ago: an alarm without a code would be worse."""
    row = tx.execute(
        "SELECT code FROM incident GROUP BY code HAVING sum(status <> ?) = 0"
        " ORDER BY max(id) LIMIT 1",
        (IncidentStatus.CLOSED,),
    ).fetchone()
    return str(row[0])


def _codes_from(seed: int) -> Iterator[str]:
    """Yield every code once, from an accidental first; a replay gives the same."""
    first = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:4])
    for turn in range(len(_CODES)):
        yield str(_CODES[(first + turn * _STRIDE) % len(_CODES)])


def _incident(row: sqlite3.Row) -> Incident:
    columns = {name: row[column] for name, column in _COLUMNS.items()}
    return Incident(
        **{
            **columns,
            "id": row["id"],
            "kind": EventKind(columns["kind"]),
            "status": IncidentStatus(columns["status"]),
            "level": AlarmLevel(columns["level"]),
            "test": bool(columns["test"]),
            "quiet": bool(columns["quiet"]),
        }
    )


def _member(row: sqlite3.Row) -> Member:
    return Member(
        event_id=row["event_id"],
        incident_id=row["incident_id"],
        level=AlarmLevel(row["level"]),
        closed_ns=row["closed_ns"],
        facts=Facts.from_json(row["facts"]),
    )
