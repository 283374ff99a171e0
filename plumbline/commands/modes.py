"""``plumbline modes``: frequencies, damping and shapes of a structure, without hand-picking."""

import argparse
import json
from typing import Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError
from plumbline.research.event.options import FILES_HELP, add_file_options, event_of
from plumbline.research.structure.expectation import add_size_options, guesses_of

EPILOG = (
    FILES_HELP
    + """
Give one structure and one event a call. Channels at the base (their place says basement, ground
floor, foundation, ...) drive the structure and are used as input; a free field never is. Without
a base, or with --base none, the response alone is used and the excitation taken for noise.

Each mode is the median over many models (three lag windows, orders 2 to 60, a band every three
octaves); 'presence' is the share of them that show it. 'transfer' lists how much more each floor
moves than the base; 'differences' what two parallel corners do against each other, and whether
that is torsion or two sways coupled. With --height or --storeys the first guess of ISO 4866 stands
beside the lowest mode found; it is good to 50 %.

Examples:
  plumbline modes NP8040*.V1c --plot modes.png
  plumbline modes NP8040*.V1c --height 82 --storeys 20
  plumbline modes measurement.npy --rate 256 --columns 0-4
  plumbline modes quake_*_floor.csv --rate 120 --columns Acc_X --json
"""
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_file_options(parser)
    parser.description = (
        "Find the modes of a structure: frequencies, damping ratios, mode shapes, transfer peaks."
    )
    parser.epilog = EPILOG
    parser.add_argument("--base", metavar="WORDS", help="place, level or channel; or 'none'")
    parser.add_argument("--band", nargs=2, type=float, metavar=("LOW", "HIGH"), help="range in Hz")
    parser.add_argument(
        "--presence", type=float, metavar="SHARE", help="of the models a mode needs, default 0.4"
    )
    add_size_options(parser, width=True)
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw spectra, stabilisation and shapes"
    )


def run(args: argparse.Namespace) -> int:
    """Identify the modes and print them."""
    from plumbline.records import Quantity
    from plumbline.research.structure.modes import found_modes

    band = None if args.band is None else (args.band[0], args.band[1])
    if band is not None and not 0 < band[0] < band[1]:
        raise CommandError(f"--band {band[0]:g} {band[1]:g}: needs 0 < LOW < HIGH")
    if args.presence is not None and not 0 < args.presence <= 1:
        raise CommandError(f"--presence {args.presence:g}: a share lies between 0 and 1")
    event = event_of(args, (Quantity.ACCELERATION, Quantity.VELOCITY))
    if {c.quantity for c in event.channels} >= {Quantity.ACCELERATION, Quantity.VELOCITY}:
        raise CommandError("acceleration and velocity mixed: leave one out with --exclude")
    found = found_modes(event, args.base, band, args.presence, guesses_of(args))
    print(json.dumps(found.report, indent=1) if args.json else words(found.report))
    if args.plot is not None:
        from plumbline.plots.modes import draw

        draw(found, args.plot)
    return 0


def words(report: dict[str, Any]) -> str:
    """Return the report for reading."""
    from plumbline.research.structure.expectation import expectation_text

    low, high = report["band_hz"]
    lines = [
        f"{report['method']}",
        f"{_counted(report['channels'])}, {report['seconds']:.1f} s at "
        f"{report['rate_hz']:g} Hz, searched {low:.3g} to {high:.3g} Hz",
    ]
    if report["driven_by"]:
        lines.append(f"driven by {', '.join(report['driven_by'])}")
    lines += [f"left out {one['channel']}: {one['why']}" for one in report["left_out"]]
    lines += ["", " mode  frequency Hz   period s  damping %  presence  kind"]
    lines += [
        f"{m['mode']:5d} {m['frequency_hz']:9.4f} ±{m['frequency_spread_hz']:.4f} "
        f"{m['period_s']:8.4f} {100 * m['damping']:9.2f} {m['presence']:9.2f}  {m['kind']}"
        for m in report["modes"]
    ]
    if not report["modes"]:
        lines.append("  none: no pole held still in enough models")
    if report["expected"] is not None:
        lines += ["", *expectation_text(report["expected"])]
    lines += _peaks(report)
    lines += ["", *(f"note: {note}" for note in report["notes"])] if report["notes"] else []
    return "\n".join(lines)


def _counted(channels: list[dict[str, Any]]) -> str:
    return "1 channel (no shape)" if len(channels) == 1 else f"{len(channels)} channels"


def _peaks(report: dict[str, Any]) -> list[str]:
    lines = []
    for one in report["transfer"]:
        peaks = ", ".join(f"{p['frequency_hz']:.3f} Hz x{p['gain']:.0f}" for p in one["peaks"][:4])
        where = one["place"] or one["level"]
        lines.append(f"{where} {one['direction']} over {one['base']}: {peaks}")
    for one in report["differences"]:
        peaks = ", ".join(f"{p['frequency_hz']:.3f} Hz {p['twist']}" for p in one["peaks"][:4])
        places = " minus ".join(one["places"])
        lines.append(f"{places} {one['direction']}: {peaks}")
    return ["", *lines] if lines else []
