"""The records of the files that options name, and what is wrong with each file that is not read."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from plumbline.errors import CommandError
from plumbline.records import Reading, Record, RecordError, Unit, joined, read_each
from plumbline.records.errors import UnknownFormat
from plumbline.records.reading import format_of
from plumbline.records.tables.errors import TableError
from plumbline.records.tables.holes import Holes
from plumbline.records.tables.motion_table import SUFFIXES, NoSuchColumn
from plumbline.records.tables.sidecar import beside
from plumbline.records.tables.table_records import table_records


class FilesRead(NamedTuple):
    """What came of the files, in words what is wrong with the others, and what was decided."""

    records: list[Record]
    problems: list[str]
    notes: list[str]


def records_of(
    args: argparse.Namespace, holes: Holes = Holes.REFUSED, notes: list[str] | None = None
) -> list[Record]:
    """Return the records of all files, tables among them; what had to be decided to ``notes``.

    Raises
    ------
    CommandError
        If anything is wrong with one of them.
    """
    read = files_read(args, holes)
    if read.problems:
        raise CommandError(read.problems[0])
    if notes is not None:
        notes += read.notes
    return read.records


def files_read(args: argparse.Namespace, holes: Holes = Holes.REFUSED) -> FilesRead:
    """Return what of the files can be read, and what is wrong with the others."""
    paths = [Path(name) for name in args.files]
    problems = [_missing(path) for path in paths if not path.is_file()]
    tables = [path for path in paths if path.is_file() and _is_table(path, args)]
    others = [path for path in paths if path.is_file() and path not in tables]
    plain = args.columns is not None
    readings = [_read([one], args) for one in others] if plain else [_read(others, args)]
    records = joined(record for reading in readings for record in reading.records)
    problems += [str(problem) for reading in readings for problem in reading.problems]
    notes: list[str] = []
    for path in tables:
        try:
            records += table_records(path, args, holes, notes, several=len(tables) > 1)
        except NoSuchColumn as error:
            problems.append(str(error))
        except TableError as error:
            counted = _read_plain(path, args) if plain else None
            if counted is None or counted.problems:
                problems.append(str(error))
            else:
                records += counted.records
    return FilesRead(records, problems, notes)


def _read(paths: Sequence[Path], args: argparse.Namespace) -> Reading:
    """Read files that are not called as tables are; one nobody knows may be columns."""
    reading = read_each(paths, unit=_told_unit(args))
    if args.columns is not None and any(isinstance(p, UnknownFormat) for p in reading.problems):
        return _read_plain(paths[0], args)
    return reading


def _read_plain(path: Path, args: argparse.Namespace) -> Reading:
    """Read a file as bare columns: ``n dt`` above one column, names without regard to a heading."""
    columns = args.columns.split(",")
    return read_each([path], unit=_told_unit(args), rate_hz=args.rate, columns=columns)


def _told_unit(args: argparse.Namespace) -> Unit | None:
    return None if args.units is None else Unit(args.units)


def is_table_name(path: Path) -> bool:
    """Tell whether a file is called as tables are."""
    return path.suffix.lower() in SUFFIXES


def _missing(path: Path) -> str:
    return f"{path}: a folder; give the files in it" if path.is_dir() else f"no such file: {path}"


def _is_table(path: Path, args: argparse.Namespace) -> bool:
    if path.suffix == ".npy":
        return True
    if not is_table_name(path):
        return False
    asked = args.columns is not None or args.rate is not None
    if asked or beside(path) is not None:
        return True
    try:
        return format_of(path) is None
    except RecordError:
        return False  # the readers of records say what is wrong with it
