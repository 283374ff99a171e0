"""``plumbline demo``: a shaken, sinking tower from the instrument's bytes to the phone."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plumbline.errors import CommandError

EXAMPLE = """example:
  plumbline demo
  plumbline demo --seconds 240 --json | tail -1
  plumbline demo --record E.V1c N.V1c Z.V1c
  plumbline demo --record sct190985.txt --columns time NS EW V --rate 50 --units g

On a wall-clock timeline: quiet, piling, a recorded earthquake (K-NET AKT013 of 1996, carried by
ObsPy, unless you bring your own), a far earthquake (synthetic), then a settlement. Everything is
real but the site: instruments speak bytes on pseudo-terminals, agents publish over MQTT, the
collector keeps, detects and writes SMS into an outbox folder. It cannot reach a real gateway.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline demo``."""
    parser.description = "Run the whole path on one machine, with a simulated 30-storey tower."
    parser.epilog = EXAMPLE
    parser.add_argument("--seconds", type=float, default=240.0, help="how long (default 240)")
    parser.add_argument("--json", action="store_true", help="end with one JSON object on a line")
    parser.add_argument("--record", nargs="+", type=Path, help="1 to 3 axes of your own record")
    parser.add_argument("--units", help="unit of a record that states none: gal, g or m/s2")
    parser.add_argument("--rate", type=float, help="sampling rate of plain columns [Hz]")
    parser.add_argument("--columns", nargs="+", help="names of plain columns, as time NS EW V")
    parser.add_argument(
        "--port", type=int, default=0, help="port of the page (default: a free one)"
    )
    parser.add_argument("--folder", type=Path, default=Path("demo-data"), help="where files go")


def run(args: argparse.Namespace) -> int:
    """Run it; the exit code is 1 if a sample was lost or a process died."""
    from plumbline.demo.motion import NoMotion, packaged_motion, recorded_motion
    from plumbline.demo.processes import ProcessDied
    from plumbline.demo.run import free_port, fresh_folder, run_demo
    from plumbline.demo.site import prepared
    from plumbline.demo.watching import print_line
    from plumbline.records import Unit

    try:
        unit = Unit(args.units) if args.units else None
        motion = (
            recorded_motion(args.record, unit=unit, rate_hz=args.rate, columns=args.columns).cut()
            if args.record
            else packaged_motion()
        )
    except (NoMotion, ValueError) as error:
        raise CommandError(str(error)) from error
    print_line(
        f"earthquake: {motion.name}, peak {motion.peak_gal:.1f} gal; {'; '.join(motion.notes)}"
    )
    web_port = args.port or free_port()
    site = prepared(
        fresh_folder(args.folder),
        motion,
        seconds=args.seconds,
        broker_port=free_port(),
        web_port=web_port,
    )
    if site.seconds > args.seconds:
        print_line(
            f"this record needs {site.seconds:.0f} s; running so long instead of {args.seconds:g}"
        )
    try:
        summary = run_demo(site, web_port)
    except ProcessDied as error:
        raise CommandError(str(error)) from error
    for line in triggers(summary["events"]):
        print_line(line)
    for name, key in (("archive", "archive"), ("events", "events_db"), ("truth", "truth")):
        print_line(f"{name:<9}{summary[key]}")
    print_line(f"export   {summary['export'] or 'nothing: the instruments had not begun'}")
    generated, archived = summary["samples_generated"], summary["samples_archived"]
    wrong = [summary[name] for name in ("samples_lost", "duplicates", "samples_altered")]
    samples = "{} lost, {} twice, {} altered".format(*wrong)
    print_line(f"samples  {generated:,} generated, {archived:,} archived, {samples}")
    if args.json:
        print(json.dumps(summary, ensure_ascii=False), flush=True)
    return 1 if any(wrong) else 0


def triggers(events: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the ratios of both triggers at the ground node, a line for each shaking."""
    for event in events:
        if event["kind"] != "shaking":
            continue
        ground = event["nodes"].get("0A", {})
        ratios = ", ".join(
            f"{name.replace('_', '-')} ratio {ground.get(name + '_ratio', 0):.1f} "
            f"(opens at {event['evidence'][name]['on_ratio']:g})"
            for name in ("short_period", "long_period")
            if name in event["evidence"]
        )
        by = event["detector"]
        yield f"shaking  {event['onset'][11:19]} UTC opened by {by}; ground: {ratios}"
