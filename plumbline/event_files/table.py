"""Tables of numbers, as CSV or NumPy files, and which of their columns are wanted.

A heading line names the columns; without one they are numbered from 0. ``--columns`` then means,
in this order of trial:

- names out of the heading (``Acc_X,Acc_Y``), or numbers (``0,2`` or ``0-4``): those columns;
- otherwise names given left to right, ``t`` for time in seconds and ``-`` to skip.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.commands import CommandError

Floats = NDArray[np.float64]

TIME_NAMES = frozenset({"t", "time", "time (s)", "time_s", "time[s]", "time [s]", "seconds"})
SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".dat", ".asc", ".npy"})
RANGE = re.compile(r"^(\d+)-(\d+)$")
HEAD_LINES = 200  # a heading longer than this is another kind of file
STEADY = 0.05
SKIP = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of numbers.

    Attributes
    ----------
    names
        One name a column; its number where the file has no heading.
    values
        Shape ``(n_rows, n_columns)``.
    headed
        True if the names come from a heading.
    """

    names: tuple[str, ...]
    values: Floats
    headed: bool


def read_table(path: Path) -> Table:
    """Read a table.

    Raises
    ------
    CommandError
        If the file holds none.
    """
    if path.suffix == ".npy":
        return _from_npy(path)
    lines = path.read_text(encoding="latin-1").splitlines()
    first = next((k for k, line in enumerate(lines[:HEAD_LINES]) if _numbers(line)), None)
    if first is None:
        raise CommandError(f"{path}: no line of numbers in its first {HEAD_LINES}")
    comma = _comma(lines[first])
    width = len(_fields(lines[first], comma))
    heading = _fields(lines[first - 1], comma) if first else []
    headed = len(heading) == width and not any(_is_number(field) for field in heading)
    try:
        values = np.loadtxt(
            (line for line in lines[first:] if line.strip()),
            delimiter="," if comma == "," else comma or None,
            usecols=range(width),
            ndmin=2,
        )
    except ValueError as error:
        raise CommandError(f"{path}: {error}; every row needs {width} numbers") from None
    names = heading if headed else [str(k) for k in range(width)]
    return Table(names=tuple(names), values=values, headed=headed)


def picked(table: Table, wanted: Sequence[str] | None, path: Path) -> dict[str, Floats]:
    """Return the wanted columns by name; a time column keeps the name ``t``.

    Raises
    ------
    CommandError
        If a column is not there.
    """
    columns = {_timed(name): table.values[:, k] for k, name in enumerate(table.names)}
    if not wanted:
        return columns
    known = {name.lower(): name for name in columns}
    names = [part for name in wanted for part in _spread(name)]
    if all(name.lower() in known for name in names):
        return {known[name.lower()]: columns[known[name.lower()]] for name in names}
    if all(name.isdigit() for name in names):
        return _numbered(table, names, path)
    return _left_to_right(table, names, path)


def rate_of_times(time_s: Floats, path: Path) -> float:
    """Return the rate of a steady time column. [Hz]

    Raises
    ------
    CommandError
        If the times do not run forward steadily.
    """
    steps = np.diff(time_s)
    middle = float(np.median(steps)) if steps.size else 0.0
    if middle <= 0 or np.max(np.abs(steps - middle)) > STEADY * middle:
        raise CommandError(f"{path}: its time column is not steady; give --rate HZ")
    rate = steps.size / float(time_s[-1] - time_s[0])
    return float(round(rate)) if abs(rate - round(rate)) < 1e-6 * rate else rate


def _from_npy(path: Path) -> Table:
    try:
        values = np.asarray(np.load(path, allow_pickle=False), dtype=np.float64)
    except ValueError as error:
        raise CommandError(f"{path}: not a plain NumPy array: {error}") from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise CommandError(f"{path}: an array of {values.ndim} dimensions; a table has two")
    if values.shape[0] < values.shape[1]:
        values = values.T
    return Table(names=tuple(str(k) for k in range(values.shape[1])), values=values, headed=False)


def _left_to_right(table: Table, names: list[str], path: Path) -> dict[str, Floats]:
    width = table.values.shape[1]
    given = [name for name in names if name != SKIP]
    # names for some columns of a headed table are more likely mistyped than meant by position
    meant = not table.headed or len(names) == width or SKIP in names
    if len(names) > width or len(set(given)) < len(given) or not meant:
        raise CommandError(
            f"{path}: no columns {', '.join(given)}; it has {', '.join(table.names)}"
        )
    return {_timed(name): table.values[:, k] for k, name in enumerate(names) if name != SKIP}


def _numbered(table: Table, numbers: list[str], path: Path) -> dict[str, Floats]:
    width = table.values.shape[1]
    beyond = [number for number in numbers if int(number) >= width]
    if beyond:
        raise CommandError(
            f"{path}: no column {', '.join(beyond)}; {width} columns, numbered from 0"
        )
    return {_timed(table.names[int(k)]): table.values[:, int(k)] for k in numbers}


def _spread(name: str) -> list[str]:
    match = RANGE.match(name.strip())
    if match is None:
        return [name.strip()]
    return [str(k) for k in range(int(match[1]), int(match[2]) + 1)]


def _timed(name: str) -> str:
    return "t" if name.strip().lower() in TIME_NAMES else name.strip()


def _comma(line: str) -> str:
    return next((mark for mark in (",", ";", "\t") if mark in line), "")


def _fields(line: str, comma: str) -> list[str]:
    fields = [field.strip().strip('"') for field in (line.split(comma) if comma else line.split())]
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _numbers(line: str) -> bool:
    fields = _fields(line, _comma(line))
    return bool(fields) and all(_is_number(field) for field in fields)
