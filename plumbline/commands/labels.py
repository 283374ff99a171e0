"""``plumbline labels``: engineers' labels of events beside the classifier's verdicts."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.analysis.classify import Classification
    from plumbline.collector.events.model import Event
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.field.labels.store import LabelStore

EPILOG = """\
Whoever was there says what an event really was. Labels are kept in the data folder, none is ever
overwritten, the newest of an event counts. The matrix shows how often the classifier agrees; its
thresholds are a [classify] section of the configuration. No label opens, closes or pages anything.

Examples:
  plumbline labels events /var/lib/plumbline
  plumbline labels show /var/lib/plumbline 3f2a --config collector.toml
  plumbline labels add /var/lib/plumbline 3f2a construction --by "S. Chai" --note "pile P-114"
  plumbline labels matrix /var/lib/plumbline --config collector.toml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of ``plumbline labels``."""
    from plumbline.analysis.classify import Cause

    parser.description = "Keep what events really were, and print how often the classifier agrees."
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    events = actions.add_parser("events", help="list episodes, each with its label")
    show = actions.add_parser("show", help="what the classifier says of an event, and why")
    add = actions.add_parser("add", help="say what an event was")
    matrix = actions.add_parser("matrix", help="labels beside verdicts")
    for child in (events, show, add, matrix):
        child.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    for child in (show, add):
        child.add_argument("event", metavar="EVENT", help="its id, or the beginning of it")
    for child in (show, matrix):
        child.add_argument("--config", type=Path, metavar="TOML", help="the configuration")
        child.add_argument("--inventory", type=Path, metavar="FILE", help="else that it names")
    add.add_argument("cause", choices=[str(cause) for cause in Cause], metavar="CAUSE",
                     help=", ".join(f"'{cause}'" for cause in Cause))  # fmt: skip
    add.add_argument("--by", required=True, metavar="NAME", help="who says so")
    add.add_argument("--note", default="", help="why, or what it was exactly")


def run(args: argparse.Namespace) -> int:
    """Run the subcommand and print what it found."""
    if not (args.data / "state" / "events.db").is_file():
        raise CommandError(f"{args.data}: no events here; give a collector's data folder")
    with _stores(args.data) as (events, labels):
        ACTIONS[args.action](args, events, labels)
    return 0


@contextmanager
def _stores(data: Path) -> "Iterator[tuple[EventStore, LabelStore]]":
    from plumbline.collector.events.store import EventStore
    from plumbline.collector.field.labels.store import LabelStore

    events = EventStore(data / "state" / "events.db")
    labels = LabelStore(data / "state" / "labels.db")
    try:
        yield events, labels
    finally:
        labels.close()
        events.close()


def _events(args: argparse.Namespace, events: "EventStore", labels: "LabelStore") -> None:
    from plumbline.wire.timestamps import iso_milliseconds

    given = {label.event: label for label in labels.newest()}
    for event in _episodes(events):
        label = given.get(event.id)
        stated = f"{label.cause} ({label.who})" if label else "-"
        print(
            f"{event.id}  {iso_milliseconds(event.onset_ns)}  {event.structure:<5}  "
            f"{event.kind:<8}  {event.value:8.2f} {event.unit}  {stated}"
        )


def _show(args: argparse.Namespace, events: "EventStore", labels: "LabelStore") -> None:
    event = _one(events, args.event)
    verdict = _verdicts(args, [event])[event.id]
    if verdict is None:
        raise CommandError(f"{event.id}: the archive holds too little of it to be judged")
    print(f"{event.id}: {verdict.cause}" + (f", {verdict.variant}" if verdict.variant else ""))
    for evidence in verdict.evidence:
        print(f"  {evidence.points:+.0f} {evidence.cause}: {evidence.words}")
    for label in labels.of(event.id):
        print(
            f"  labelled {label.cause} by {label.who}" + (f": {label.note}" if label.note else "")
        )


def _add(args: argparse.Namespace, events: "EventStore", labels: "LabelStore") -> None:
    from plumbline.analysis.classify import Cause
    from plumbline.collector.field.labels.store import Label

    event = _one(events, args.event)
    try:
        label = Label(
            event=event.id,
            cause=Cause(args.cause),
            who=args.by,
            when_ns=time.time_ns(),
            note=args.note,
        )
    except ValueError as error:
        raise CommandError(f"--by {args.by!r}: {error}") from error
    labels.add(label)
    print(f"{event.id}: {label.cause}, says {label.who}")


def _matrix(args: argparse.Namespace, events: "EventStore", labels: "LabelStore") -> None:
    from plumbline.analysis.classify import Confusion
    from plumbline.collector.field.labels.matrix_text import matrix_text

    given = {label.event: label for label in labels.newest()}
    if not given:
        raise CommandError("no label yet; give one with: plumbline labels add DATA EVENT CAUSE")
    known = [event for event in _episodes(events) if event.id in given]
    verdicts = _verdicts(args, known)
    pairs = [
        (given[event.id].cause, verdict.cause)
        for event in known
        if (verdict := verdicts[event.id]) is not None
    ]
    print(matrix_text(Confusion.of(pairs)))
    if len(pairs) < len(given):
        print(f"{len(given) - len(pairs)} labelled but no longer in the archive")


ACTIONS = {"events": _events, "show": _show, "add": _add, "matrix": _matrix}


def _episodes(events: "EventStore") -> "list[Event]":
    from plumbline.collector.events.model import DETECTION_KINDS
    from plumbline.wire.block import FOREVER_NS

    return [event for event in events.between(0, FOREVER_NS) if event.kind in DETECTION_KINDS]


def _one(events: "EventStore", begins: str) -> "Event":
    found = [event for event in _episodes(events) if event.id.startswith(begins)]
    if len(found) != 1:
        which = "no episode" if not found else f"{len(found)} episodes"
        raise CommandError(f"{begins}: {which} begin so; see: plumbline labels events DATA")
    return found[0]


def _verdicts(
    args: argparse.Namespace, events: "list[Event]"
) -> "dict[str, Classification | None]":
    from plumbline.research.replay.archive import ArchivePlayback, accelerations
    from plumbline.research.replay.config import classify_settings, installed
    from plumbline.research.replay.labelled import verdict_of

    known = accelerations(installed(args.inventory, args.config, args.data))
    settings = classify_settings(args.config)
    tape = ArchivePlayback(args.data, known)
    try:
        return {event.id: verdict_of(event, tape, known, settings) for event in events}
    finally:
        tape.close()
