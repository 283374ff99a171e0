"""Read a file of slow readings into columns with units and a temperature."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.records.tables import nivel
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.headings import temperature_of, unit_of_reading
from plumbline.records.tables.numbers import not_numbers, numbers, without_codes
from plumbline.records.tables.points import wide_table
from plumbline.records.tables.series_table import table_of
from plumbline.records.tables.text import text_of
from plumbline.records.tables.time_column import repeated, timed, unread
from plumbline.records.tables.time_numbers import TimeUnit

COUNTER = re.compile(r"^(record|rn|no\.?|nr\.?|index|id|#|column \d+)$", re.IGNORECASE)
TEMPERATURE_UNITS = {"degc", "°c", "deg c", "c", "celsius"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeriesTable:
    """Slow readings, a column a channel.

    Attributes
    ----------
    time_s
        Time of each row, in order, shape ``(n,)``. [s]
    utc
        Whether ``time_s`` counts from 1970 UTC; else from an origin of the file's own.
    columns
        Readings of each channel, NaN where none or out of range, shape ``(n,)`` each.
    units
        Unit of each column; "" where the file states none.
    temperature
        Name of the temperature column, if any.
    out_of_range
        Readings of each column taken out as out of range.
    lines, parsed
        Lines with anything on them, and lines that became a row.
    notes
        What was understood otherwise than written.
    cumulative
        Whether the columns are benchmarks, each its cumulative change: a table turned on its side.
    """

    time_s: NDArray[Any]
    utc: bool
    columns: dict[str, NDArray[Any]]
    units: dict[str, str]
    temperature: str | None
    out_of_range: dict[str, int]
    lines: int
    parsed: int
    notes: tuple[str, ...] = ()
    cumulative: bool = False


def read_table(
    path: Path,
    *,
    time: str | None = None,
    time_unit: TimeUnit | None = None,
    temperature: str | None = None,
    out_of_range: float | None = None,
) -> TimeSeriesTable:
    """Read a CSV (or one in a zip), or the reading lines of a Nivel.

    Parameters
    ----------
    path
        The file.
    time, temperature
        Names of the columns; found by their usual names otherwise.
    time_unit
        What plain numbers in the time column mean.
    out_of_range
        Readings of this size or more, either sign, are what the instrument prints when it
        is out of range, not readings. In the column's unit.

    Raises
    ------
    TableError
        If the file holds no table with a time.
    """
    text = text_of(path).splitlines()
    lines = [line for line in text if line.strip()]
    if not lines:
        raise TableError(f"{path}: the file is empty")
    if any(nivel.is_nivel(line) for line in lines[:20]):
        table = _nivel_table(lines)
        limit = nivel.OUT_OF_RANGE_MRAD if out_of_range is None else out_of_range
        return _without(table, limit, one_instrument=True)
    table = _csv_table(path, text, time, time_unit, temperature)
    limit = np.inf if out_of_range is None else out_of_range
    return _without(table, limit, one_instrument=False)


def _nivel_table(lines: list[str]) -> TimeSeriesTable:
    times, readings, parsed = nivel.read_nivel(lines)
    order = np.argsort(times, kind="stable")
    columns = dict(zip(("X", "Y", "T"), readings[:, order], strict=True))
    return TimeSeriesTable(
        time_s=times[order],
        utc=False,
        columns=columns,
        units={"X": "mrad", "Y": "mrad", "T": "degC"},
        temperature="T",
        out_of_range={},
        lines=len(lines),
        parsed=parsed,
    )


def _csv_table(
    path: Path,
    lines: list[str],
    time: str | None,
    time_unit: TimeUnit | None,
    temperature: str | None,
) -> TimeSeriesTable:
    turned = wide_table([line for line in lines if line.strip()])
    table = turned or table_of(lines)
    if table is None or not table.rows:
        raise TableError(f"{path}: no table; a header line and a time column are needed")
    table, at, found, notes = timed(path, table, time, time_unit)
    times, utc = found.time_s, found.utc
    good = np.isfinite(times)
    order = np.flatnonzero(good)[np.argsort(times[good], kind="stable")]
    notes += unread(table, at, times)
    notes += repeated(times[order])
    columns: dict[str, NDArray[Any]] = {}
    for index, name in enumerate(table.names):
        if index == at:
            continue
        words = table.column(index)
        values, codes = without_codes(numbers(words))
        values = np.where(np.isfinite(values), values, np.nan)
        if _counts_lines(name, values):
            notes.append(f"'{name}' counts the lines and is left out")
        elif np.any(np.isfinite(values)):
            columns[name] = values[order]
            notes += [
                f"{name}: {n} times {code:g} taken for no reading" for code, n in codes.items()
            ]
            notes += not_numbers(name, words, values)
    units = {
        name: unit or unit_of_reading(name)
        for name, unit in zip(table.names, table.units, strict=True)
        if name in columns
    }
    return TimeSeriesTable(
        time_s=times[order],
        utc=utc,
        columns=columns,
        units=units,
        temperature=_temperature(path, columns, units, temperature),
        out_of_range={},
        lines=table.lines,
        parsed=int(order.size),
        notes=tuple(notes),
        cumulative=turned is not None,
    )


def _counts_lines(name: str, values: NDArray[Any]) -> bool:
    return bool(COUNTER.match(name)) and values.size > 1 and bool(np.all(np.diff(values) == 1))


def _temperature(
    path: Path, columns: dict[str, NDArray[Any]], units: dict[str, str], wanted: str | None
) -> str | None:
    if wanted is not None:
        if wanted not in columns:
            raise TableError(f"{path}: no column '{wanted}'; it has {', '.join(columns)}")
        return wanted
    stated = (name for name in columns if units[name].lower() in TEMPERATURE_UNITS)
    return temperature_of(list(columns)) or next(stated, None)


def _without(table: TimeSeriesTable, limit: float, *, one_instrument: bool) -> TimeSeriesTable:
    """Return the table with out-of-range readings taken out of every channel but temperature.

    Where the columns are the axes of one instrument a row goes as a whole: out of range on
    one axis it was moved or shaken, and the other axis says nothing either.
    """
    tilts = [name for name in table.columns if name != table.temperature]
    with np.errstate(invalid="ignore"):
        beyond = {name: np.abs(table.columns[name]) >= limit for name in tilts}
    if one_instrument and tilts:
        together = np.any(list(beyond.values()), axis=0)
        beyond = dict.fromkeys(tilts, together)
    columns = {
        name: np.where(beyond[name], np.nan, values) if name in beyond else values
        for name, values in table.columns.items()
    }
    counts = {name: int(np.count_nonzero(flags)) for name, flags in beyond.items()}
    return replace(table, columns=columns, out_of_range=counts)
