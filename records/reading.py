"""One door to every format: read files, whatever they are."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from plumbline.records.columns import read_columns
from plumbline.records.errors import RecordError, UnknownFormat
from plumbline.records.formats import FORMATS
from plumbline.records.obspy_formats import is_station_xml, read_inventory, read_obspy
from plumbline.records.record import Record, Unit

HEAD_BYTES = 8192


def read_records(
    paths: Iterable[str | Path],
    *,
    unit: Unit | None = None,
    rate_hz: float | None = None,
    columns: Sequence[str] | None = None,
) -> list[Record]:
    """Read every record in the files.

    Parameters
    ----------
    paths
        Files of any known format, in any mixture. StationXML files among them give counts
        their sensitivity and axes their orientation.
    unit
        Unit of values that state none, or are counts. It does not overrule a stated one.
    rate_hz, columns
        Given, the files are plain columns; see `plumbline.records.columns`.

    Raises
    ------
    RecordError
        With the file, the line where there is one, and what to do.
    """
    files = [Path(path) for path in paths]
    heads = {path: _head(path) for path in files}
    inventory_files = [path for path in files if is_station_xml(heads[path])]
    inventory = read_inventory(inventory_files) if inventory_files else None
    records: list[Record] = []
    for path in files:
        if path in inventory_files:
            continue
        if columns is not None:
            records += read_columns(path, columns, rate_hz=rate_hz)
        elif (name := format_of(path, heads[path])) is not None:
            records += _read(name, path)
        else:
            records += read_obspy(path, inventory)
    if unit is None:
        return records
    return [
        record.stated_in(unit) if record.unit in (Unit.UNSTATED, Unit.COUNTS) else record
        for record in records
    ]


def _read(name: str, path: Path) -> list[Record]:
    """Read a file of a known format; a header that contradicts itself is a `RecordError` too."""
    try:
        return FORMATS[name].read(path)
    except (ValueError, ArithmeticError, IndexError) as error:
        raise RecordError(f"{path}: a damaged {FORMATS[name].summary} header: {error}") from error


def format_of(path: Path, head: str | None = None) -> str | None:
    """Return the name of the first format of ours that recognises a file, or None."""
    head = _head(path) if head is None else head
    return next((name for name, form in FORMATS.items() if form.sniff(head, path)), None)


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from error
    if not head:
        raise UnknownFormat(f"{path}: empty file")
    return head.decode("latin-1")
