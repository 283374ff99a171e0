"""Read a survey table (CSV): point, date, level, benchmark, surveyor, a line a reading."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from itertools import groupby
from typing import Final, NamedTuple

from plumbline.collector.survey.errors import SurveyError
from plumbline.collector.survey.model import Level, Run

REQUIRED: Final = ("point", "date", "level", "benchmark", "surveyor")
OPTIONAL: Final = ("length_km", "setups")

# As many wrong lines as a person mends in one go.
MOST_COMPLAINTS: Final = 20


class LevelUnit(Enum):
    """Unit of the level column, in millimetres."""

    M = 1000.0
    CM = 10.0
    MM = 1.0


class _Row(NamedTuple):
    point: str
    date_ns: int
    level_mm: float
    benchmark: str
    surveyor: str
    length_km: float | None
    setups: int | None


def read_runs(lines: Iterable[str], unit: LevelUnit = LevelUnit.M) -> list[Run]:
    """Return the runs of a survey table.

    Parameters
    ----------
    lines
        Lines of the file, its header first: the five columns in any order, and ``length_km``
        or ``setups`` where known.
    unit
        Unit of the level column.

    Returns
    -------
    list of Run
        Lines that follow one another with the same date, benchmark and surveyor are a run.

    Raises
    ------
    SurveyError
        Naming every line that is wrong: nothing is taken from a table that is.
    """
    reader = csv.DictReader(line for line in lines if line.strip())
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise SurveyError(
            f"the header lacks {', '.join(missing)}; needed are {', '.join(REQUIRED)}"
        )
    reader.fieldnames = names
    rows, complaints = [], []
    for number, fields in enumerate(reader, start=2):
        try:
            rows.append(_row(fields, unit))
        except ValueError as error:
            complaints.append(f"line {number}: {error}")
    if not rows and not complaints:
        complaints.append("no readings")
    if complaints:
        more = len(complaints) - MOST_COMPLAINTS
        shown = complaints[:MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
        raise SurveyError("; ".join(shown))
    return [
        Run(
            date_ns=date_ns,
            benchmark=benchmark,
            surveyor=surveyor,
            levels=tuple(Level(point=row.point, level_mm=row.level_mm) for row in run),
            length_km=next((row.length_km for row in run if row.length_km is not None), None),
            setups=next((row.setups for row in run if row.setups is not None), None),
        )
        for (date_ns, benchmark, surveyor), group in groupby(
            rows, key=lambda row: (row.date_ns, row.benchmark, row.surveyor)
        )
        for run in [list(group)]
    ]


def _row(fields: dict[str, str | None], unit: LevelUnit) -> _Row:
    words = {name: (fields.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
    empty = [name for name in REQUIRED if not words[name]]
    if empty:
        raise ValueError(f"{', '.join(empty)} missing")
    return _Row(
        words["point"],
        _date_ns(words["date"]),
        _number("level", words["level"]) * unit.value,
        words["benchmark"],
        words["surveyor"],
        _number("length_km", words["length_km"]) if words["length_km"] else None,
        int(_number("setups", words["setups"])) if words["setups"] else None,
    )


def _date_ns(word: str) -> int:
    try:
        when = datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(f"date '{word}': write 2025-03-28 or 2025-03-28T09:30:00Z") from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return round(when.timestamp() * 1e3) * 1_000_000


def _number(name: str, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise ValueError(f"{name} '{word}' is not a number") from None
    if not abs(value) < 1e9:
        raise ValueError(f"{name} '{word}' is not a plausible number")
    return value
