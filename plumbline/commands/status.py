"""``plumbline status``: how every channel and stage of a running collector is."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.errors import CommandError

EXAMPLE = """\
examples:
  plumbline status                        the collector on this machine
  plumbline status --url https://monitor.example:8443/ --password-file web.password
  plumbline status --json | jq '.channels[] | select(.flat or .clipped)'

age is since the newest sample arrived, latency from the end of a block to its arrival. Gaps and
missing count holes in what came in its time, since the collector started. Noise is the rms about
the mean over the last minute, and how many times the instrument's own floor that is; a channel
near 1 hears nothing but itself. The exit code is 1 while something is wrong.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline status``."""
    parser.description = (
        "Print latency, gaps, noise against the instrument's floor, clock error, flat and clipped "
        "for every channel, and how the collector's stages are."
    )
    parser.epilog = EXAMPLE
    parser.add_argument("--url", default="http://127.0.0.1:8080/", help="the collector's page")
    parser.add_argument("--password-file", type=Path, help="file with the page's password")
    parser.add_argument("--ca-file", type=Path, help="whom to trust, if the page's TLS is our own")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Request the status and print it; the exit code is 1 when something is wrong."""
    state = _requested(args)
    if args.json:
        print(json.dumps(state, ensure_ascii=False))
    else:
        print("\n".join(lines(state)))
    return 0 if state["ok"] else 1


def _requested(args: argparse.Namespace) -> dict[str, Any]:
    import urllib3

    headers = {}
    if args.password_file:
        try:
            password = args.password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise CommandError(f"--password-file {args.password_file}: {error.strerror}") from error
        headers = urllib3.make_headers(basic_auth=f"status:{password}")
    pool = urllib3.PoolManager(ca_certs=str(args.ca_file) if args.ca_file else None)
    try:
        answer = pool.request(
            "GET", args.url.rstrip("/") + "/api/status", headers=headers, timeout=10, retries=False
        )
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise CommandError(
            f"no collector answers at {args.url} ({type(error).__name__}); is it running? "
            "Give its page with --url"
        ) from error
    if answer.status == 401:
        raise CommandError("the collector asks for a password; give --password-file")
    try:
        state: dict[str, Any] = answer.json()
        state["channels"], state["stages"], state["ok"]
    except (ValueError, LookupError, TypeError) as error:
        raise CommandError(
            f"{args.url} answered {answer.status}, and not as a collector's page does; is it one?"
        ) from error
    return state


class Column(NamedTuple):
    """One column of the table: its head, its width, and how a channel fills it."""

    head: str
    width: int
    cell: Callable[[dict[str, Any]], str]


def _times_floor(channel: dict[str, Any]) -> str:
    floor = channel["floor"]
    return f"{channel['rms'] / floor:.1f}" if floor else "-"


COLUMNS = (
    Column("age s", 9, lambda channel: f"{channel['age_s']:.1f}"),
    Column("latency s", 11, lambda channel: f"{channel['latency_s']:.2f}"),
    Column("gaps", 6, lambda channel: f"{channel['gaps']}"),
    Column("missing s", 11, lambda channel: f"{channel['missing_s']:.1f}"),
    Column("noise", 11, lambda channel: f"{channel['rms']:.3g}"),
    Column("unit", 6, lambda channel: str(channel["unit"])),
    Column("x floor", 9, _times_floor),
    Column("clock ms", 10, lambda channel: f"{channel['clock_error_ms']:.2f}"),
    Column("quality", 9, lambda channel: f"{channel['time_quality']}"),
)
MARKS = ("flat", "clipped")


def lines(state: dict[str, Any]) -> list[str]:
    """Return the table for people."""
    table = [f"{'channel':<16}" + "".join(f"{c.head:>{c.width}}" for c in COLUMNS)]
    for channel in state["channels"]:
        cells = "".join(f"{column.cell(channel):>{column.width}}" for column in COLUMNS)
        marks = "".join(f"  {mark}" for mark in MARKS if channel[mark])
        table.append(f"{channel['channel']:<16}{cells}{marks}")
    table.extend(f"{key:<16}  never heard" for key in state.get("unheard", ()))
    table.append("")
    for name, stage in state["stages"].items():
        state_text = stage["error"] or "works"
        table.append(
            f"stage {name:<10} {stage['behind_bytes']:>10} bytes behind  "
            f"{stage['restarts']} restarts  {state_text}"
        )
    table.extend(f"! {problem}" for problem in state["problems"])
    return table
