"""``plumbline status``: how every channel and stage of a running collector is."""

import argparse
import json
from typing import Any

from plumbline.commands import CommandError

EXAMPLE = """example:
  plumbline status                        the collector on this machine
  plumbline status --url https://monitor.example:8443/ --password-file web.password
  plumbline status --json | jq '.channels[] | select(.flat or .clipped)'

noise is the rms about the mean over the last minute, and how many times the instrument's own
floor that is; a channel near 1x hears nothing but itself.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.description = (
        "Print latency, gaps, noise against the instrument's floor, clock error, flat and clipped "
        "for every channel, and how the collector's stages are."
    )
    parser.epilog = EXAMPLE
    parser.add_argument("--url", default="http://127.0.0.1:8080/", help="the collector's page")
    parser.add_argument("--password-file", help="file with the page's password")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Ask and print; the exit code is 1 when something is wrong."""
    state = _asked(args)
    if args.json:
        print(json.dumps(state, ensure_ascii=False))
    else:
        print("\n".join(lines(state)))
    return 0 if state["ok"] else 1


def _asked(args: argparse.Namespace) -> dict[str, Any]:
    import urllib3

    headers = {}
    if args.password_file:
        with open(args.password_file, encoding="utf-8") as file:  # noqa: PTH123
            headers = urllib3.make_headers(basic_auth=f"status:{file.read().strip()}")
    try:
        answer = urllib3.request(
            "GET", args.url.rstrip("/") + "/api/status", headers=headers, timeout=10, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise CommandError(
            f"no collector answers at {args.url} ({type(error).__name__}); is it running? "
            "Give its page with --url"
        ) from error
    if answer.status == 401:
        raise CommandError("the collector asks for a password; give --password-file")
    if answer.status != 200:
        raise CommandError(f"{args.url} answered {answer.status}; is that a collector's page?")
    state: dict[str, Any] = answer.json()
    return state


def lines(state: dict[str, Any]) -> list[str]:
    """Return the table for people."""
    head = (
        "channel            age s  latency s  gaps  noise            x floor  clock ms  quality  "
    )
    table = [head]
    for channel in state["channels"]:
        floor = channel["floor"]
        times = f"{channel['rms'] / floor:7.1f}" if floor else "      -"
        marks = [mark for mark in ("flat", "clipped") if channel[mark]]
        table.append(
            f"{channel['channel']:<17}{channel['age_s']:7.1f}{channel['latency_s']:11.2f}"
            f"{channel['gaps']:6d}  {channel['rms']:9.3g} {channel['unit']:<6}{times}"
            f"{channel['clock_error_ms']:10.2f}{channel['time_quality']:9d}  {' '.join(marks)}"
        )
    if not state["channels"]:
        table.append("(no channel has been heard yet)")
    table.append("")
    for name, stage in state["stages"].items():
        said = stage["error"] or "works"
        table.append(
            f"stage {name:<10} {stage['behind_bytes']:>10} bytes behind  "
            f"{stage['restarts']} restarts  {said}"
        )
    table.extend(f"! {problem}" for problem in state["problems"])
    return table
