"""``plumbline quarantine``: messages that could not be taken; see them, try again, drop them."""

import argparse
import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.ingest.quarantine import Quarantine

EPILOG = """\
A message lies in quarantine because it is
  not_a_record     no miniSEED 3: somebody else publishes there
  corrupt          damaged on its way: its agent sends it again
  unknown_stream   a whole block of a stream that the inventory does not name: add it, then retry
  wrong_place      a whole block whose agent says another place: mend edge.toml or the inventory

It works beside a running collector and on a stopped one. What is to be retried is taken by the
collector within seconds, or at its next start; what is refused again stays, with the new reason.
A running collector knows the inventory it was started with. Age and size are bounded by
[quarantine] in collector.toml.

examples:
  plumbline quarantine list data
  plumbline quarantine list data --cause unknown_stream --each
  plumbline quarantine show data 17 --payload block.mseed3
  plumbline quarantine retry data --stream XX.TWR01.4B.HN
  plumbline quarantine drop data --cause not_a_record --older-than 7d
"""
CAUSES = ("not_a_record", "corrupt", "unknown_stream", "wrong_place")
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
NS = 1_000_000_000
SHOWN_BYTES = 64
AT_ONCE = 200
"""Messages dropped in one transaction: a running collector writes between them."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.description = "See what the collector could not take, try it again, or drop it."
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="list|show|retry|drop", required=True)
    listing = _action(actions, "list", "what lies there, by cause and stream")
    _filters(listing)
    listing.add_argument("--each", action="store_true", help="every message")
    listing.add_argument("--json", action="store_true", help="one JSON array of messages")
    showing = _action(actions, "show", "one message")
    showing.add_argument("id", type=int)
    showing.add_argument(
        "--payload", type=Path, metavar="FILE", help="write its bytes to a new file"
    )
    for name, summary in (
        ("retry", "let the collector try again"),
        ("drop", "forget for good"),
    ):
        action = _action(actions, name, summary)
        action.add_argument("id", type=int, nargs="*", help="as listed with --each")
        _filters(action)
        action.add_argument("--all", action="store_true", help="everything")


def _action(actions: Any, name: str, summary: str) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=summary, description=summary)
    action.add_argument("data", type=Path, metavar="DATA", help="the collector's data folder")
    return action


def _filters(action: argparse.ArgumentParser) -> None:
    action.add_argument("--cause", choices=CAUSES)
    action.add_argument("--stream", help="as XX.TWR01.3A.HN")
    action.add_argument("--older-than", metavar="TIME", help="as 12h or 7d")


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    path = args.data / "quarantine" / "quarantine.db"
    if not path.exists():
        raise CommandError(f"{path}: no quarantine here; give the collector's data folder")
    try:
        return _ACTIONS[args.action](args, path)
    except sqlite3.Error as error:
        raise CommandError(
            f"{path}: {error}; try again, or as the user the collector runs as"
        ) from error


def _list(args: argparse.Namespace, path: Path) -> int:
    rows = _rows(args, path)
    if args.json:
        keys = ("id", "received_ns", "topic", "cause", "reason", "stream", "seq", "bytes")
        print(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], ensure_ascii=False))
    elif not rows:
        print("nothing in quarantine" if _is_open(args) else "nothing of that in quarantine")
    elif args.each:
        for number, received_ns, topic, cause, reason, stream, seq, size in rows:
            about = f"{stream} {seq}" if stream else topic
            print(f"{number:>7} {_clock(received_ns)} {cause:<14} {size:>6} B {about}: {reason}")
    else:
        print("\n".join(_groups(rows)))
    return 0


def _groups(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault((row[3], row[5] or row[2]), []).append(row)
    for (cause, about), group in groups.items():
        size = sum(row[7] for row in group)
        span = f"{_clock(group[0][1])} to {_clock(group[-1][1])}"
        noun = "message" if len(group) == 1 else "messages"
        yield f"{cause:<14} {about}: {len(group)} {noun}, {size} B, {span}"
        yield f"{'':<14} {group[-1][4]}"


def _show(args: argparse.Namespace, path: Path) -> int:
    with _reading(path) as db:
        row = db.execute(
            "SELECT received_ns, topic, cause, reason, stream, boot, seq, payload FROM messages"
            " WHERE id = ?", (args.id,)
        ).fetchone()  # fmt: skip
    if row is None:
        raise CommandError(f"no message {args.id} in quarantine; see 'plumbline quarantine list'")
    received_ns, topic, cause, reason, stream, boot, seq, payload = row
    print(f"received  {_clock(received_ns)}\ntopic     {topic}\ncause     {cause}: {reason}")
    if stream:
        print(f"claims    {stream}, boot {boot}, number {seq}")
    print(f"payload   {len(payload)} bytes, begins with {payload[:SHOWN_BYTES]!r}")
    if args.payload is not None:
        try:
            with args.payload.open("xb") as file:
                file.write(payload)
        except OSError as error:
            raise CommandError(f"{args.payload}: {error.strerror}; name a new file") from error
    return 0


def _retry(args: argparse.Namespace, path: Path) -> int:
    from plumbline.collector.app.upkeep.verify import collector_runs

    ids = _chosen(args, path)
    with closing(_writing(path)) as quarantine:
        quarantine.mark_for_retry(ids)
    when = "within seconds" if collector_runs(args.data) else "at the collector's next start"
    print(f"{len(ids)} messages are tried again {when}")
    return 0


def _drop(args: argparse.Namespace, path: Path) -> int:
    ids = _chosen(args, path)
    with closing(_writing(path)) as quarantine:
        for first in range(0, len(ids), AT_ONCE):
            quarantine.drop(ids[first : first + AT_ONCE])
    print(f"{len(ids)} messages dropped")
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace, Path], int]] = {
    "list": _list,
    "show": _show,
    "retry": _retry,
    "drop": _drop,
}


def _reading(path: Path) -> Any:
    from plumbline.collector.app.upkeep.sqlite_read import opened_database
    from plumbline.collector.app.upkeep.verify import collector_runs

    return opened_database(path, running=collector_runs(path.parent.parent))


def _writing(path: Path) -> "Quarantine":
    from plumbline.collector.ingest.quarantine import Quarantine

    return Quarantine(path.parent)


def _chosen(args: argparse.Namespace, path: Path) -> list[int]:
    """Return the messages that the arguments mean."""
    if not args.id and not args.all and _is_open(args):
        raise CommandError("which? give numbers, --cause, --stream, --older-than, or --all")
    found = [int(row[0]) for row in _rows(args, path)]
    if args.id:
        missing = sorted(set(args.id) - set(found))
        for number in missing:
            print(f"no message {number} of that in quarantine", file=sys.stderr)
        found = [number for number in found if number in args.id]
    if not found:
        raise CommandError("nothing of that in quarantine; see 'plumbline quarantine list'")
    return found


def _rows(args: argparse.Namespace, path: Path) -> list[tuple[Any, ...]]:
    before_ns = time.time_ns() - round(_seconds(args.older_than) * NS) if args.older_than else None
    with _reading(path) as db:
        rows: list[tuple[Any, ...]] = db.execute(
            "SELECT id, received_ns, topic, cause, reason, stream, seq, length(payload)"
            " FROM messages WHERE (?1 IS NULL OR cause = ?1) AND (?2 IS NULL OR stream = ?2)"
            " AND (?3 IS NULL OR received_ns < ?3) ORDER BY id",
            (args.cause, args.stream, before_ns),
        ).fetchall()
    return rows


def _is_open(args: argparse.Namespace) -> bool:
    return args.cause is None and args.stream is None and args.older_than is None


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise CommandError(f"time {text!r}: expected a number and s, m, h or d, as 7d")
    return float(found[1]) * _UNITS_S[found[2]]


def _clock(time_ns: int) -> str:
    from plumbline.wire.timestamps import iso_seconds

    return iso_seconds(time_ns)
