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
way gravity points). A 'fault' flags the channel; a 'remark' is to be known. The noise of each
accelerometer is printed, beside that of the data sheet where --noise-ug states it: the lowest part
of the spectrum of the quietest seconds, which a place that is never quiet makes larger.

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
    from plumbline.research.structure.quality import (
        QualityOptions,
        examined_channels,
        quality_report,
    )

    records, problems, notes = files_read(args, Holes.PARTED)
    if problems and not records:
        return exit_code("quality", problems)
    options = QualityOptions(
        noise_ug=args.noise_ug, full_scale=args.full_scale, together_hz=args.together
    )
    channels = channels_in(records, args, (Quantity.ACCELERATION, Quantity.VELOCITY))
    found = examined_channels(channels, options)
    report = {**quality_report(found, args.noise_ug), "notes": notes, "not_examined": problems}
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
        lines += _noise(one["noise"])
        lines += [
            f"          {finding['severity']}: {finding['defect']}: {finding['reason']}"
            for finding in one["findings"]
        ]
    flagged = ", ".join(report["flagged"]) or "none"
    lines.append(f"\nflagged: {flagged} of {len(report['channels'])} channels")
    lines += [f"note: {note}" for note in report["notes"]]
    return "\n".join(lines)


def _noise(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    line = (
        f"          noise {found['density_ug']:.3g} ± {found['sigma_ug']:.2g} µg/√Hz in "
        f"{found['quiet_s']:.0f} s of quiet"
    )
    if found["data_sheet_ug"] is not None:
        line += f"; data sheet {found['data_sheet_ug']:g}: {found['over_data_sheet']:.2g} times"
    return [line]
