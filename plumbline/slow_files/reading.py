"""Read a file of slow readings into columns with units and a temperature."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.slow_files import nivel
from plumbline.slow_files.errors import SlowFileError
from plumbline.slow_files.times import TimeUnit, seconds

TIME_NAMES = re.compile(r"^(time|date|datetime|timestamp|utc|t_s|year|day)\b", re.IGNORECASE)
TEMPERATURE_NAMES = re.compile(r"^(t|temp|temp_c|temperature)$", re.IGNORECASE)
TEMPERATURE_UNITS = {"degc", "°c", "deg c", "c", "celsius"}
NAME_WITH_UNIT = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowTable:
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
    """

    time_s: NDArray[Any]
    utc: bool
    columns: dict[str, NDArray[Any]]
    units: dict[str, str]
    temperature: str | None
    out_of_range: dict[str, int]
    lines: int
    parsed: int


def read_slow_file(
    path: Path,
    *,
    time: str | None = None,
    time_unit: TimeUnit | None = None,
    temperature: str | None = None,
    out_of_range: float | None = None,
) -> SlowTable:
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
    SlowFileError
        If the file holds no table with a time.
    """
    lines = [line for line in _text(path).splitlines() if line.strip()]
    if not lines:
        raise SlowFileError(f"{path}: the file is empty")
    if any(nivel.is_nivel(line) for line in lines[:20]):
        table = _nivel_table(lines)
        limit = nivel.OUT_OF_RANGE_MRAD if out_of_range is None else out_of_range
        return _without(table, limit, one_instrument=True)
    table = _csv_table(path, lines, time, time_unit, temperature)
    limit = np.inf if out_of_range is None else out_of_range
    return _without(table, limit, one_instrument=False)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SlowFileError(f"{path}: {error.strerror}") from error
    while content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise SlowFileError(f"{path}: a zip of {len(names)} files; give the one to read")
            content = archive.read(names[0])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _nivel_table(lines: list[str]) -> SlowTable:
    times, readings, parsed = nivel.read_nivel(lines)
    order = np.argsort(times, kind="stable")
    columns = dict(zip(("X", "Y", "T"), readings[:, order], strict=True))
    return SlowTable(
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
) -> SlowTable:
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    rows = list(csv.reader(lines, delimiter=delimiter))
    if len(rows) < 3 or len(rows[0]) < 2:
        raise SlowFileError(f"{path}: no table; a header line and a time column are needed")
    header = [_name_and_unit(word) for word in rows[0]]
    names = [name for name, _ in header]
    at = _time_column(path, names, time)
    body = [row for row in rows[1:] if len(row) == len(names)]
    if not body:
        raise SlowFileError(f"{path}: no line has the {len(names)} columns of the header")
    times, utc = seconds([row[at] for row in body], time_unit)
    good = np.isfinite(times)
    order = np.flatnonzero(good)[np.argsort(times[good], kind="stable")]
    columns: dict[str, NDArray[Any]] = {}
    for index, name in enumerate(names):
        values = np.array([_reading(row[index], delimiter) for row in body])
        if index != at and np.any(np.isfinite(values)):
            columns[name] = values[order]
    units = {name: unit for name, unit in header if name in columns}
    return SlowTable(
        time_s=times[order],
        utc=utc,
        columns=columns,
        units=units,
        temperature=_temperature(path, columns, units, temperature),
        out_of_range={},
        lines=len(rows) - 1,
        parsed=int(order.size),
    )


def _name_and_unit(word: str) -> tuple[str, str]:
    match = NAME_WITH_UNIT.match(word.strip())
    return (match[1].strip(), match[2].strip()) if match else (word.strip(), "")


def _time_column(path: Path, names: list[str], wanted: str | None) -> int:
    if wanted is not None:
        if wanted not in names:
            raise SlowFileError(f"{path}: no column '{wanted}'; it has {', '.join(names)}")
        return names.index(wanted)
    return next((i for i, name in enumerate(names) if TIME_NAMES.match(name)), 0)


def _temperature(
    path: Path, columns: dict[str, NDArray[Any]], units: dict[str, str], wanted: str | None
) -> str | None:
    if wanted is not None:
        if wanted not in columns:
            raise SlowFileError(f"{path}: no column '{wanted}'; it has {', '.join(columns)}")
        return wanted
    for name in columns:
        if TEMPERATURE_NAMES.match(name) or units[name].lower() in TEMPERATURE_UNITS:
            return name
    return None


def _reading(word: str, delimiter: str) -> float:
    word = word.strip()
    if delimiter == ";":
        word = word.replace(",", ".")
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _without(table: SlowTable, limit: float, *, one_instrument: bool) -> SlowTable:
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
