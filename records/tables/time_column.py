"""The time column of a table: which it is, what its heading says, what became of its lines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.records.tables.errors import TableError
from plumbline.records.tables.headings import mentions_time, names_date, names_time, stated_of_time
from plumbline.records.tables.numbers import is_number, numbers
from plumbline.records.tables.points import split_points
from plumbline.records.tables.series_table import CLOCK, SeriesTable
from plumbline.records.tables.time_numbers import TimeUnit, are_spreadsheet_days
from plumbline.records.tables.times import Times, is_stamp, times_of

MOST_SHOWN = 3
"""Of the lines that could not be read."""


def timed(
    path: Path, table: SeriesTable, wanted: str | None, unit: TimeUnit | None
) -> tuple[SeriesTable, int, Times, list[str]]:
    """Return the table, a column a point, with where its time stands, the times, and notes.

    Parameters
    ----------
    path
        The file, for complaints.
    table
        As it was read.
    wanted
        Name of the time column, if the user gave it.
    unit
        What plain numbers in it mean; what its heading says when ``None``.
    """
    at = _time_column(path, table, wanted)
    stated = stated_of_time(table.names[at], table.units[at])
    dated = names_date(table.names[at])
    table, notes = _date_and_clock(table, at)
    table, label = split_points(table, at)
    if label:
        at = 0
        notes.append(f"a channel for each '{label}'")
    words = table.column(at)
    unit = unit or stated.unit
    plain = unit is None and is_number(next((word for word in words if word), ""))
    if plain and are_spreadsheet_days(numbers(words), dated=dated):
        unit = TimeUnit.SERIAL
        notes.append("dates are a spreadsheet's days since 1899")
    found = times_of(words, unit, stated.zone_h)
    if not np.any(np.isfinite(found.time_s)):
        raise TableError(f"{path}: no line of it has a time; name the time column with --time")
    return table, at, found, [*notes, *found.notes]


def unread(table: SeriesTable, at: int, time_s: NDArray[Any]) -> list[str]:
    """Return what to say of lines that had another number of columns, or no time."""
    notes = []
    if table.uneven:
        shown = _some([str(number) for number in table.uneven])
        width = len(table.names)
        notes.append(f"left out, not {width} columns wide: {len(table.uneven)} (line {shown})")
    if lost := [table.rows[i][at] for i in np.flatnonzero(~np.isfinite(time_s))]:
        shown = _some([repr(word[:30]) for word in lost])
        notes.append(f"left out, no time that can be read: {len(lost)} ({shown})")
    return notes


def _some(words: list[str]) -> str:
    return ", ".join(words[:MOST_SHOWN]) + (", ..." if len(words) > MOST_SHOWN else "")


def repeated(time_s: NDArray[Any]) -> list[str]:
    """Return what to say of times that stand in the table more than once."""
    again = int(np.count_nonzero(np.diff(time_s) == 0))
    return [f"readings at the time of another, all used: {again}"] if again else []


def _time_column(path: Path, table: SeriesTable, wanted: str | None) -> int:
    if wanted is not None:
        if wanted not in table.names:
            raise TableError(f"{path}: no column '{wanted}'; it has {', '.join(table.names)}")
        return table.names.index(wanted)
    named = [i for i, name in enumerate(table.names) if names_time(name)]
    dated = [i for i, word in enumerate(table.rows[0]) if is_stamp(word)]
    mentioned = [i for i, name in enumerate(table.names) if mentions_time(name)]
    # Of "day" beside "time" in words like those of a clock the dates are the time column.
    found = [i for i in named if i in dated] or named or dated or mentioned
    if found:
        return found[0]
    first = numbers(table.column(0))
    if np.any(np.diff(first[np.isfinite(first)]) <= 0):
        raise TableError(
            f"{path}: no column of times: no heading says time or date, and the first column, "
            f"'{table.names[0]}', does not run forward; name the column with --time"
        )
    return 0


def _date_and_clock(table: SeriesTable, at: int) -> tuple[SeriesTable, list[str]]:
    """Return the table with a clock of its own column put to the dates."""
    clock = next(
        (
            i
            for i in range(len(table.names))
            if i != at
            and all(CLOCK.match(word) for word in table.column(i)[:50] if word)
            and any(table.column(i)[:50])
        ),
        None,
    )
    if clock is None or not all(is_stamp(word) for word in table.column(at)[:3] if word):
        return table, []
    rows = [
        [
            f"{word} {row[clock]}" if i == at else "" if i == clock else word
            for i, word in enumerate(row)
        ]
        for row in table.rows
    ]
    return replace(table, rows=rows), [
        f"'{table.names[at]}' with the clock of '{table.names[clock]}'"
    ]
