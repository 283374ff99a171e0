"""One door to every format: read files, whatever they are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from plumbline.records.columns import read_columns
from plumbline.records.errors import NotATimeSeries, RecordError, UnknownFormat
from plumbline.records.formats import FORMATS
from plumbline.records.obspy_formats import is_station_xml, read_inventory, read_obspy
from plumbline.records.packed import Laid, UnpackBudget, laid_out
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import decoded

HEAD_BYTES = 8192
MOST_NAMED = 5


class Reading(NamedTuple):
    """What came of reading files: what is good, and what is wrong with the others."""

    records: list[Record]
    problems: list[RecordError]


class _Said(NamedTuple):
    """What the caller says of files that do not say it themselves."""

    rate_hz: float | None
    columns: Sequence[str] | None


def read_records(
    paths: Iterable[str | Path],
    *,
    unit: Unit | None = None,
    rate_hz: float | None = None,
    columns: Sequence[str] | None = None,
) -> list[Record]:
    """Read every record in the files, or none.

    Parameters
    ----------
    paths
        Files of any known format, in any mixture, packed or not. StationXML files among them
        give counts their sensitivity and axes their orientation.
    unit
        Unit of values that state none, or are counts. It does not overrule a stated one.
    rate_hz, columns
        Given, the files are plain columns; see `plumbline.records.columns`.

    Raises
    ------
    RecordError
        With the file, the line where there is one, and what to do.
    """
    reading = read_each(paths, unit=unit, rate_hz=rate_hz, columns=columns)
    if reading.problems:
        raise reading.problems[0]
    return reading.records


def read_each(
    paths: Iterable[str | Path],
    *,
    unit: Unit | None = None,
    rate_hz: float | None = None,
    columns: Sequence[str] | None = None,
) -> Reading:
    """Read every record that can be read, and say what is wrong with each other file.

    The parameters are those of `read_records`.
    """
    said = _Said(rate_hz, columns)
    records: list[Record] = []
    problems: list[RecordError] = []
    with TemporaryDirectory(prefix="plumbline-") as folder:
        files = []
        budget = UnpackBudget()
        for path in paths:
            try:
                files += laid_out(_readable(Path(path)), Path(folder), budget)
            except RecordError as error:
                problems.append(error)
        inventory, descriptions, wrong = _described(files)
        problems += wrong
        others = [one for one in files if one not in descriptions]
        for pack in dict.fromkeys(one.pack or one.path for one in others):
            inside = [one for one in others if (one.pack or one.path) == pack]
            found = _read_inside(pack, inside, inventory, said)
            records += found.records
            problems += found.problems
    return Reading(records if unit is None else _told(records, unit), problems)


def format_of(path: Path, head: str | None = None) -> str | None:
    """Return the name of the first format of ours that recognises a file, or None."""
    head = _head(path) if head is None else head
    return next((name for name, form in FORMATS.items() if form.sniff(head, path)), None)


def _read_inside(pack: Path, files: Sequence[Laid], inventory: Any, said: _Said) -> Reading:
    """Read one file, or those of one pack: what is no record there is passed over."""
    records: list[Record] = []
    problems: list[RecordError] = []
    passed: list[Path] = []
    for one in files:
        try:
            found = _read_one(one.path, inventory, said)
            records += [replace(record, source=one.shown) for record in found]
        except (UnknownFormat, NotATimeSeries) as error:
            if one.pack is None:
                problems.append(error)
            passed.append(one.shown)
        except RecordError as error:
            text = str(error).replace(str(one.path), str(one.shown))
            problems.append(error if one.pack is None else RecordError(text))
    if passed and not records and not problems:
        names = ", ".join(path.name for path in passed[:MOST_NAMED])
        problems.append(
            UnknownFormat(
                f"{pack}: holds nothing a reader knows ({names}); "
                "for plain columns give --rate and --columns, or unpack it first"
            )
        )
    elif passed and records:
        note = f"in {pack.name} passed over: {', '.join(path.name for path in passed)}"
        records = [replace(record, notes=(*record.notes, note)) for record in records]
    return Reading(records, problems)


def _read_one(path: Path, inventory: Any, said: _Said) -> list[Record]:
    """Read a file; a header that contradicts itself is a `RecordError` too."""
    head = _head(path)
    if said.columns is not None:
        return read_columns(path, said.columns, rate_hz=said.rate_hz)
    name = format_of(path, head)
    if name is None:
        return read_obspy(path, inventory)
    try:
        return FORMATS[name].read(path)
    except (ValueError, ArithmeticError, IndexError) as error:
        raise RecordError(f"{path}: a damaged {FORMATS[name].summary} header: {error}") from error


def _described(files: Sequence[Laid]) -> tuple[Any, list[Laid], list[RecordError]]:
    """Return the inventory of the StationXML files, which files they are, and what is wrong."""
    found: list[Laid] = []
    problems: list[RecordError] = []
    inventory = None
    for one in files:
        try:
            if not is_station_xml(_head(one.path)):
                continue
            found.append(one)
            more = read_inventory([one.path])
            inventory = more if inventory is None else inventory + more
        except UnknownFormat:
            continue  # an empty file: it is complained of when it is read
        except RecordError as error:
            problems.append(RecordError(str(error).replace(str(one.path), str(one.shown))))
    return inventory, found, problems


def _told(records: Iterable[Record], unit: Unit) -> list[Record]:
    return [
        record.stated_in(unit) if record.unit in (Unit.UNSTATED, Unit.COUNTS) else record
        for record in records
    ]


def _readable(path: Path) -> Path:
    if path.is_dir():
        raise RecordError(f"{path}: a folder; give the files in it")
    try:
        path.open("rb").close()
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from error
    return path


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from error
    if not head:
        raise UnknownFormat(f"{path}: empty file")
    lines = decoded(head, "latin-1").split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    return "\n".join(lines[first:])
