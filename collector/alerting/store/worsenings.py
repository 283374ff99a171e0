"""Worsenings: when an event last became graver, in one numbering with the inspections."""

import math
import sqlite3
from dataclasses import dataclass

from plumbline.collector.alerting.store.inspections import next_place
from plumbline.collector.events.model import AlarmLevel, Event, EventKind

INSPECTED_KINDS = frozenset(
    {
        EventKind.SHAKING,
        EventKind.THRESHOLD,
        EventKind.TILT,
        EventKind.SETTLEMENT,
        EventKind.DIFFERENTIAL_SETTLEMENT,
    }
)
"""Kinds after which somebody has to look at the structure itself."""
GRAVER_BY = 1.25
"""A value that has grown by a quarter at the same level is a worsening too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worsening:
    """The last worsening of an event.

    Attributes
    ----------
    place
        Its place in the one numbering of inspections and worsenings.
    gravest
        The gravest level the event ever had.
    incident_id
        The incident the event belongs to, or None where it called nobody.
    """

    event_id: str
    place: int
    gravest: AlarmLevel
    incident_id: int | None


def note_worsening(tx: sqlite3.Connection, event: Event) -> None:
    """Record an event, or that it has become graver; anything else changes nothing."""
    if event.kind not in INSPECTED_KINDS:
        return
    value = event.value if math.isfinite(event.value) else 0.0
    row = tx.execute("SELECT * FROM worsening WHERE event_id = ?", (event.id,)).fetchone()
    if row is None:
        tx.execute(
            "INSERT INTO worsening VALUES (?, ?, ?, ?, ?, ?)",
            (event.id, event.structure, next_place(tx), event.level, event.level, value),
        )
        return
    before, gravest = AlarmLevel(row["level"]), AlarmLevel(row["gravest"])
    gravest = max(gravest, event.level, key=lambda level: level.rank)
    grown = event.level is before and abs(value) > GRAVER_BY * abs(row["value"])
    worse = event.level.rank > before.rank or grown
    tx.execute(
        "UPDATE worsening SET place = ?, level = ?, gravest = ?, value = ? WHERE event_id = ?",
        (
            next_place(tx) if worse else row["place"],
            event.level,
            gravest,
            value if worse else row["value"],
            event.id,
        ),
    )


def of_structure(tx: sqlite3.Connection, structure: str) -> dict[str, Worsening]:
    """Return the last worsening of every event of a structure, by the event's id."""
    rows = tx.execute(
        "SELECT w.*, m.incident_id FROM worsening w LEFT JOIN incident_event m USING (event_id)"
        " WHERE w.structure = ?",
        (structure,),
    )
    return {
        row["event_id"]: Worsening(
            event_id=row["event_id"],
            place=row["place"],
            gravest=AlarmLevel(row["gravest"]),
            incident_id=row["incident_id"],
        )
        for row in rows
    }


def standing_codes(tx: sqlite3.Connection) -> frozenset[str]:
    """Return the codes of incidents with a red or black event that no inspection released.

    A code of such an incident is written on the page beside its STOP: it answers nothing else.
    """
    rows = tx.execute(
        "SELECT DISTINCT i.code FROM worsening w JOIN incident_event m USING (event_id)"
        " JOIN incident i ON i.id = m.incident_id"
        " WHERE w.gravest IN ('red', 'black') AND coalesce((SELECT s.finding IN ('not fit')"
        " FROM inspection s WHERE s.structure = w.structure AND s.place > w.place"
        " AND s.finding <> 'note' AND (s.incident_id IS NULL OR s.incident_id = i.id)"
        " ORDER BY s.place DESC LIMIT 1), 1)"
    )
    return frozenset(row[0] for row in rows)
