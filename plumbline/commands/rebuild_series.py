"""``plumbline rebuild-series``: a span of InfluxDB written again from the archive."""

import argparse
import fnmatch
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.commands.moments import option_ns
from plumbline.errors import CommandError
from plumbline.wire.block import NS
from plumbline.wire.timestamps import iso_seconds

if TYPE_CHECKING:
    from plumbline.collector.archive.reader import ArchiveReader
    from plumbline.collector.stages.influxdb.rebuild import Rebuild
    from plumbline.wire.block import Block
    from plumbline.wire.inventory.lookup import Place

LEFT_ALONE_NS = 120 * NS  # the newest minutes belong to the running collector
EXAMPLE = """\
InfluxDB is a copy of the archive for looking at. Write a span again when InfluxDB was set up late,
lost its disk, refused lines, or when "waveforms" was changed in [influxdb]. The collector may run
meanwhile; its newest two minutes are left to it.

An hour of every stream at a time is written anew in place of what InfluxDB has, but only where the
archive has something. What arrived when (measurement "health") is not touched, because the archive
does not know it, nor are waveforms that [influxdb] says not to write. Stop with Ctrl-C whenever you
like: it says from where to go on. Written twice, a span is the same as written once.

InfluxDB 3 cannot delete: rebuild into an empty database there, with --add.

examples:
  plumbline rebuild-series collector.toml --from 2025-03-28T06:00Z --to 2025-03-28T08:00Z
  plumbline rebuild-series collector.toml --from 2025-03-01 --stream 'XX.TWR01.*.HN'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline rebuild-series``."""
    parser.description = "Write a span of the series in InfluxDB again, from the archive."
    parser.epilog = EXAMPLE
    parser.add_argument("config", type=Path, help="the collector's TOML file")
    parser.add_argument("--from", dest="start", required=True, help="as 2025-03-28T06:00:00Z")
    parser.add_argument("--to", dest="end", help="first moment after the span (default: now)")
    parser.add_argument(
        "--stream",
        action="append",
        metavar="PATTERN",
        help="only these, as XX.TWR01.*.HN; * and ? stand for anything; may be given again",
    )
    parser.add_argument(
        "--add", action="store_true", help="do not delete first: the span is empty in InfluxDB"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Rebuild; the exit code is 1 when InfluxDB refused lines."""
    from plumbline.collector.app.settings import read_collector
    from plumbline.collector.archive.reader import ArchiveReader
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.stages.influxdb.errors import SeriesError
    from plumbline.collector.stages.influxdb.rebuild import Rebuild
    from plumbline.collector.stages.influxdb.sink import sink_for
    from plumbline.wire.inventory.lookup import places
    from plumbline.wire.settings import BadSettings

    try:
        settings, inventory = read_collector(args.config)
    except BadSettings as error:
        raise CommandError(str(error)) from error
    if settings.influxdb.url is None:
        raise CommandError(f"{args.config}: [influxdb] has no url, so there is nothing to rebuild")
    if not settings.data.is_dir():
        raise CommandError(f"{settings.data}: no such folder; has this collector run yet?")
    start_ns, end_ns = _span(args)
    patterns = args.stream or ["*"]
    everything = places(inventory)
    chosen = {
        key: place
        for key, place in everything.items()
        if any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)
    }
    if not chosen:
        raise CommandError(
            f"--stream {' '.join(patterns)}: no such stream; there are {' '.join(everything)}"
        )
    events_db = settings.data / "state" / "events.db"
    with ExitStack() as held:
        sink = held.enter_context(closing(sink_for(settings.influxdb)))
        events = held.enter_context(closing(EventStore(events_db))) if events_db.exists() else None
        archive = held.enter_context(closing(ArchiveReader(settings.data)))
        rebuild = Rebuild(
            settings=settings.influxdb,
            mode=settings.influxdb.mode(everything),
            places=chosen,
            sink=sink,
            window=_window(archive, chosen),
            events=events,
            deletes=not args.add,
        )
        try:
            return _rebuilt(rebuild, start_ns, end_ns, args)
        except SeriesError as error:
            raise CommandError(f"{error}{_hint(error)}") from error


def _span(args: argparse.Namespace) -> tuple[int, int]:
    newest_ns = time.time_ns() - LEFT_ALONE_NS
    start_ns = option_ns("--from", args.start)
    end_ns = min(option_ns("--to", args.end), newest_ns) if args.end else newest_ns
    if start_ns >= end_ns:
        raise CommandError(
            f"from {iso_seconds(start_ns)} to {iso_seconds(end_ns)}: nothing lies between"
        )
    return start_ns, end_ns


def _rebuilt(rebuild: "Rebuild", start_ns: int, end_ns: int, args: argparse.Namespace) -> int:
    """Rebuild and show the progress; when stopped, print from where to go on."""
    until_ns, lines, refused = start_ns, 0, 0
    progress = Progress()
    try:
        for done in rebuild.steps(start_ns, end_ns):
            until_ns, refused = done.until_ns, done.refused
            lines += done.lines
            progress.show(
                f"{done.share:4.0%}, {lines} lines; all is written to {iso_seconds(until_ns)}"
            )
    except KeyboardInterrupt:
        progress.end()
        print(f"stopped; go on with --from {iso_seconds(until_ns)}", file=sys.stderr)
        return 130
    progress.end()
    if args.json:
        span = {"from": iso_seconds(start_ns), "to": iso_seconds(end_ns)}
        print(json.dumps({**span, "lines": lines, "refused": refused}))
    else:
        print(
            f"{iso_seconds(start_ns)} to {iso_seconds(end_ns)}: "
            f"{lines} lines written, {refused} refused"
        )
    return 1 if refused else 0


class Progress:
    """One line on the terminal, rewritten; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._rewrites = sys.stderr.isatty()
        self._every_s = 0.2 if self._rewrites else 10.0
        self._due_s = time.monotonic() + self._every_s
        self._shown = False

    def show(self, text: str) -> None:
        """Show how far it is, if it is time to."""
        if time.monotonic() >= self._due_s:
            self._due_s = time.monotonic() + self._every_s
            print(f"\r\x1b[K{text}" if self._rewrites else text, file=sys.stderr, flush=True,
                  end="" if self._rewrites else "\n")  # fmt: skip
            self._shown = True

    def end(self) -> None:
        """End the progress line."""
        if self._shown and self._rewrites:
            print(file=sys.stderr)


def _window(
    archive: "ArchiveReader", chosen: "dict[str, Place]"
) -> "Callable[[str, int, int], Iterator[Block]]":
    from plumbline.collector.archive.blocks import archived_blocks

    return lambda key, start_ns, end_ns: archived_blocks(archive, chosen[key], start_ns, end_ns)


def _hint(error: Exception) -> str:
    from plumbline.collector.stages.influxdb.errors import CannotDelete

    if isinstance(error, CannotDelete):
        return "; rebuild into an empty database, with --add (InfluxDB 3 has no deleting)"
    return ""
