"""Inspections as they are stored: who looked at a structure, what they found, and when.

An inspection releases what stood before it and nothing that comes after. Before and after are
counted by ``place`` in one numbering with the worsenings: a clock that steps must not let an
inspection release what it never saw.
"""

import sqlite3
from dataclasses import asdict, dataclass
from enum import StrEnum

from plumbline.collector.alerting.store.database import mark, set_mark

_PLACES = "last place"


class InspectionFinding(StrEnum):
    """InspectionFinding of an inspection; a note is somebody's word about an amber event."""

    FIT = "fit"
    NOT_FIT = "not fit"
    INSTRUMENT_FAULT = "instrument fault"
    FALSE_ALARM = "false alarm"
    NOTE = "note"


RELEASING = frozenset(
    {InspectionFinding.FIT, InspectionFinding.INSTRUMENT_FAULT, InspectionFinding.FALSE_ALARM}
)
"""Findings that release what stood before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One finding, by a named person.

    Attributes
    ----------
    place
        Its place in the one numbering of inspections and worsenings.
    incident_id, code
        The incident it is about; None where it is about the whole structure.
    person
        Name of the person of the configuration.
    text
        Free text.
    via
        Way it came: ``command line``, ``web``, ``sms``.
    at_ns
        Time at which it was recorded. [ns since 1970]
    """

    id: int
    place: int
    incident_id: int | None
    code: str | None
    structure: str
    finding: InspectionFinding
    person: str
    text: str
    via: str
    at_ns: int

    def concerns(self, incident_id: int | None) -> bool:
        """Return whether it is about an incident, or about an event that belongs to none."""
        return self.incident_id is None or self.incident_id == incident_id


def add(
    tx: sqlite3.Connection,
    *,
    incident_id: int | None,
    code: str | None,
    structure: str,
    finding: InspectionFinding,
    person: str,
    text: str,
    via: str,
    at_ns: int,
) -> Inspection:
    """Store an inspection and return it."""
    inspection = Inspection(
        id=0,
        place=next_place(tx),
        incident_id=incident_id,
        code=code,
        structure=structure,
        finding=finding,
        person=person,
        text=text,
        via=via,
        at_ns=at_ns,
    )
    tx.execute(
        "INSERT INTO inspection (place, incident_id, code, structure, finding, person, text, via,"
        " at_ns) VALUES (:place, :incident_id, :code, :structure, :finding, :person, :text, :via,"
        " :at_ns)",
        asdict(inspection),
    )
    return inspection


def of_structure(tx: sqlite3.Connection, structure: str) -> list[Inspection]:
    """Return the inspections of a structure, oldest first."""
    rows = tx.execute("SELECT * FROM inspection WHERE structure = ? ORDER BY place", (structure,))
    return [
        Inspection(**{**dict(row), "finding": InspectionFinding(row["finding"])}) for row in rows
    ]


def next_place(tx: sqlite3.Connection) -> int:
    """Return the next place in the one numbering of inspections and worsenings."""
    place = mark(tx, _PLACES) + 1
    set_mark(tx, _PLACES, place)
    return place
