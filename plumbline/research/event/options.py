"""The options that name files, and the event they make."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plumbline.errors import CommandError
from plumbline.records import Quantity, Record
from plumbline.records.tables.holes import Holes
from plumbline.records.tables.table_records import UNITS, listed
from plumbline.records.tables.units import unit_of_word
from plumbline.research.event.channels import FileChannel, FileEvent, channel_of
from plumbline.research.event.files import records_of

SAME_RATE = 1e-4

FILES_HELP = """\
Files: anything the records readers or ObsPy know (COSMOS, CSMIP, SMC, miniSEED with StationXML,
SAC, ...), or tables: CSV and .npy with --rate and --columns, or with a sidecar. A sidecar is a
TOML (or JSON) file of the same name: rate_hz, units, columns, exclude, [places], [azimuths_deg].
A column called time (s, or time_ms) or one of dates gives the rate.
Columns are picked by heading (Acc_X), by number from 0 (0-4), or named left to right (t,NS,-,UD).
"""


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add the files and what must be said about them."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="records, tables, StationXML")
    parser.add_argument("--rate", type=positive, metavar="HZ", help="sampling rate of tables")
    parser.add_argument("--columns", metavar="LIST", help="columns of tables, comma separated")
    parser.add_argument("--exclude", metavar="LIST", help="columns or channels to leave out")
    parser.add_argument(
        "--units",
        type=_unit_word,
        metavar="UNIT",
        help=f"unit where files state none: {', '.join(UNITS)}",
    )


def positive(text: str) -> float:
    """Read a positive number of an option."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text}: must be a number above 0")
    return value


def _unit_word(text: str) -> str:
    """Read the unit of an option, in any usual spelling."""
    unit = text if text in UNITS else unit_of_word(text)
    if unit is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(UNITS)}")
    return str(unit)


def event_of(args: argparse.Namespace, quantities: Sequence[Quantity]) -> FileEvent:
    """Return the event in the files.

    Parameters
    ----------
    args
        Parsed options of `add_file_options`.
    quantities
        What is wanted, best first: where a file gives one axis as several, the best is taken.
        Values of an unknown unit always come along.

    Raises
    ------
    CommandError
        If the files cannot be read, or do not belong together.
    """
    notes: list[str] = []
    event = align_channels(channels_of(args, quantities, notes=notes))
    return replace(event, notes=(*notes, *event.notes))


def channels_of(
    args: argparse.Namespace,
    quantities: Sequence[Quantity],
    holes: Holes = Holes.REFUSED,
    notes: list[str] | None = None,
) -> list[FileChannel]:
    """Return every wanted channel, each of its own length and start; of tables with holes parts.

    What had to be decided is added to ``notes``.
    """
    return channels_in(records_of(args, holes, notes), args, quantities)


def channels_in(
    records: Sequence[Record], args: argparse.Namespace, quantities: Sequence[Quantity]
) -> list[FileChannel]:
    """Return every wanted channel of records; see `channels_of`."""
    wanted = (*quantities, Quantity.UNKNOWN)
    if records and not any(record.quantity in wanted for record in records):
        sought = " or ".join(str(quantity) for quantity in quantities)
        there = ", ".join(sorted({str(record.quantity) for record in records}))
        raise CommandError(f"no channel of {sought} in these files, only of {there}")
    channels = _best(
        [channel_of(record) for record in records if record.quantity in wanted], quantities
    )
    for name in listed(args.exclude):
        if not any(_called(channel, name) for channel in channels):
            known = ", ".join(channel.name for channel in channels)
            raise CommandError(f"--exclude {name}: no such channel; there are {known}")
    kept = [c for c in channels if not any(_called(c, name) for name in listed(args.exclude))]
    if not kept:
        raise CommandError("no channel of motion in these files; see --help for what is read")
    return _named_apart(kept)


def _best(channels: Sequence[FileChannel], quantities: Sequence[Quantity]) -> list[FileChannel]:
    """Return channels without the velocity a giver made from the acceleration beside it."""
    given = {(c.station, c.code, c.source, c.quantity) for c in channels}

    def bettered(channel: FileChannel) -> bool:
        if channel.quantity not in quantities:
            return False
        better = quantities[: quantities.index(channel.quantity)]
        return any((channel.station, channel.code, channel.source, q) in given for q in better)

    return [channel for channel in channels if not bettered(channel)]


def align_channels(channels: Sequence[FileChannel]) -> FileEvent:
    """Return channels cut to the time they share.

    Raises
    ------
    CommandError
        If their rates differ or they share no time.
    """
    rates = {channel.rate_hz for channel in channels}
    if max(rates) / min(rates) - 1 > SAME_RATE:
        raise CommandError(f"rates differ ({sorted(rates)} Hz): give files of one rate")
    rate_hz = channels[0].rate_hz
    notes = []
    starts = [channel.start_ns for channel in channels if channel.start_ns is not None]
    tied = len(starts) == len(channels)
    skips = [0] * len(channels)
    if tied:
        latest = max(starts)
        skips = [round((latest - start) / 1e9 * rate_hz) for start in starts]
    elif len({channel.source for channel in channels}) > 1:
        notes.append("files without start times were put side by side at their first samples")
    lengths = [c.values.size - skip for c, skip in zip(channels, skips, strict=True)]
    n = min(lengths)
    if n < 2:
        raise CommandError("the files share no time: give files of one event")
    if max(lengths) != n:
        notes.append(f"all channels were cut to the shortest, {n / rate_hz:.2f} s")
    cut = tuple(
        replace(c, values=c.values[skip : skip + n], raw=c.raw[skip : skip + n])
        for c, skip in zip(channels, skips, strict=True)
    )
    lead = _leading_zeros(cut)
    if lead:
        notes.append(f"{lead} leading rows of zeros were dropped")
        cut = tuple(replace(c, values=c.values[lead:], raw=c.raw[lead:]) for c in cut)
    return FileEvent(channels=cut, rate_hz=rate_hz, notes=tuple(notes))


def _leading_zeros(channels: Sequence[FileChannel]) -> int:
    """Return how many first samples are zero on every channel that is elsewhere off zero.

    Recorders that write a row before the first measurement leave one; a step from it would ring.
    """
    offset = [c for c in channels if abs(np.median(c.raw)) > np.std(c.raw) > 0]
    if not offset:
        return 0
    moving = np.any([c.raw != 0 for c in channels], axis=0)
    return int(np.argmax(moving))


def _called(channel: FileChannel, name: str) -> bool:
    """Return whether a name or column number means this channel."""
    return name.lower() in (channel.name.lower(), channel.place.lower())


def _named_apart(channels: Sequence[FileChannel]) -> list[FileChannel]:
    """Give channels that share a name the name of their place or file as well."""
    whose = dict.fromkeys((c.name, c.station, c.source) for c in channels)  # parts are one
    names = [name for name, _, _ in whose]
    return [
        replace(c, name=f"{c.place or c.source} {c.name}") if names.count(c.name) > 1 else c
        for c in channels
    ]
