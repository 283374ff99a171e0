"""The records of the files a measurement is given."""

import argparse
from dataclasses import replace
from pathlib import Path

from plumbline.errors import CommandError
from plumbline.records import Record
from plumbline.records.axis_words import axis_word, without_axis
from plumbline.records.tables.table_records import listed
from plumbline.research.event.files import FilesRead, files_read, is_table_name


def records_to_measure(args: argparse.Namespace) -> FilesRead:
    """Return the records, and what is wrong with each file that cannot be read.

    Raises
    ------
    CommandError
        If a rate is told of files that are no tables.
    """
    bare = args.rate is not None and args.columns is None
    if bare and not any(is_table_name(Path(name)) for name in args.files):
        raise CommandError("--rate is for tables; name the columns too: --columns t,NS,EW,UD")
    read = files_read(args)
    left_out = {name.lower() for name in listed(args.exclude)}
    kept = [_as_axis(record) for record in read.records if record.channel.lower() not in left_out]
    return read._replace(records=kept)


def _as_axis(record: Record) -> Record:
    """Return a record whose place is not merely its file's or its column's name.

    Columns called ``ch1 ch2 ch3`` are axes of one instrument unless somebody says otherwise;
    ``roof_X`` and ``base_X`` are not.
    """
    column = "" if axis_word(record.channel) else without_axis(record.channel)
    return replace(record, place="") if record.place in (record.station, column) else record
