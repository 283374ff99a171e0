"""One line of a table: how its cells are parted, and what number or time each of them says.

Commas, semicolons, tabs and blanks part cells; between semicolons or tabs a comma is a decimal
one. An empty cell is no number: the reader tells where, or takes it for a gap.
"""

import datetime as dt
import math

BLANKS = ""
PARTING = (";", "\t", ",")
EMPTY = frozenset({"", "-", "na", "n/a", "null", "none"})


def parting(line: str) -> str:
    """Return what parts the cells of a line; an empty text means blanks."""
    return next((mark for mark in PARTING if mark in line), BLANKS)


def cells(line: str, mark: str) -> list[str]:
    """Return the cells of a line; marks at its very end make no cells."""
    found = [cell.strip().strip('"') for cell in (line.split(mark) if mark else line.split())]
    while found and not found[-1]:
        found.pop()
    return found


def number(cell: str, mark: str) -> float | None:
    """Return the number of a cell, NaN of an empty one; None if it says something else."""
    text = cell.replace(",", ".") if mark in (";", "\t") and cell.count(",") == 1 else cell
    try:
        return float(text)
    except ValueError:
        return math.nan if cell.lower() in EMPTY else None


def moment_s(cell: str) -> float | None:
    """Return a date with a time of day in seconds since 1970, UTC where it names no zone."""
    text = cell.replace("/", "-")
    if len(text) < len("2025-01-01 00:00") or not text[:4].isdigit():
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.timestamp()


def values(line: str, mark: str) -> list[float] | None:
    """Return what a line of data says, times in seconds since 1970; None if it is not one."""
    found: list[float] = []
    said = False
    for cell in cells(line, mark):
        value = number(cell, mark)
        if value is None:
            value = moment_s(cell)
        if value is None:
            return None
        said = said or not math.isnan(value)
        found.append(value)
    return found if said else None


def is_moment(cell: str) -> bool:
    """Tell whether a cell is a date with a time of day."""
    return moment_s(cell) is not None
