"""One line of a table: how its cells are parted, and what number or time each of them says.

Commas, semicolons, tabs and blanks part cells; between semicolons or tabs a comma is a decimal
one. An empty cell is no number: the reader tells where, or takes it for a gap.
"""

import datetime as dt
import math
import re

from plumbline.records.tables.times import stamp_s

BLANKS = ""
PARTING = (";", "\t", ",")
CLOCKED = re.compile(r"\d:\d\d")
CLOCK = re.compile(r"^(\d{1,2}):(\d\d):(\d\d(?:[.,]\d+)?)$")
DATE = re.compile(r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})$")
FORTRAN = re.compile(r"([\d.])[dD]([-+]\d)")
"""``1.5D+02`` of a Fortran program."""

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
        return float(FORTRAN.sub(r"\1E\2", text))
    except ValueError:
        return math.nan if cell.lower() in EMPTY else None


def moment_s(cell: str) -> float | None:
    """Return a date with a time of day in seconds since 1970, UTC where it names no zone."""
    if len(cell) < len("1/1/25 0:00") or not CLOCKED.search(cell):
        return None
    try:
        moment = dt.datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        stamp = stamp_s(cell)
        return stamp if math.isfinite(stamp) else None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.timestamp()


def clock_s(cell: str) -> float | None:
    """Return a time of day in seconds since midnight."""
    match = CLOCK.match(cell)
    if match is None:
        return None
    return 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3].replace(",", "."))


def day_s(cell: str) -> float | None:
    """Return a date without a time of day in seconds since 1970."""
    stamp = stamp_s(cell) if DATE.match(cell) else math.nan
    return stamp if math.isfinite(stamp) else None


def values(line: str, mark: str) -> list[float] | None:
    """Return what a line of data says, times in seconds since 1970; None if it is not one."""
    found: list[float] = []
    said = False
    for cell in cells(line, mark):
        value = number(cell, mark)
        for told in (moment_s, clock_s, day_s):
            value = told(cell) if value is None else value
        if value is None:
            return None
        said = said or not math.isnan(value)
        found.append(value)
    return found if said else None


def times_in(line_of_cells: list[str]) -> tuple[tuple[int, ...], bool]:
    """Return which cells make the time of a line, and whether they tell the day.

    One cell with both, else a clock, with the date beside it if there is one.
    """
    moments = [k for k, cell in enumerate(line_of_cells) if moment_s(cell) is not None]
    if moments:
        return (moments[0],), True
    clocks = [k for k, cell in enumerate(line_of_cells) if clock_s(cell) is not None]
    days = [k for k, cell in enumerate(line_of_cells) if day_s(cell) is not None]
    if not clocks:
        return (), False
    return (*days[:1], clocks[0]), bool(days)
