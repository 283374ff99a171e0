"""``plumbline summary``: a day or a week of a structure, and what is not known of it."""

import argparse
import datetime as dt
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.jobs.reports.periods import Period
    from plumbline.wire.inventory.model import Structure

EPILOG = """\
The collector writes each day and week by itself, an hour after it ended, to DATA/summaries, as
Markdown and JSON. This makes one now, from what is known now, and writes nothing: late data and
later answers are in it, and it says what it cannot know. Days are those of the structure's own
time zone, weeks begin on Monday.

Examples:
  plumbline summary /var/lib/plumbline --day 2026-06-21
  plumbline summary /var/lib/plumbline --structure TWR01 --week 2026-W25 --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline summary``."""
    parser.description = "Sum up a day or a week: episodes, levels, data held, who was told."
    parser.epilog = EPILOG
    parser.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    parser.add_argument("--structure", metavar="CODE", help="needed where there are several")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--day", metavar="DATE", help="as 2026-06-21; today if left out")
    when.add_argument("--week", metavar="WEEK", help="as 2026-W25, or a day in it")
    parser.add_argument("--config", type=Path, metavar="TOML", help="the collector's configuration")
    parser.add_argument("--inventory", type=Path, metavar="FILE", help="else that it names")
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")


def run(args: argparse.Namespace) -> int:
    """Write the report of a day or a week and print it."""
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.jobs.reports.content import ReportSources, report_content
    from plumbline.collector.jobs.reports.markdown import markdown
    from plumbline.collector.jobs.residual.store import ResidualStore
    from plumbline.collector.jobs.residual.view import ResidualView
    from plumbline.research.replay.config import installed

    state = args.data / "state"
    if not (state / "events.db").is_file():
        raise CommandError(f"{args.data}: no events here; give a collector's data folder")
    places = installed(args.inventory, args.config, args.data)
    structures = {place.structure.code: place.structure for place in places.values()}
    structure = _chosen(structures, args.structure)
    now_ns = time.time_ns()
    period = _period(args, structure, now_ns)
    if period.begin_ns > now_ns:
        raise CommandError(f"{period.name} has not begun")
    events = EventStore(state / "events.db")
    store = ResidualStore(state / "afterwards.db")
    try:
        movements = ResidualView(events, store, structures, args.data / "surveys")
        records = ReportSources(
            data=args.data, events=events, movements=movements, alerting=state / "alerting.db"
        )
        mine = [p for _, p in sorted(places.items()) if p.structure.code == structure.code]
        found = report_content(records, structure, mine, period, now_ns)
    finally:
        store.close()
        events.close()
    print(json.dumps(found, indent=2, ensure_ascii=False) if args.json else markdown(found), end="")
    return 0


def _chosen(structures: "dict[str, Structure]", code: str | None) -> "Structure":
    known = ", ".join(sorted(structures))
    if code is None and len(structures) == 1:
        return next(iter(structures.values()))
    if code is None:
        raise CommandError(f"several structures are here; say which with --structure: {known}")
    if code not in structures:
        raise CommandError(f"--structure {code}: not in the inventory; it has {known}")
    return structures[code]


def _period(args: argparse.Namespace, structure: "Structure", now_ns: int) -> "Period":
    from plumbline.collector.jobs.reports.periods import Length, Period, period_at

    zone = structure.timezone
    try:
        if args.day is not None:
            first = dt.date.fromisoformat(args.day)
            return Period(length=Length.DAY, first=first, timezone=zone)
        if args.week is not None:
            first = dt.date.fromisoformat(args.week)
            first -= dt.timedelta(days=first.weekday())
            return Period(length=Length.WEEK, first=first, timezone=zone)
    except ValueError as error:
        option = f"--day {args.day}" if args.day is not None else f"--week {args.week}"
        raise CommandError(f"{option}: write 2026-06-21, or 2026-W25 for a week") from error
    return period_at(Length.DAY, zone, now_ns)
