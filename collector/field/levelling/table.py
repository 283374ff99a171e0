"""Read a survey table (CSV): point, date, level, benchmark, surveyor, a line a reading."""

import csv
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import groupby
from typing import Final, NamedTuple

from plumbline.collector.field.levelling.cells import date_ns, number
from plumbline.collector.field.levelling.errors import SurveyError
from plumbline.collector.field.levelling.model import LevellingRun, LevelReading

REQUIRED: Final = ("point", "date", "level", "benchmark", "surveyor")
OPTIONAL: Final = ("length_km", "setups")

CALLED: Final = {
    "point": "point id|point name|point no|pt|id|name|mark|marker|station|หมุด|จุด|จุดวัด",
    "date": "survey date|datum|วันที่",
    "level": "elevation|elev|rl|reduced level|height|ระดับ|ค่าระดับ",
    "benchmark": "bm|reference|ref|from|หมุดอ้างอิง|หมุดหลักฐาน",
    "surveyor": "observer|operator|surveyed by|by|ผู้สำรวจ|ผู้รังวัด",
}
"""Other words for the columns."""

# A decimal comma makes commas as many as semicolons: those are tried first.
DELIMITERS: Final = ";\t,"
HEAD: Final = re.compile(r"^(?P<name>[^\[(]*)(?:[\[(]\s*(?P<unit>[a-z]+)\s*[\])])?\s*$")

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


def read_runs(lines: Iterable[str], unit: LevelUnit = LevelUnit.M) -> list[LevellingRun]:
    """Return the runs of a survey table.

    Parameters
    ----------
    lines
        Lines of the file, its header first: the five columns in any order, and ``length_km``
        or ``setups`` where known; parted by commas, semicolons or tabs.
    unit
        Unit of the level column, unless its header states one: ``level [mm]``.

    Returns
    -------
    list of Run
        Lines that follow one another with the same date, benchmark and surveyor are a run.

    Raises
    ------
    SurveyError
        Naming every line that is wrong: nothing is taken from a table that is.
    """
    numbered = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lower().startswith(("#", "sep="))
    ]
    content = [line for _, line in numbered]
    delimiter = max(DELIMITERS, key=content[0].count) if content else ","
    reader = csv.DictReader(content, delimiter=delimiter)
    heads = [HEAD.match(name.strip().lower()) for name in reader.fieldnames or ()]
    headings = [head["name"].strip() if head else "" for head in heads]
    names = [_column(name, headings) for name in headings]
    stated = [
        head["unit"] for head, name in zip(heads, names, strict=True) if name == "level" and head
    ]
    if stated and stated[0]:
        if stated[0].upper() not in LevelUnit.__members__:
            raise SurveyError(f"level in '{stated[0]}': its unit is m, cm or mm")
        unit = LevelUnit[stated[0].upper()]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise SurveyError(
            f"the header lacks {', '.join(missing)}; needed are {', '.join(REQUIRED)}"
        )
    reader.fieldnames = names
    rows, complaints = [], []
    for (at, _), fields in zip(numbered[1:], reader, strict=False):
        try:
            rows.append(_row(fields, unit))
        except ValueError as error:
            complaints.append(f"line {at}: {error}")
    if not rows and not complaints:
        complaints.append("no readings")
    if complaints:
        more = len(complaints) - MOST_COMPLAINTS
        shown = complaints[:MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
        raise SurveyError("; ".join(shown))
    return [
        LevellingRun(
            date_ns=date_ns,
            benchmark=benchmark,
            surveyor=surveyor,
            levels=tuple(LevelReading(point=row.point, level_mm=row.level_mm) for row in run),
            length_km=next((row.length_km for row in run if row.length_km is not None), None),
            setups=next((row.setups for row in run if row.setups is not None), None),
        )
        for (date_ns, benchmark, surveyor), group in groupby(
            rows, key=lambda row: (row.date_ns, row.benchmark, row.surveyor)
        )
        for run in [list(group)]
    ]


def _column(heading: str, beside: Sequence[str]) -> str:
    """Return the column a heading means, unless that is there by its own name; else the heading."""
    meant = (name for name, words in CALLED.items() if heading in words.split("|"))
    return next((name for name in meant if name not in beside), heading)


def _row(fields: dict[str, str | None], unit: LevelUnit) -> _Row:
    words = {name: (fields.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
    empty = [name for name in REQUIRED if not words[name]]
    if empty:
        raise ValueError(f"{', '.join(empty)} missing")
    return _Row(
        words["point"],
        date_ns(words["date"]),
        number("level", words["level"]) * unit.value,
        words["benchmark"],
        words["surveyor"],
        number("length_km", words["length_km"]) if words["length_km"] else None,
        int(number("setups", words["setups"])) if words["setups"] else None,
    )
