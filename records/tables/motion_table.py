"""Tables of numbers, as CSV or NumPy files, and which of their columns are wanted.

A heading line names the columns; without one they are numbered from 0. ``--columns`` then means,
in this order of trial:

- names out of the heading (``Acc_X,Acc_Y``), or numbers (``0,2`` or ``0-4``): those columns;
- otherwise names given left to right, ``t`` for time in seconds and ``-`` or ``_`` to skip.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbline.records.arrays import Floats
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.motion_times import in_seconds, seconds_of

SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".dat", ".asc", ".npy"})
RANGE = re.compile(r"^(\d+)-(\d+)$")
SKIP = frozenset({"-", "_"})
"""Both skip; only ``_`` can come first on a command line."""


class NoSuchColumn(TableError):
    """The table is readable, but it has not the columns asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionTable:
    """Columns of numbers.

    Attributes
    ----------
    names
        One name a column; its number where the file has no heading.
    values
        Shape ``(n_rows, n_columns)``.
    headed
        True if the names come from a heading.
    start_ns
        Time of the first row, where a column says it by date. [ns since 1970]
    """

    names: tuple[str, ...]
    values: Floats
    headed: bool
    start_ns: int | None = None


def picked(table: MotionTable, wanted: Sequence[str] | None, path: Path) -> dict[str, Floats]:
    """Return the wanted columns by name; a time column keeps the name ``t``.

    Raises
    ------
    NoSuchColumn
        If a column is not there.
    """
    columns = {
        _timed(name): in_seconds(name, table.values[:, k]) for k, name in enumerate(table.names)
    }
    if not wanted:
        return columns
    known = {name.lower(): name for name in columns}
    names = [part for name in wanted for part in _spread(name)]
    if all(name.lower() in known for name in names):
        return {known[name.lower()]: columns[known[name.lower()]] for name in names}
    if all(name.isdigit() for name in names):
        return _numbered(table, names, path)
    return _left_to_right(table, names, path)


def _left_to_right(table: MotionTable, names: list[str], path: Path) -> dict[str, Floats]:
    width = table.values.shape[1]
    given = [name for name in names if name not in SKIP]
    # names for some columns of a headed table are more likely mistyped than meant by position
    meant = not table.headed or len(names) == width or not SKIP.isdisjoint(names)
    if len(names) > width or len(set(given)) < len(given) or not meant:
        raise NoSuchColumn(
            f"{path}: no columns {', '.join(given)}; it has {', '.join(table.names)}"
        )
    return {
        _timed(name): in_seconds(name, table.values[:, k])
        for k, name in enumerate(names)
        if name not in SKIP
    }


def _numbered(table: MotionTable, numbers: list[str], path: Path) -> dict[str, Floats]:
    width = table.values.shape[1]
    beyond = [number for number in numbers if int(number) >= width]
    if beyond:
        raise NoSuchColumn(
            f"{path}: no column {', '.join(beyond)}; {width} columns, numbered from 0"
        )
    return {
        _timed(table.names[int(k)]): in_seconds(table.names[int(k)], table.values[:, int(k)])
        for k in numbers
    }


def _spread(name: str) -> list[str]:
    match = RANGE.match(name.strip())
    if match is None:
        return [name.strip()]
    return [str(k) for k in range(int(match[1]), int(match[2]) + 1)]


def _timed(name: str) -> str:
    return "t" if seconds_of(name) is not None else name.strip()
