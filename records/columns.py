"""Plain columns of numbers: what a spreadsheet, a program or a colleague writes.

The file says neither rate nor unit nor which column is what, so the reader is told:
``rate_hz`` and ``columns``, names left to right out of ``NS EW UD N E Z X Y t _`` or any
others. ``t`` (or ``time``) is a time in seconds that gives the rate when none is told; ``_``
skips a column.

Oddities
--------
- Blanks, tabs, commas and semicolons separate; a trailing comma makes no column.
- Lines before the first line of numbers are a title or headings and are passed over; so are
  lines that begin with ``#``, ``%`` or ``!``. A line of words after that is damage.
- A first line of exactly ``n dt`` above one column is a count and an interval, as many
  earthquake-engineering programs write it.
- A decimal comma is not understood.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.errors import DamagedRecord, UnknownFormat
from plumbline.records.instant import rate_of
from plumbline.records.orientation import UNKNOWN_ORIENTATION, oriented
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import decoded

TIME = frozenset({"T", "TIME"})
SKIP = frozenset({"_", "-"})
"""Both skip; only ``_`` can come first on a command line."""
SEPARATORS = re.compile(r"[\s,;]+")
COMMENT = ("#", "%", "!")
STEADY = 0.05
"""Largest departure of one step of the time column from the median step, as a fraction."""


def read_columns(
    path: Path,
    columns: Sequence[str],
    *,
    rate_hz: float | None = None,
    unit: Unit = Unit.UNSTATED,
) -> list[Record]:
    """Read one record for each named column.

    Parameters
    ----------
    path
        The file.
    columns
        Names, left to right; ``t`` for time, ``_`` to skip. Columns beyond them are skipped.
    rate_hz
        Sampling rate; may be left out if there is a time column or an ``n dt`` line. [Hz]
    unit
        Unit of the values.

    Raises
    ------
    DamagedRecord
        If a line is not numbers, or has too few of them, or the times are not steady.
    UnknownFormat
        If neither file nor caller tells the rate, or a column lacks values.
    """
    table, step_s = _table(path, len(columns))
    names = [name.strip().upper() for name in columns]
    _refuse_missing(path, names, table)
    for i, name in enumerate(names):
        if name in TIME and rate_hz is None:
            rate_hz = _rate_hz(path, table[:, i])
    if rate_hz is None and step_s is not None:
        rate_hz = rate_of(step_s)
    if rate_hz is None:
        raise UnknownFormat(f"{path}: plain columns do not say their rate; give --rate HZ")
    return [
        Record(
            station=path.stem,
            channel=name,
            rate_hz=rate_hz,
            values=table[:, i].copy(),
            unit=unit,
            orientation=oriented(name) if len(name) < 3 else UNKNOWN_ORIENTATION,
            source=path,
        )
        for i, name in enumerate(names)
        if name not in TIME and name not in SKIP
    ]


def _numbers(line: str) -> list[float] | None:
    parts = [part for part in SEPARATORS.split(line.strip()) if part]
    try:
        return [float(part) for part in parts] if parts else None
    except ValueError:
        return None


def _table(path: Path, wanted: int) -> tuple[Floats, float | None]:
    rows: list[list[float]] = []
    step_s: float | None = None
    for number, line in enumerate(decoded(path.read_bytes(), "latin-1").split("\n"), 1):
        if not line.strip() or line.lstrip().startswith(COMMENT):
            continue
        row = _numbers(line)
        if row is None and not rows:
            continue
        if row is None:
            raise DamagedRecord(path, number, f"not numbers: {line.strip()[:40]!r}")
        counted = len(row) == 2 and row[0].is_integer() and row[1] > 0
        if counted and wanted == 1 and not rows and step_s is None:
            step_s = row[1]
            continue
        if len(row) < wanted:
            raise DamagedRecord(path, number, f"{len(row)} numbers where {wanted} are named")
        rows.append(row[:wanted])
    if not rows:
        raise UnknownFormat(f"{path}: holds no line of numbers")
    return np.array(rows), step_s


def _refuse_missing(path: Path, names: Sequence[str], table: Floats) -> None:
    """Refuse columns that hold ``nan`` or ``inf``: where they were cut nobody could tell later."""
    for i, name in enumerate(names):
        missing = np.flatnonzero(~np.isfinite(table[:, i]))
        if name not in SKIP and missing.size:
            raise UnknownFormat(
                f"{path}: column {name} holds no number in {missing.size} of {len(table)} rows, "
                f"first in row {missing[0] + 1}; skip the column with _, or give the rows before "
                "and after as files of their own"
            )


def _rate_hz(path: Path, time_s: Floats) -> float:
    steps = np.diff(time_s)
    if steps.size == 0 or not (median := float(np.median(steps))) > 0:
        raise UnknownFormat(f"{path}: the time column does not run forward; give --rate HZ")
    odd = np.flatnonzero(np.abs(steps - median) > STEADY * median)
    if odd.size:
        raise UnknownFormat(
            f"{path}: {odd.size} steps of the time column differ from the usual {median:g} s, "
            f"the first after {time_s[odd[0]]:g} s; mend the gap, or give --rate HZ to ignore it"
        )
    return rate_of(float(time_s[-1] - time_s[0]) / steps.size)
