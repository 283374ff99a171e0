"""The table in a text: its delimiter, its header beneath what loggers write above, its rows."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.records.tables.numbers import is_number
from plumbline.records.tables.times import is_stamp

DELIMITERS = "\t;,|"
"""In the order of preference: a decimal comma makes commas as regular as semicolons."""

SAMPLE = 300
"""Lines the shape of a table is told from."""

NAME_WITH_UNIT = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")
CLOCK = re.compile(r"^\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?$")
COMMENT = ("#", "%", "//", "sep=")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTable:
    """Names, units and words of a table.

    Attributes
    ----------
    names, units
        Of each column; a unit is "" where none is stated.
    rows
        The lines that have every column, a word a column.
    lines
        Lines below the header.
    uneven
        Numbers of those that have another number of columns.
    """

    names: list[str]
    units: list[str]
    rows: list[list[str]]
    lines: int
    uneven: tuple[int, ...] = ()

    def column(self, index: int) -> list[str]:
        """Return the words of one column."""
        return [row[index] for row in self.rows]


def table_of(lines: Sequence[str]) -> SeriesTable | None:
    """Return the table in some lines; None where they hold none.

    What stands above the header (a title, a serial number, ``sep=;``) has another number of
    columns; a line of units beneath it has no number. Without a header the columns are numbered.
    """
    kept = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().lower().startswith(COMMENT)
    ]
    rows = split_rows([line for _, line in kept])
    width = _width(rows)
    if width < 2:
        return None
    spare = _spare(rows, width)
    rows = [row[: width - spare] if len(row) == width else row for row in rows]
    width -= spare
    first = next(
        (i for i, row in enumerate(rows) if len(row) == width and _holds_readings(row)), None
    )
    if width < 2 or first is None:
        return None
    heads = _heads(rows[:first], width)
    names = [_name_and_unit(word) for word in heads[0]] if heads else [("", "")] * width
    units = [unit for _, unit in names]
    if len(heads) > 1 and not any(units):
        units = [word.strip() for word in heads[1]]
    body = rows[first:]
    return SeriesTable(
        names=told_apart([name for name, _ in names]),
        units=units,
        rows=[row for row in body if len(row) == width],
        lines=len(body),
        uneven=tuple(
            number
            for (number, _), row in zip(kept[first:], body, strict=False)
            if len(row) != width
        ),
    )


def split_rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the words of each line, by the delimiter that cuts them most evenly, else blanks."""
    best, most = "", 0.0
    for delimiter in DELIMITERS:
        rows = list(csv.reader(lines[:SAMPLE], delimiter=delimiter))
        width = _width(rows)
        share = sum(len(row) == width for row in rows) / len(rows) if rows else 0.0
        if width > 1 and round(share, 1) > round(most, 1):
            best, most = delimiter, share
    if best and most >= 0.5:
        return [[word.strip() for word in row] for row in csv.reader(lines, delimiter=best)]
    return _with_whole_dates([line.split() for line in lines])


def _with_whole_dates(rows: list[list[str]]) -> list[list[str]]:
    """Return rows parted by blanks with date and clock in one word, if the header names one."""
    if len(rows) < 2 or len(rows[1]) != len(rows[0]) + 1:
        return rows
    at = next((i for i, word in enumerate(rows[1][1:]) if CLOCK.match(word)), None)
    if at is None or not is_stamp(rows[1][at]):
        return rows
    joined = [[*row[:at], " ".join(row[at : at + 2]), *row[at + 2 :]] for row in rows[1:]]
    return [rows[0], *joined]


def _width(rows: Sequence[list[str]]) -> int:
    """Return the usual number of columns."""
    widths = Counter(len(row) for row in rows[:SAMPLE])
    return widths.most_common(1)[0][0] if widths else 0


def _spare(rows: Sequence[list[str]], width: int) -> int:
    """Return how many columns at the end are empty everywhere."""
    sample = [row for row in rows[:SAMPLE] if len(row) == width]
    return next((k for k in range(width) if any(row[width - 1 - k] for row in sample)), width)


def _holds_readings(row: Sequence[str]) -> bool:
    """Tell whether a line is one of readings: words apart from times and numbers are few."""
    said = [word for word in row if word]
    known = sum(is_number(word) or is_stamp(word) for word in said)
    return known > 0 and 3 * known >= len(said)


def _heads(above: Sequence[list[str]], width: int) -> list[list[str]]:
    """Return the lines of the header: the last ones above the readings that have its columns."""
    heads: list[list[str]] = []
    for row in reversed(above):
        # A line of units may be shorter than the header, the header may lack spare columns.
        if len([word for word in row if word]) < 1 or not width <= len(row) <= width + 1:
            break
        heads.insert(0, row[:width])
    return heads


def _name_and_unit(word: str) -> tuple[str, str]:
    match = NAME_WITH_UNIT.match(word)
    return (match[1].strip(), match[2].strip()) if match else (word, "")


def told_apart(names: Sequence[str]) -> list[str]:
    """Number what has no name, or another's."""
    given: list[str] = []
    for number, name in enumerate(names, start=1):
        called = name or f"column {number}"
        given.append(f"{called} ({number})" if called in given else called)
    return given
