"""Records of the files given to a replay, without excluded channels and too low rates."""

import argparse

from plumbline.errors import CommandError
from plumbline.records import Record
from plumbline.records.tables.table_records import listed
from plumbline.research.event.files import FilesRead, files_read
from plumbline.research.replay.assembly import SLOWEST_HZ


def records_to_replay(args: argparse.Namespace) -> FilesRead:
    """Return the records without those excluded, and what is wrong with the other files.

    Raises
    ------
    CommandError
        If something is excluded that is not there.
    """
    records, problems, notes = files_read(args)
    for word in (part.lower() for part in listed(args.exclude) if part):
        left = [record for record in records if word not in _names(record)]
        if len(left) == len(records) and not _is_column(args):
            known = ", ".join(dict.fromkeys(record.channel for record in records))
            raise CommandError(f"--exclude {word}: no such channel; there are {known}")
        records = left
    fast = [record for record in records if record.rate_hz >= SLOWEST_HZ]
    below_hz = {record.source: record.rate_hz for record in records if record.rate_hz < SLOWEST_HZ}
    problems += [
        f"{path}: {rate_hz:g} Hz is too slow; motion is judged from {SLOWEST_HZ:g} Hz on"
        for path, rate_hz in below_hz.items()
    ]
    return FilesRead(fast, problems, notes)


def _names(record: Record) -> set[str]:
    channel = record.channel.lower()
    return {channel, f"{record.location}.{channel}".lower(), record.place.lower()}


def _is_column(args: argparse.Namespace) -> bool:
    """Return whether the files are tables, of which columns were left out as they were read."""
    return args.columns is not None or args.rate is not None
