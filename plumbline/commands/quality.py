"""``plumbline quality``: which channels cannot be believed, and why."""

import argparse
import json
from typing import Any

from plumbline.commands import exit_code
from plumbline.commands.pictures import picture
from plumbline.research.event.options import FILES_HELP, add_file_options, channels_in

EPILOG = (
    FILES_HELP
    + """
Each channel is looked at by itself (flat line, clipping, spikes, steps, gaps, mains hum, floor
against the data sheet) and against its neighbours (floor, peak, turned or inverted axes, which
way gravity points). A 'fault' flags the channel; a 'remark' is to be known.

Give one structure or one array a call: neighbours are the other files of the call.

Examples:
  plumbline quality NP.8040.*.mseed NP.8040.xml
  plumbline quality day/*.mseed --noise-ug 22.5 --json
  plumbline quality array/*.mseed --together 0.5 --plot quality.png
"""
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_file_options(parser)
    parser.description = "Say which channels cannot be believed, and why."
    parser.epilog = EPILOG
    parser.add_argument("--noise-ug", type=float, metavar="UG", help="sensor noise, ug/sqrt(Hz)")
    parser.add_argument("--full-scale", type=float, metavar="VALUE", help="end of the range")
    parser.add_argument(
        "--together", type=float, metavar="HZ", help="all see one motion below this frequency"
    )
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw the channels with what was found"
    )


def run(args: argparse.Namespace) -> int:
    """Examine the files and print what was found; one that cannot be read is named at the end."""
    from plumbline.records import Quantity
    from plumbline.records.tables.holes import Holes
    from plumbline.research.event.files import files_read
    from plumbline.research.structure.quality import QualityOptions, examined_channels, report_of

    records, problems, notes = files_read(args, Holes.PARTED)
    if problems and not records:
        return exit_code("quality", problems)
    asked = QualityOptions(
        noise_ug=args.noise_ug, full_scale=args.full_scale, together_hz=args.together
    )
    channels = channels_in(records, args, (Quantity.ACCELERATION, Quantity.VELOCITY))
    found = examined_channels(channels, asked)
    report = {**report_of(found), "notes": notes, "not_examined": problems}
    print(json.dumps(report, indent=1) if args.json else words(report))
    if args.plot is not None:
        from plumbline.plots.quality import draw

        draw(found, args.plot)
    return exit_code("quality", problems)


def words(report: dict[str, Any]) -> str:
    """Return the report for reading."""
    lines = []
    for one in report["channels"]:
        mark = "FAULT" if one["flagged"] else "remark" if one["findings"] else "good"
        where = one["place"] or one["station"]
        lines.append(f"{mark:7s} {one['channel']:14s} {where}")
        lines += [
            f"          {finding['severity']}: {finding['defect']}: {finding['reason']}"
            for finding in one["findings"]
        ]
    flagged = ", ".join(report["flagged"]) or "none"
    lines.append(f"\nflagged: {flagged} of {len(report['channels'])} channels")
    lines += [f"note: {note}" for note in report["notes"]]
    return "\n".join(lines)
