"""Reading a table from a file: comma, semicolon, tab or blanks, decimal commas, dates, NumPy."""

from pathlib import Path

import numpy as np

from plumbline.records import Unit
from plumbline.records.arrays import Floats
from plumbline.records.tables.cells import BLANKS, cells, number, parting, times_in, values
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.motion_table import MotionTable

REAL_KINDS = "biuf"
"""Kinds of NumPy's numbers that lose nothing as real ones; a complex one would lose its half."""

HEAD_LINES = 200  # a heading longer than this is another kind of file
UNIT_WORDS = frozenset(
    {*(str(unit) for unit in Unit), "s", "sec", "ms", "us", "hz", "m/s^2", "cm/s2", "degc", "-"}
)


def read_table(path: Path) -> MotionTable:
    """Read a table.

    Raises
    ------
    TableError
        If the file holds none.
    """
    if path.suffix == ".npy":
        return _from_npy(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}") from error
    lines = text.decode(_encoding(text), errors="replace").splitlines()
    marks = [parting(line) for line in lines[:HEAD_LINES]]
    first = next((k for k, mark in enumerate(marks) if values(lines[k], mark) is not None), None)
    if first is None:
        raise TableError(f"{path}: no line of numbers in its first {HEAD_LINES}")
    mark = marks[first]
    leading = cells(lines[first], mark)
    width = len(leading)
    timed, dated = times_in(leading)
    split = mark == BLANKS and len(timed) > 1  # blanks part a date from its clock, not their names
    names, headed = _heading(lines[:first], mark, width - split)
    if split:
        names = (*names[: timed[0] + 1], *names[timed[0] :]) if headed else (*names, str(width - 1))
    rows = [(k, line) for k, line in enumerate(lines[first:], first + 1) if line.strip()]
    read = None if timed else _plain(rows, mark, width)
    if read is None:
        read = _cell_by_cell(rows, mark, width, path)
    start_ns = None
    if timed:
        read, names = _with_one_time(read, names, timed)
        start_ns = round(float(read[0, timed[0]]) * 1e6) * 1000 if dated else None
    return MotionTable(names=names, values=read, headed=headed, start_ns=start_ns)


def _with_one_time(
    read: Floats, names: tuple[str, ...], timed: tuple[int, ...]
) -> tuple[Floats, tuple[str, ...]]:
    """Return the table with date and clock in one column, called ``t``."""
    first, *more = timed
    read[:, first] += read[:, more].sum(axis=1)
    kept = [k for k in range(len(names)) if k not in more]
    return read[:, kept], tuple("t" if k == first else names[k] for k in kept)


def _encoding(text: bytes) -> str:
    return "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _heading(above: list[str], mark: str, width: int) -> tuple[tuple[str, ...], bool]:
    """Return the names of the columns; a line of units below the names is put behind them."""
    rows = [cells(line.lstrip("#% "), mark) for line in above[-2:]]
    named = [row for row in rows if len(row) == width and all(number(c, mark) is None for c in row)]
    if not named:
        return tuple(str(k) for k in range(width)), False
    units = [_unit_of(cell) for cell in named[-1]]
    if len(named) > 1 and all(unit is not None for unit in units):
        return tuple(f"{n} ({u})" for n, u in zip(named[0], units, strict=True)), True
    return tuple(named[-1]), True


def _unit_of(cell: str) -> str | None:
    word = cell.strip(" []()")
    return word if word.lower() in UNIT_WORDS else None


def _plain(rows: list[tuple[int, str]], mark: str, width: int) -> Floats | None:
    """Return a table of nothing but plain numbers, fast; None if it is not one."""
    try:
        return np.loadtxt(
            (line for _, line in rows), delimiter=mark or None, usecols=range(width), ndmin=2
        )
    except ValueError:
        return None


def _cell_by_cell(rows: list[tuple[int, str]], mark: str, width: int, path: Path) -> Floats:
    read = np.full((len(rows), width), np.nan)
    for k, (line_number, line) in enumerate(rows):
        row = values(line, mark) or []
        short = len(cells(line, mark)) < width and line.count(mark or " ") < width - 1
        if not row or len(row) > width or short:
            raise TableError(
                f"{path}: line {line_number} is not {width} numbers: {line.strip()[:60]!r}"
            )
        read[k, : len(row)] = row
    return read


def _from_npy(path: Path) -> MotionTable:
    try:
        stored = np.load(path, allow_pickle=False)
        if stored.dtype.kind not in REAL_KINDS:
            raise TypeError(f"it holds {stored.dtype}, not real numbers")
        values = np.asarray(stored, dtype=np.float64)
    except (ValueError, TypeError, EOFError) as error:
        raise TableError(f"{path}: not a plain NumPy array: {error}") from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise TableError(f"{path}: an array of {values.ndim} dimensions; a table has two")
    if values.shape[0] < values.shape[1]:
        values = values.T
    return MotionTable(
        names=tuple(str(k) for k in range(values.shape[1])), values=values, headed=False
    )
