"""``plumbline limits``: every limit and who approved it; adopting one for the project."""

import argparse
import datetime as dt
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.errors import CommandError
from plumbline.wire.timestamps import iso_seconds

if TYPE_CHECKING:
    from plumbline.collector.app.settings import CollectorSettings
    from plumbline.collector.limits.adoptions import AdoptionLogLine

EPILOG = """\
A limit is verified (its values were read in the source named), project (adopted for this site by
a named responsible engineer, with date and document) or candidate (from the literature: shown,
never calls anybody). Adopting makes a candidate limit the project's own; a running collector
follows that at once for tilt and settlement and says so for the rest. An adoption is of the limit
as it is: change its bounds, channel, rule or times in the configuration afterwards and the
adoption is void until somebody adopts it again. Every step stays in the log.

Examples:
  plumbline limits list --config collector.toml
  plumbline limits list --json
  plumbline limits adopt TWR01/0T/tilt --by "S. Chai" --date 2026-03-02 --document "RPT-017 rev B"
  plumbline limits withdraw TWR01/0T/tilt --by "S. Chai" --reason "raft thickened"
  plumbline limits log
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline limits``."""
    parser.description = "See every limit and who approved it; adopt candidates by name."
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _action(actions, "list", "every limit: bounds, source, standing, owner, level now")
    adopt = _action(actions, "adopt", "make a candidate limit the project's own")
    withdraw = _action(actions, "withdraw", "take an adoption back")
    _action(actions, "log", "who adopted what, when, by which document")
    for each in (adopt, withdraw):
        each.add_argument(
            "limit", metavar="LIMIT", help="its name, as 'plumbline limits list' has it"
        )
        each.add_argument("--by", required=True, metavar="NAME", help="the responsible engineer")
    adopt.add_argument("--document", required=True, metavar="TEXT", help="the paper that holds it")
    adopt.add_argument(
        "--date", metavar="DAY", help="of the decision, as 2026-03-02 (default: today)"
    )
    withdraw.add_argument("--reason", required=True, metavar="TEXT", help="why")


def run(args: argparse.Namespace) -> int:
    """Run the action: list, adopt, withdraw or log."""
    from plumbline.collector.app.settings import read_collector
    from plumbline.collector.limits.errors import AdoptionRefused
    from plumbline.wire.settings import BadSettings

    try:
        settings, _ = read_collector(args.config)
        return _ACTIONS[args.action](args, settings)
    except (BadSettings, AdoptionRefused) as error:
        raise CommandError(str(error)) from error
    except sqlite3.OperationalError as error:
        raise CommandError(
            f"{settings.data}: {error}; try again, or as the user the collector runs as"
        ) from error


def _list(args: argparse.Namespace, settings: "CollectorSettings") -> int:
    from plumbline.collector.app.limit_listing import adoptions_of, listing, void_texts

    adoptions = adoptions_of(settings.data)
    rows = listing(settings, adoptions, settings.data / "state" / "events.db")
    void = dict(void_texts(settings, adoptions))
    if args.json:
        print(json.dumps({"limits": rows, "void": void}, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print("\n".join(_lines(row)))
    if not rows:
        print("no limit is configured; see [[deformation.limit]] and [[detection.limit]]")
    for text in void.values():
        print(f"! {text}")
    return 0


def _adopt(args: argparse.Namespace, settings: "CollectorSettings") -> int:
    from plumbline.analysis.limit_standing import Adoption
    from plumbline.collector.app.limit_listing import limit_text
    from plumbline.collector.app.limit_register import adopt
    from plumbline.collector.limits.adoptions import AdoptionStore, database_path

    try:
        by = Adoption(engineer=args.by, date=_day(args.date), document=args.document)
    except ValueError as error:
        raise CommandError(str(error)) from error
    store = AdoptionStore(database_path(settings.data))
    try:
        found = adopt(settings, store, args.limit, by, time.time_ns())
    finally:
        store.close()
    if args.json:
        print(json.dumps(limit_text(found, None), ensure_ascii=False, indent=2))
        return 0
    when = "a running collector follows it at once"
    if not found.live:
        when = "it counts from the collector's next start"
    print(
        f"{args.limit} is a project limit: adopted by {by.engineer}, {by.date}, {by.document}; "
        f"it may call people now, and {when}"
    )
    return 0


def _withdraw(args: argparse.Namespace, settings: "CollectorSettings") -> int:
    from plumbline.collector.limits.adoptions import AdoptionStore, database_path

    if not args.by.strip() or not args.reason.strip():
        raise CommandError("taking an adoption back needs a name and a reason; give --by, --reason")
    there = database_path(settings.data).exists()
    store = AdoptionStore(database_path(settings.data)) if there else None
    try:
        done = store is not None and store.withdraw(
            args.limit, by=args.by, reason=args.reason, at_ns=time.time_ns()
        )
    finally:
        if store is not None:
            store.close()
    if not done:
        raise CommandError(f"{args.limit} is not adopted; see 'plumbline limits list'")
    if args.json:
        print(json.dumps({"limit": args.limit, "withdrawn_by": args.by}, ensure_ascii=False))
    else:
        print(f"the adoption of {args.limit} is taken back; it stands as the configuration says")
    return 0


def _log(args: argparse.Namespace, settings: "CollectorSettings") -> int:
    from plumbline.collector.limits.adoptions import AdoptionStore, database_path

    lines: list[AdoptionLogLine] = []
    if database_path(settings.data).exists():
        store = AdoptionStore(database_path(settings.data))
        lines = store.log()
        store.close()
    if args.json:
        shown = [
            {
                "at_ns": str(line.at_ns),
                "entry": str(line.entry),
                "limit": line.limit_id,
                "person": line.person,
                **line.detail,
            }
            for line in lines
        ]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0
    for line in lines:
        print(_logged(line))
    if not lines:
        print("nothing was ever adopted")
    return 0


_ACTIONS: "dict[str, Callable[[argparse.Namespace, CollectorSettings], int]]" = {
    "list": _list,
    "adopt": _adopt,
    "withdraw": _withdraw,
    "log": _log,
}


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary)
    parser.add_argument(
        "--config", type=Path, default=Path("collector.toml"), help="default: collector.toml"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    return parser


def _day(text: str | None) -> str:
    today = dt.datetime.now(dt.UTC).astimezone().date()
    if text is None:
        return today.isoformat()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--date {text!r}: expected a day as 2026-03-02") from error
    if day > today + dt.timedelta(days=1):
        raise CommandError(f"--date {text}: that day has not come yet")
    return day.isoformat()


def _lines(row: dict[str, Any]) -> Iterator[str]:
    bounds = ", ".join(f"{name} {bound:g}" for name, bound in row["bounds"].items())
    unseen = "not judged yet" if row["followed"] == "at once" else "judged with each episode"
    level = row["level"].upper() if row["level"] else unseen
    edition = f" ({row['edition']})" if row["edition"] else ""
    calls = "may call people" if row["may_page"] else "shown only, never calls"
    several = f", {row['at_least']} of {len(row['channels'])}" if len(row["channels"]) > 1 else ""
    yield f"{row['limit']}  {level}{_value(row)}"
    yield f"    {row['of'].replace('_', ' ')}, {row['rule']}{several}: {bounds} [{row['unit']}]"
    yield f"    {row['standing']}, {calls}; {row['source']}{edition}"
    if (by := row["adopted"]) is not None:
        yield f"    adopted by {by['engineer']}, {by['date']}, {by['document']}"
    if row["owner"]:
        yield f"    owner {row['owner']}"
    yield from (f"    {name}: {text}" for name, text in row["action"].items())
    yield from (f"    lacks: {words}" for words in row["quality"])


def _value(row: dict[str, Any]) -> str:

    if row["at_ns"] is None:
        return ""
    value = "nothing in sight" if row["value"] is None else f"{row['value']:.3g} {row['unit']}"
    return f"  {value} at {iso_seconds(int(row['at_ns']))}"


def _logged(line: "AdoptionLogLine") -> str:

    detail = line.detail
    bounds = {k: v for k, v in detail["definition"].items() if k in ("amber", "red", "black") and v}
    why = detail.get("document") or detail.get("reason")
    dated = f", decided {detail['date']}" if "date" in detail else ""
    values = ", ".join(f"{name} {bound:g}" for name, bound in bounds.items())
    return (
        f"{iso_seconds(line.at_ns)}  {line.limit_id}  {line.entry} by {line.person}: "
        f"{detail['before']} -> {detail['after']}{dated}, {why} ({values})"
    )
