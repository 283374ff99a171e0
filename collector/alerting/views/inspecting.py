"""Inspections as the page and the command line read and record them.

Reading opens the database for itself, read-only, in any process. Recording goes through a store.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from plumbline.collector.alerting.engine.inspecting import (
    InspectionReport,
    record_inspection,
    record_structure_inspection,
)
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store import inspections
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.inspections import Inspection
from plumbline.collector.alerting.store.standing import StandingEvents, standing_events
from plumbline.collector.alerting.views.queries import reading
from plumbline.collector.events.model import Event


def standing(path: Path, structure: str, events: Sequence[Event]) -> StandingEvents:
    """Return which of some events of a structure stand as STOP or LOOK, or are still above."""
    with _reading(path) as tx:
        return standing_events(tx, structure, events)


def inspections_of(path: Path, structure: str) -> list[Inspection]:
    """Return the inspections and notes of a structure, oldest first."""
    with _reading(path) as tx:
        return inspections.of_structure(tx, structure) if tx else []


def record(
    store: AlertStore, settings: AlertingSettings, code: str, report: InspectionReport, now_ns: int
) -> str:
    """Record an inspection or a note about the alarm with a code; return one line about it.

    Raises
    ------
    AnswerRefused
        A ValueError with what to do: no such alarm, nobody of that name, not one who may inspect.
    """
    with store.transaction() as tx:
        return inspection_line(record_inspection(tx, settings, code, report, now_ns))


def record_structure(
    store: AlertStore,
    settings: AlertingSettings,
    structure: str,
    report: InspectionReport,
    now_ns: int,
) -> str:
    """Record an inspection or a note about all that stands on a structure.

    Raises
    ------
    AnswerRefused
        A ValueError with what to do: nobody of that name, not one who may inspect.
    """
    with store.transaction() as tx:
        return inspection_line(record_structure_inspection(tx, settings, structure, report, now_ns))


def inspection_line(one: Inspection) -> str:
    """Return an inspection in a line, as ``4711 TWR01: not fit, by Mali; crack at B3``."""
    about = " ".join(filter(None, (one.code, one.structure)))
    text = f"; {one.text}" if one.text else ""
    return f"{about}: {one.finding}, by {one.person}{text}"


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    with reading(path) as tx:
        known = tx and tx.execute("SELECT 1 FROM sqlite_master WHERE name = 'worsening'").fetchone()
        yield tx if known else None
