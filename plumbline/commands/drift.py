"""``plumbline drift``: how far floors moved against the base, and where to look first."""

import argparse
import json
from typing import Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError
from plumbline.research.event.options import FILES_HELP, add_file_options, event_of

EPILOG = (
    FILES_HELP
    + """
Each floor is integrated twice with pads and one zero-phase high-pass, then the base is taken
away; polarity and azimuth are minded. A free field is never the base. A permanent drift cannot
come from acceleration. A drift ratio needs heights: --height 82 for the highest level, or
--height 'roof=82' --height '19=75.4'.

The priority says where to look first, never that a building is safe. It needs a height, a HAZUS
class (--class C2.H.MC) and a finished building (--stage complete).

Examples:
  plumbline drift NP8040*.V1c --plot drift.png
  plumbline drift NP8040*.V1c --height 80.5 --class S1.H.HC --json
  plumbline drift quake_*_floor.csv --rate 120 --columns Acc_X --units m/s2
"""
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_file_options(parser)
    parser.description = "Measure roof and inter-storey drift, and rank where to look first."
    parser.epilog = EPILOG
    parser.add_argument("--base", metavar="WORDS", help="place, level or channel of the base")
    parser.add_argument("--corner", type=float, metavar="HZ", help="corner of the high-pass")
    parser.add_argument(
        "--height", action="append", default=[], metavar="[LEVEL=]M", help="height above the base"
    )
    parser.add_argument(
        "--class", dest="building_class", default="", metavar="CLASS", help="HAZUS class"
    )
    parser.add_argument("--stage", default="complete", help="construction stage, default complete")
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw the histories of the roof's drift"
    )


def run(args: argparse.Namespace) -> int:
    """Measure the drifts and print them."""
    from plumbline.records import Quantity
    from plumbline.research.structure.drift import DriftOptions, found_drifts

    event = event_of(args, (Quantity.ACCELERATION,))
    if args.corner is not None and not 0 < args.corner < event.rate_hz / 2:
        raise CommandError(f"--corner {args.corner:g}: must lie between 0 and half the rate")
    asked = DriftOptions(
        corner_hz=args.corner,
        heights_m=dict(_height(text) for text in args.height),
        base=args.base,
        building_class=args.building_class,
        stage=args.stage,
    )
    try:
        found = found_drifts(event, asked)
    except LookupError as error:
        raise CommandError(str(error.args[0])) from error
    print(json.dumps(found.report, indent=1) if args.json else words(found.report))
    if args.plot is not None:
        from plumbline.plots.drift import draw

        draw(found, args.plot)
    return 0


def _height(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    try:
        height = float(number)
    except ValueError:
        height = 0.0
    if height <= 0:
        raise CommandError(f"--height {text}: give metres, or LEVEL=metres")
    return name.strip(), height


def words(report: dict[str, Any]) -> str:
    """Return the report for reading."""
    lines = [
        f"measured from {report['reference_level']}, high-pass {report['corner_hz']:.3g} Hz "
        f"({report['corner_reason']})",
        *(f"left out {one['channel']}: {one['why']}" for one in report["left_out"]),
        "",
        " upper      lower      direction  channel        cm              at s    ratio",
    ]
    for one in report["drifts"]:
        ratio = "-" if one["ratio"] is None else f"{100 * one['ratio']:.3f} %"
        mark = "  inter-storey" if one["inter_storey"] else ""
        lines.append(
            f" {one['upper']:10.10s} {one['lower']:10.10s} {one['direction']:9.9s}  "
            f"{one['channel']:12.12s} {one['displacement_cm']:7.2f} ±{one['uncertainty_cm']:5.2f} "
            f"{one['time_s']:9.2f}    {ratio}{mark}"
        )
    found = report["inspection"]
    lines += ["", f"inspection priority: {found['priority']} ({found['meaning']})"]
    lines += [f"  {one['priority']}: {one['what']}" for one in found["evidence"]]
    lines += [f"note: {note}" for note in report["notes"]]
    return "\n".join(lines)
