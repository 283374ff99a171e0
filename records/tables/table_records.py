"""The records in a table: a column a channel, with what heading, sidecar and options say of it."""

import argparse
from pathlib import Path

import numpy as np

from plumbline.records import Record, Unit
from plumbline.records.arrays import Floats
from plumbline.records.axis_words import axis_word, without_axis
from plumbline.records.orientation import Orientation, oriented, towards
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.holes import Holes, parts_of
from plumbline.records.tables.motion_reading import read_table
from plumbline.records.tables.motion_table import picked
from plumbline.records.tables.motion_times import epoch_start_ns, rate_of_parts, rate_of_times
from plumbline.records.tables.sidecar import Sidecar, sidecar_of
from plumbline.records.tables.units import is_of_something_else, unit_of_heading, unit_of_word

UNITS = tuple(str(unit) for unit in Unit if unit not in (Unit.COUNTS, Unit.UNSTATED))
COUNTERS = frozenset({"sample", "samples", "index", "no", "nr", "n", "#", "record", "row", "i"})


def listed(text: str | None) -> list[str]:
    """Return the parts of an option's list."""
    return [part.strip() for part in text.split(",")] if text else []


def table_records(
    path: Path, args: argparse.Namespace, holes: Holes, notes: list[str], *, several: bool
) -> list[Record]:
    """Return a record for each wanted column, or for each of its parts.

    Parameters
    ----------
    path
        The table.
    args
        Parsed options of `add_file_options`.
    holes
        What to do with cells that are no number.
    notes
        What had to be decided is added to it.
    several
        Whether other tables stand beside it: then its name is the place.
    """
    said = sidecar_of(path)
    table = read_table(path)
    asked = listed(args.columns) or said.columns
    columns = picked(table, asked, path)
    time_s = columns.pop("t", None)
    if not asked:
        columns = _of_motion(columns, path, notes)
    rate_hz = _rate_hz(path, args.rate or said.rate_hz, time_s, holes)
    start_ns = table.start_ns if table.start_ns is not None else epoch_start_ns(time_s)
    dropped = {name.lower() for name in (*said.exclude, *listed(args.exclude))}
    records = []
    for name, column in columns.items():
        if name in said.exclude:
            continue
        for start_s, values in parts_of(
            path, name, column, time_s, rate_hz, Holes.FILLED if name.lower() in dropped else holes
        ):
            records.append(
                Record(
                    station=path.stem,
                    channel=name,
                    rate_hz=rate_hz,
                    values=values,
                    unit=_unit(name, args.units or said.units, path),
                    place=said.places.get(name, path.stem if several else without_axis(name)),
                    orientation=_facing(name, said),
                    start_ns=_start_ns(start_ns, start_s),
                    source=path,
                )
            )
    return records


def _of_motion(columns: dict[str, Floats], path: Path, notes: list[str]) -> dict[str, Floats]:
    """Return the columns without those that count the rows, or whose unit is not of motion."""
    left = [
        name
        for name, values in columns.items()
        if is_of_something_else(name)
        or (name.strip().lower() in COUNTERS and values.size > 1 and np.all(np.diff(values) == 1))
    ]
    if not left:
        return columns
    if len(left) == len(columns):
        raise TableError(f"{path}: no column in a unit of motion: {', '.join(left)}")
    notes.append(f"{path.name}: left out, no motion: {', '.join(left)}")
    return {name: values for name, values in columns.items() if name not in left}


def _rate_hz(path: Path, said: float | None, time_s: Floats | None, holes: Holes) -> float:
    rate_hz = said
    if rate_hz is None and time_s is not None:
        parted = rate_of_parts(time_s) if holes is Holes.PARTED else None
        rate_hz = parted or rate_of_times(time_s, path)
    if rate_hz is None:
        raise TableError(
            f"{path}: says no sampling rate; give --rate HZ, or rate_hz in {path.stem}.toml"
        )
    return float(rate_hz)


def _start_ns(first_ns: int | None, start_s: float | None) -> int | None:
    """Return when a part begins: by the table's dates, else from its first row, else unknown."""
    if start_s is None:
        return first_ns
    return (first_ns or 0) + round(start_s * 1e9)


def _facing(name: str, said: Sidecar) -> Orientation:
    if name in said.azimuths_deg:
        return towards(said.azimuths_deg[name])
    return oriented(axis_word(name))


def _unit(name: str, said: str | None, path: Path) -> Unit:
    """Return the unit said for the table, else the one in the column's heading."""
    if said is None:
        return unit_of_heading(name)
    unit = Unit(said) if said in UNITS else unit_of_word(said)
    if unit is None:
        raise TableError(f"{path}: unit {said!r} is none of {', '.join(UNITS)}")
    return unit
