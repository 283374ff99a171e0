"""``plumbline residual``: residual movement of every point, before and after each shaking."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.events.model import Event
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.jobs.residual.view import ResidualView
    from plumbline.wire.inventory.lookup import Place

EPILOG = """\
The collector compares this for every shaking by itself, two minutes, an hour and a day after it:
the median of a window after it less that of one before it, from 10 s before the onset to 2 min
after the end nothing read ([deformation] hold_before_s, hold_after_s). What the point does by
itself over as long is measured at quiet times before and taken off; it also widens the interval
(95 %). "moved" is above the detection limit, "not moved above X" means that the interval allows no
more than X, "perhaps moved" lies between, and "cannot be said" says why. Levelling points count
once they were levelled after it (plumbline survey import --data DATA). None of it says that the
structure is safe.

Examples:
  plumbline residual /var/lib/plumbline
  plumbline residual /var/lib/plumbline 3f2a --plot residual.png
  plumbline residual /var/lib/plumbline 3f2a --json | jq '.points[] | {point, answers}'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline residual``."""
    parser.description = (
        "Show the residual movement of every tilt and settlement point after each shaking."
    )
    parser.epilog = EPILOG
    parser.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    parser.add_argument(
        "event",
        nargs="?",
        metavar="EPISODE",
        help="its id or its beginning; all if left out",
    )
    parser.add_argument("--points", metavar="PATTERN", help="only these, as 'XX.TWR01.0A.LA?'")
    parser.add_argument("--config", type=Path, metavar="TOML", help="the collector's configuration")
    parser.add_argument("--inventory", type=Path, metavar="FILE", help="else that it names")
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument("--plot", type=picture, metavar="PNG", help="draw one episode")


def run(args: argparse.Namespace) -> int:
    """Print the comparisons; the exit code is 0 whether a point moved or not."""
    from plumbline.research.replay.config import installed

    if not (args.data / "state" / "events.db").is_file():
        raise CommandError(f"{args.data}: no events here; give a collector's data folder")
    if args.plot is not None and args.event is None:
        raise CommandError("--plot draws one episode; name it")
    places = installed(args.inventory, args.config, args.data)
    with _opened(args.data, places) as (events, shown):
        reports = [shown.of(event) for event in _chosen(events, args.event)]
    if args.points is not None:
        reports = [_only(each, args.points) for each in reports]
    if args.json:
        print(json.dumps(reports[0] if args.event else reports, indent=2, ensure_ascii=False))
    else:
        zones = {place.structure.code: place.structure.timezone for place in places.values()}
        print("\n".join(_lines(reports, zones, args.event is not None)))
    if args.plot is not None:
        _draw(args, reports[0], places)
    return 0


@contextmanager
def _opened(data: Path, places: "dict[str, Place]") -> "Iterator[tuple[EventStore, ResidualView]]":
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.jobs.residual.store import ResidualStore
    from plumbline.collector.jobs.residual.view import ResidualView

    structures = {place.structure.code: place.structure for place in places.values()}
    events = EventStore(data / "state" / "events.db")
    store = ResidualStore(data / "state" / "afterwards.db")
    try:
        yield events, ResidualView(events, store, structures, data / "surveys")
    finally:
        store.close()
        events.close()


def _chosen(events: "EventStore", begins: str | None) -> "list[Event]":
    from plumbline.collector.events.model import EventKind
    from plumbline.wire.block import FOREVER_NS

    over = [
        event
        for event in events.between(0, FOREVER_NS)
        if event.kind is EventKind.SHAKING and event.closed_ns is not None
    ]
    if begins is None:
        return over
    found = [event for event in over if event.id.startswith(begins)]
    if len(found) != 1:
        which = "no shaking that is over" if not found else f"{len(found)} episodes"
        raise CommandError(f"{begins}: {which} begins so; see: plumbline residual DATA")
    return found


def _only(report: dict[str, Any], pattern: str) -> dict[str, Any]:
    from fnmatch import fnmatch

    chosen = {
        name: [point for point in report[name] if fnmatch(point["point"], pattern)]
        for name in ("points", "levelled")
    }
    if not any(chosen.values()):
        known = ", ".join(point["point"] for point in report["points"])
        raise CommandError(f"--points {pattern}: no such point; there are {known or 'none'}")
    return report | chosen


def _lines(reports: list[dict[str, Any]], zones: dict[str, str], one: bool) -> Iterator[str]:
    from plumbline.collector.jobs.residual.text import points_text
    from plumbline.wire.timestamps import local_minute

    if not reports:
        yield "no shaking that is over; nothing to compare"
    for each in reports:
        zone = zones.get(each["structure"], "UTC")
        verdict = each["verdict"] or "not asked yet"
        yield (
            f"{each['event']}  {each['structure']}  "
            f"{local_minute(int(each['onset_ns']), zone)} {zone}  {each['peak']}  "
            f"{verdict if verdict != 'not moved above' else 'nothing moved'}"
        )
        if not each["points"] and not each["levelled"]:
            yield "  no tilt or settlement point was compared"
        yield from (f"  {line}" for line in points_text(each, zone))
        if not one:
            yield ""


def _draw(args: argparse.Namespace, report: dict[str, Any], places: "dict[str, Place]") -> None:
    from plumbline.collector.archive.reader import ArchiveReader
    from plumbline.collector.jobs.residual.traces import traces
    from plumbline.plots.residual import draw

    archive = ArchiveReader(args.data)
    try:
        draw(report, traces(archive, places, report), args.plot)
    except OSError as error:
        raise CommandError(f"{args.plot}: {error.strerror}; choose another file") from error
    finally:
        archive.close()
