"""``plumbline alerts``: what people were told, answering it, silences and tests."""

import argparse
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.alerting.settings import AlertingSettings
    from plumbline.collector.alerting.store.database import AlertStore

EXAMPLE = """example:
  plumbline alerts list                          what is open, who was told, who answered
  plumbline alerts ack 4711 --by Somchai         nobody is called about 4711 any more
  plumbline alerts inspect 4711 --by Mali --finding fit --text "floors 1 to 9, no cracks"
  plumbline alerts note 4711 --by Mali --text "crane works, looked at it"
  plumbline alerts show 4711                     everything about it, with the log
  plumbline alerts silence --structure TWR01 --for 2h --reason "crane works" --by Somchai
  plumbline alerts silence                       the silences that hold now
  plumbline alerts silence --end 3 --by Somchai
  plumbline alerts test --person Mali --by Somchai
  plumbline alerts people                        who is called, in which order

The commands work on the collector's data folder, beside a running collector: --data DIR, or the one
that --config names.
"""
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_STALE_S = 30
_FOR_EVER_S = 3_650 * 86_400.0
_KINDS = [kind.value for kind in EventKind]


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.description = "See what people were told, answer, keep silent for a while, test."
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = _action(actions, "list", "open alarms, who was told, who answered")
    listing.add_argument("--all", action="store_true", help="closed ones too, the latest 50")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    shown = _action(actions, "show", "one alarm, every message and the log")
    shown.add_argument("code", help="the four digits")
    ack = _action(actions, "ack", "answer an alarm: nobody is called about it any more")
    ack.add_argument("code", help="the four digits of the message")
    ack.add_argument("--by", required=True, metavar="NAME", help="who has seen it")
    _configure_inspections(actions)
    silence = _action(actions, "silence", "call nobody for a while; without --for, list silences")
    silence.add_argument("--for", dest="lasting", metavar="TIME", help="as 45m, 2h or 1d")
    silence.add_argument("--structure", metavar="CODE", help="only this structure")
    silence.add_argument("--kind", choices=_KINDS, help="only this kind of event")
    silence.add_argument("--node", metavar="CODE", help="only where no other node is concerned")
    silence.add_argument(
        "--up-to",
        default="red",
        choices=["amber", "red", "black"],
        help="gravest level kept silent (default: red; black must be asked for)",
    )
    silence.add_argument("--reason", default="", help="why")
    silence.add_argument("--by", default="", metavar="NAME", help="who says so")
    silence.add_argument("--end", type=int, metavar="ID", help="end this silence now")
    test = _action(actions, "test", "send a message marked TEST and wait for an answer")
    test.add_argument("--by", required=True, metavar="NAME", help="who tests")
    test.add_argument("--person", metavar="NAME", help="only this person (default: the policy)")
    test.add_argument("--structure", default="TEST", metavar="CODE", help="as named in the message")
    _action(actions, "people", "who is called, and in which order")


def _configure_inspections(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    inspect = _action(actions, "inspect", "record what an inspection found: it may end a STOP")
    note = _action(actions, "note", "record what somebody saw: it ends a LOOK, never a STOP")
    for parser in (inspect, note):
        parser.add_argument("code", nargs="?", help="the four digits of the message")
        parser.add_argument("--structure", metavar="CODE", help="all that stands on a structure")
        parser.add_argument("--by", required=True, metavar="NAME", help="who has been there")
        parser.add_argument("--text", default="", help="what was seen")
    inspect.add_argument(
        "--finding",
        required=True,
        choices=["fit", "not-fit", "instrument-fault", "false-alarm"],
        help="fit, instrument-fault and false-alarm end a STOP; not-fit does not",
    )


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    from plumbline.collector.alerting.engine.engine import database
    from plumbline.collector.alerting.errors import AlertingError

    data, settings = _place(args)
    try:
        return _ACTIONS[args.action](args, database(data), settings)
    except AlertingError as error:
        raise CommandError(str(error)) from error
    except sqlite3.OperationalError as error:
        raise CommandError(
            f"{database(data)}: {error}; try again, or as the user the collector runs as"
        ) from error


def _list(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.views import queries, terminal, web

    now_ns = time.time_ns()
    if args.json:
        within_s = _FOR_EVER_S if args.all else 0.0
        print(json.dumps(web.incident_reports(path, now_ns, within_s), ensure_ascii=False))
        return 0
    listed = (queries.recent_incidents if args.all else queries.open_incidents)(path, now_ns)
    for one in listed:
        print("\n".join(terminal.incident_lines(one)))
    if not listed:
        print("there has been no alarm" if args.all else "no alarm is open")
    _warn_when_no_collector_runs(path, now_ns)
    return 0


def _show(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.views import queries, terminal

    one = queries.incident_with(path, args.code, time.time_ns())
    if one is None:
        raise CommandError(f"no alarm has the code {args.code}; see 'plumbline alerts list --all'")
    print("\n".join(terminal.incident_details(one, queries.log(path, one.incident.id))))
    return 0


def _ack(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.views import web

    with _opened(path) as store:
        print(web.acknowledge_incident(store, args.code, args.by, "command line", time.time_ns()))
    return 0


def _inspect(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.engine.inspecting import InspectionReport
    from plumbline.collector.alerting.store.inspections import InspectionFinding
    from plumbline.collector.alerting.views import inspecting

    noted = args.action == "note"
    finding = InspectionFinding.NOTE if noted else InspectionFinding(args.finding.replace("-", " "))
    report = InspectionReport(finding=finding, by=args.by, via="command line", text=args.text)
    if (args.code is None) == (args.structure is None):
        raise CommandError("give the four digits of an alarm, or --structure CODE")
    with _opened(path) as store:
        now_ns = time.time_ns()
        if args.code is not None:
            print(inspecting.record(store, settings, args.code, report, now_ns))
        else:
            print(inspecting.record_structure(store, settings, args.structure, report, now_ns))
    return 0


def _silence(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.store import silences
    from plumbline.collector.alerting.views import queries, terminal

    now_ns = time.time_ns()
    if args.end is not None:
        with _opened(path) as store, store.transaction() as tx:
            if not silences.end_silence(tx, args.end, args.by or "command line", now_ns):
                raise CommandError(f"no silence {args.end} holds; see 'plumbline alerts silence'")
        print(f"silence {args.end} has ended")
        return 0
    if args.lasting is not None:
        matcher = silences.Matcher(
            structure=args.structure,
            kind=EventKind(args.kind) if args.kind else None,
            node=args.node,
            up_to=AlarmLevel(args.up_to),
        )
        lasting_s = _seconds(args.lasting)
        with _opened(path) as store, store.transaction() as tx:
            silences.set_silence(
                tx,
                matcher,
                reason=args.reason,
                author=args.by,
                duration_s=lasting_s,
                now_ns=now_ns,
            )
    held = queries.silences(path, now_ns)
    print("\n".join(map(terminal.silence_line, held)) if held else "no silence holds")
    return 0


def _test(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.engine.alarm_test import start_test

    if args.person is not None and settings.named(args.person) is None:
        names = ", ".join(one.name for one in settings.person) or "nobody"
        raise CommandError(f"nobody is called {args.person!r}; the configuration has {names}")
    now_ns = time.time_ns()
    with _opened(path) as store, store.transaction() as tx:
        begun = start_test(
            tx, structure=args.structure, by=args.by, only=args.person, now_ns=now_ns
        )
    print(f"test {begun.code} begins; 'plumbline alerts show {begun.code}' says what came of it")
    _warn_when_no_collector_runs(path, now_ns)
    return 0


def _people(args: argparse.Namespace, path: Path, settings: "AlertingSettings") -> int:
    from plumbline.collector.alerting.validation import problems_here
    from plumbline.collector.alerting.views import terminal

    for line in terminal.roster_lines(settings):
        print(line)
    problems = list(problems_here(settings))
    for problem in problems:
        print(f"! {problem}")
    return 1 if problems else 0


_ACTIONS: "dict[str, Callable[[argparse.Namespace, Path, AlertingSettings], int]]" = {
    "list": _list,
    "show": _show,
    "ack": _ack,
    "inspect": _inspect,
    "note": _inspect,
    "silence": _silence,
    "test": _test,
    "people": _people,
}


def _place(args: argparse.Namespace) -> "tuple[Path, AlertingSettings]":
    """Return the data folder and the section; the rest of the file may be broken."""
    from plumbline.collector.alerting.config_reader import read_alerting
    from plumbline.collector.alerting.settings import AlertingSettings
    from plumbline.wire.settings import BadSettings

    usual = Path("collector.toml")
    path = args.config or (usual if usual.exists() else None)
    if path is None:
        return args.data or Path("data"), AlertingSettings()
    try:
        data, settings = read_alerting(path)
    except BadSettings as error:
        # Whoever answers an alarm must not have to mend the file first.
        if args.data is None or args.action in ("test", "people", "inspect", "note"):
            raise CommandError(str(error)) from error
        return args.data, AlertingSettings()
    return args.data or data, settings


@contextmanager
def _opened(path: Path) -> "Iterator[AlertStore]":
    from plumbline.collector.alerting.store.database import AlertStore

    if not path.exists():
        raise CommandError(
            f"no alerting database at {path}; give the collector's data folder with --data"
        )
    store = AlertStore(path)
    try:
        yield store
    finally:
        store.close()


def _warn_when_no_collector_runs(path: Path, now_ns: int) -> None:
    from plumbline.collector.alerting.views import queries, terminal
    from plumbline.wire.block import NS

    last_ns = queries.summary(path).last_tick_ns
    if now_ns - last_ns > _STALE_S * NS:
        since = f"since {terminal.clock(last_ns)}" if last_ns else "yet"
        print(f"! no collector has looked at alarms {since}; is it running?")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary)
    parser.add_argument("--data", type=Path, help="the collector's data folder")
    parser.add_argument("--config", type=Path, help="its TOML file (default: collector.toml)")
    return parser


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise CommandError(f"time {text!r}: expected a number and s, m, h or d, as 2h")
    return float(found[1]) * _UNITS_S[found[2]]
