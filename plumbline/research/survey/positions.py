"""Plan positions of levelled points: a table of point, x, y."""

import csv
from collections.abc import Iterable
from typing import NamedTuple

from plumbline.collector.field.levelling.cells import number
from plumbline.collector.field.levelling.table import CALLED, DELIMITERS, HEAD, LevelUnit

NAMES = {
    "point": CALLED["point"],
    "x": "x|east|easting|e|x_m",
    "y": "y|north|northing|n|y_m",
}
"""Columns, and what people call them."""


class Position(NamedTuple):
    """Where a point is in plan.

    Attributes
    ----------
    x_m, y_m
        East and north, or any two axes at a right angle. [m]
    """

    x_m: float
    y_m: float


def read_positions(lines: Iterable[str]) -> dict[str, Position]:
    """Return the position of each point of a table; metres unless a heading says cm or mm.

    Raises
    ------
    ValueError
        Naming what the header lacks, or the first line that is wrong.
    """
    content = [line for line in lines if line.strip() and not line.startswith("#")]
    delimiter = max(DELIMITERS, key=content[0].count) if content else ","
    rows = csv.reader(content, delimiter=delimiter)
    heads = [HEAD.match(cell.strip().lower()) for cell in next(rows, [])]
    names = [head["name"].strip() if head else "" for head in heads]
    columns: dict[str, int] = {}
    to_m: dict[str, float] = {}
    for column, words in NAMES.items():
        places = [i for i, name in enumerate(names) if name in (column, *words.split("|"))]
        if not places:
            raise ValueError(f"the header lacks {column}; needed are point, x, y")
        columns[column] = places[0]
        head = heads[places[0]]
        to_m[column] = _to_m(head["unit"] if head else None)
    found: dict[str, Position] = {}
    for at, row in enumerate(rows, start=2):
        cells = {column: row[i].strip() if i < len(row) else "" for column, i in columns.items()}
        if not all(cells.values()):
            raise ValueError(f"line {at}: point, x and y are needed")
        x, y = (number(axis, cells[axis]) * to_m[axis] for axis in ("x", "y"))
        if found.setdefault(cells["point"], Position(x, y)) != (x, y):
            raise ValueError(f"line {at}: {cells['point']} stands at two places")
    return found


def _to_m(unit: str | None) -> float:
    if not unit:
        return 1.0
    if unit.upper() not in LevelUnit.__members__:
        raise ValueError(f"a position in '{unit}': its unit is m, cm or mm")
    return LevelUnit[unit.upper()].value / LevelUnit.M.value
