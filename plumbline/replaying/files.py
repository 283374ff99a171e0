"""The records of the files a replay is given, whatever option says how they are to be read."""

import argparse
import contextlib

from plumbline.commands import CommandError
from plumbline.event_files import options
from plumbline.records import Record, RecordError, Unit, read_records


def records_of(args: argparse.Namespace) -> list[Record]:
    """Return the records without those excluded.

    Raises
    ------
    CommandError
        If a file cannot be read, or something is excluded that is not there.
    """
    records = _read(args)
    for word in (part.strip().lower() for part in (args.exclude or "").split(",") if part):
        kept = [record for record in records if word not in _names(record)]
        if len(kept) == len(records) and not _is_column(args):
            known = ", ".join(dict.fromkeys(record.channel for record in records))
            raise CommandError(f"--exclude {word}: no such channel; there are {known}")
        records = kept
    return records


def _read(args: argparse.Namespace) -> list[Record]:
    """Read the files; columns that are no table's may still be those `plumbline measure` reads."""
    try:
        return options.records_of(args)
    except CommandError:
        if args.columns is None:
            raise
        unit = None if args.units is None else Unit(args.units)
        with contextlib.suppress(RecordError, OSError):
            return read_records(
                args.files, unit=unit, rate_hz=args.rate, columns=args.columns.split(",")
            )
        raise


def _names(record: Record) -> set[str]:
    channel = record.channel.lower()
    return {channel, f"{record.location}.{channel}".lower(), record.place.lower()}


def _is_column(args: argparse.Namespace) -> bool:
    """Tell whether the files are tables, of which columns were left out as they were read."""
    return args.columns is not None or args.rate is not None
