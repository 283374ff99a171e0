"""Tables of levelled points: a row a point under its epochs, or a row a reading."""

import re
from collections.abc import Sequence

import numpy as np

from plumbline.records.tables.numbers import is_number
from plumbline.records.tables.series_table import SAMPLE, SeriesTable, split_rows, told_apart
from plumbline.records.tables.times import is_stamp

FEWEST_EPOCHS = 3
LABEL = re.compile(
    r"^(point|pt|bm|benchmark|mark|marker|target|station|sensor|name|id|หมุด|จุด)"
    r"[ _]?(id|code|name|no\.?|number)?$",
    re.IGNORECASE,
)
YEAR = re.compile(r"^(19|20|25)\d\d([._]\d+)?$")


def wide_table(lines: Sequence[str]) -> SeriesTable | None:
    """Return a table whose header holds the epochs, turned: a row an epoch, a column a point.

    None where the header is of another kind. ``1978_5`` is the middle of 1978.
    """
    rows = split_rows(lines[:SAMPLE])
    if len(rows) < 2:
        return None
    label, *epochs = rows[0]
    named = [i for i, word in enumerate(epochs, start=1) if YEAR.match(word) or _is_date(word)]
    if is_number(label) or is_stamp(label) or len(named) < max(FEWEST_EPOCHS, 0.6 * len(epochs)):
        return None
    rows = split_rows(lines)
    points = [row for row in rows[1:] if len(row) == len(rows[0])]
    names = told_apart([row[0] for row in points])
    return SeriesTable(
        names=["epoch", *names],
        units=[""] * (len(names) + 1),
        rows=[[rows[0][i].replace("_", "."), *(row[i] for row in points)] for i in named],
        lines=len(named),
    )


def split_points(table: SeriesTable, time: int) -> tuple[SeriesTable, str]:
    """Return a table with a column a point where a column names the point of each line.

    Parameters
    ----------
    time
        Index of the time column.

    Returns
    -------
    tuple
        The table, and the name of the column that named the points; "" if there is none and the
        table is as it was.
    """
    at = next(
        (
            i
            for i, name in enumerate(table.names)
            if i != time
            and LABEL.match(name)
            and 1 < len(set(table.column(i))) <= len(table.rows) / 2
        ),
        None,
    )
    if at is None:
        return table, ""
    readings = [
        i
        for i in range(len(table.names))
        if i not in (time, at) and np.mean([is_number(word) for word in table.column(i)]) > 0.5
    ]
    labels = list(dict.fromkeys(table.column(at)))
    names, units = [table.names[time]], [""]
    for label in labels:
        names += [label if len(readings) == 1 else f"{label} {table.names[i]}" for i in readings]
        units += [table.units[i] for i in readings]
    rows: dict[str, list[str]] = {}
    for row in table.rows:
        line = rows.setdefault(row[time], [row[time], *[""] * (len(names) - 1)])
        first = 1 + labels.index(row[at]) * len(readings)
        line[first : first + len(readings)] = [row[i] for i in readings]
    return SeriesTable(
        names=names, units=units, rows=list(rows.values()), lines=len(rows)
    ), table.names[at]


def _is_date(word: str) -> bool:
    return is_stamp(word) and not is_number(word)
