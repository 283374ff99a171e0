"""``plumbline vibration``: peak velocity at a building against a line of a standard."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError
from plumbline.research.event.options import FILES_HELP, add_file_options, channels_of

if TYPE_CHECKING:
    from plumbline.analysis.vibration import LimitCurve

EPILOG = (
    FILES_HELP
    + """
Velocity is taken in a meter's band (DIN 45669-1, 1 to 80 Hz, at least 250 samples a second). The
frequency is found twice, by zero crossings around the peak and by the spectrum; where they
disagree the lower limit governs. A record should start a second before the event.

Standards: din4150-3 (lines 1, 2, 3, 1-massive, pipe-...), bs7385-2 (1, 2), sn640312a (normal),
neb37 (1, 2, 3; a candidate, shown but never paging), sbr-a (with --vkar). Without --standard the
known ones are listed. Thailand's neb37 'case 1' is --duration short, 'case 2' long.

Examples:
  plumbline vibration blow.csv --rate 1000 --units mm/s --standard din4150-3 --line 2
  plumbline vibration XX.TWR01*.mseed station.xml --standard neb37 --line 1 --location top-floor
  plumbline vibration slab.csv --standard din4150-3 --line 2 --location floor-slab --plot chart.png
"""
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_file_options(parser)
    parser.description = "Hold vibration at a building against a standard."
    parser.epilog = EPILOG
    parser.add_argument("--standard", help="short name of the standard")
    parser.add_argument("--line", help="line of its table")
    parser.add_argument("--location", default="foundation", help="foundation, top-floor, ...")
    parser.add_argument("--duration", help="short, long, occasional, frequent, permanent")
    parser.add_argument("--vkar", type=float, metavar="MM/S", help="SBR-A: characteristic value")
    parser.add_argument("--measuring", default="indicative", help="SBR-A: extensive, limited, ...")
    parser.add_argument("--recurrence", default="short", help="SBR-A: short, repeated, continuous")
    parser.add_argument("--sensitivity", default="normal", help="SBR-A: normal, sensitive")
    parser.add_argument("--noise-ug", type=float, metavar="UG", help="sensor noise, ug/sqrt(Hz)")
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot", type=picture, metavar="PNG", help="draw the limit with the peaks on it"
    )


def run(args: argparse.Namespace) -> int:
    """Judge the files and print the verdicts."""
    from plumbline.records import Quantity
    from plumbline.research.structure.vibration import curve_report, judged_points

    curve = _curve(args)
    notes: list[str] = []
    channels = channels_of(args, (Quantity.ACCELERATION, Quantity.VELOCITY), notes=notes)
    points = judged_points(channels, curve, args.noise_ug)
    report = {
        "limit": curve_report(curve),
        "points": [point.report for point in points],
        "notes": notes,
    }
    print(json.dumps(report, indent=1) if args.json else words(report))
    if args.plot is not None:
        from plumbline.plots.vibration import draw

        draw(curve, points, args.plot)
    return 0


def _curve(args: argparse.Namespace) -> "LimitCurve":
    from plumbline.analysis.vibration import STANDARDS, Duration, Location, NoLimitError, sbr_a
    from plumbline.analysis.vibration.standards.sbr_a import Measuring, Recurrence, Sensitivity

    try:
        if args.standard == "sbr-a":
            if args.vkar is None or args.vkar <= 0:
                raise CommandError("--standard sbr-a needs --vkar, the guideline's value in mm/s")
            return sbr_a(
                args.vkar,
                Measuring(args.measuring),
                Recurrence(args.recurrence),
                Sensitivity(args.sensitivity),
            )
        if args.standard not in STANDARDS:
            raise CommandError(_known(args.standard))
        standard = STANDARDS[args.standard]
        lines = standard.lines()
        if args.line is None and len(lines) > 1:
            raise CommandError(f"--line: which one? {'; '.join(map(': '.join, lines.items()))}")
        return standard.curve(
            args.line or next(iter(lines)),
            Location(args.location),
            None if args.duration is None else Duration(args.duration),
        )
    except NoLimitError as error:
        raise CommandError(str(error)) from error
    except ValueError as error:
        raise CommandError(f"{error}; see --help") from error


def _known(asked: str | None) -> str:
    from plumbline.analysis.vibration import STANDARDS

    known = "; ".join(
        f"{s.name} (lines {', '.join(s.lines())}; {s.curves[0].provenance.standing})"
        for s in STANDARDS.values()
    )
    said = "which one?" if asked is None else f"{asked} is not known;"
    return f"--standard: {said} {known}; sbr-a (with --vkar)"


def words(report: dict[str, Any]) -> str:
    """Return the report for reading."""
    limit = report["limit"]
    lines = [
        f"{limit['standard']} ({limit['edition']}), line {limit['line']}: {limit['building']}; "
        f"{limit['location']}, {limit['duration']}; {limit['judged']}",
        f"standing: {limit['standing']} ({limit['source']})"
        + ("" if limit["may_page"] else "; shown, never pages anybody"),
    ]
    for point in report["points"]:
        lines.append(f"\n{point['point']}: {point['outcome']}")
        lines += [f"  {verdict['reason']}" for verdict in point["verdicts"]]
    lines += [f"\nnote: {note}" for note in report["notes"]]
    return "\n".join(lines)
