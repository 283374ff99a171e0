"""``plumbline measure``: every measure of anybody's records."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from plumbline.commands import exit_code
from plumbline.commands.pictures import picture
from plumbline.errors import CommandError
from plumbline.research.structure.expectation import add_size_options, guesses_of

if TYPE_CHECKING:
    from plumbline.analysis.ground_motion.measures_report import KnownPeriod
    from plumbline.research.measure import MeasuredRecord, MeasureOptions

UNITS = ("gal", "g", "m/s2", "counts")

EPILOG = """\
Files of one station become its axes; pieces of one channel are joined. Formats are recognised
by their contents: COSMOS, CSMIP, SMC, RENADIC, GeoNet, JMA CSV, CWB, ESM, OpenEEW, and all that
ObsPy reads (miniSEED, SAC, K-NET, ...), packed or not, and tables whose heading names a time and
units. StationXML among the files gives counts their unit. A file that cannot be read costs the
others nothing: it is named at the end, and the exit code is 2.

PGA is the peak of acceleration minus its pre-event mean, at the recorded rate, unfiltered. A
record whose header says its offset is removed is taken as it is. 'band' is the peak between
0.05 and 20 Hz, another figure. Velocity and displacement are above --corner.

After a quiet beginning the onset is printed with its uncertainty, and of a vertical axis the first
3 s of P: Pd, tau_c, tau_p, each over what the onset may be off. The response at the building's own
period is read at --period, or at the first guess of --height or --storeys (46 / h, 10 / n: good to
50 %). --hvsr is of ambient vibration: an hour of quiet, no shaking; its peak is the ground's
frequency only where every criterion holds. --plot draws it, and a spectrogram.

Examples:
  plumbline measure NP8040*.V1c
  plumbline measure *.mseed station.xml --json > measures.json
  plumbline measure quake.txt --columns t,NS,EW,UD --units g --plot quake.png
  plumbline measure ambient.mseed station.xml --hvsr --plot hv.png
  plumbline measure motion.txt --columns NS --rate 100 --units m/s2
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.description = (
        "Measure records of shaking: peaks, JMA and Mercalli intensity, Arias intensity, CAV, "
        "duration, response spectra, JMA long-period class."
    )
    parser.epilog = EPILOG
    parser.add_argument("files", nargs="+", metavar="FILE", help="records, and StationXML if any")
    parser.add_argument(
        "--units", choices=UNITS, help="unit of values whose file states none (and of counts)"
    )
    parser.add_argument(
        "--columns", help="columns of tables: by heading, or left to right t,NS,EW,UD (_ skips one)"
    )
    parser.add_argument("--rate", type=_positive, metavar="HZ", help="rate of tables")
    parser.add_argument(
        "--baseline",
        default="auto",
        metavar="RULE",
        help="auto (default), as-given, whole, or the seconds of quiet at the beginning",
    )
    parser.add_argument(
        "--corner",
        type=_not_negative,
        default=0.05,
        metavar="HZ",
        help="high-pass corner of velocity and displacement, default 0.05; 0: plain integration",
    )
    parser.add_argument(
        "--damping", type=_fraction, default=0.05, help="of the spectra, default 0.05"
    )
    parser.add_argument(
        "--period", type=_positive, metavar="S", help="the building's own period, 1.6 to 7.8 s"
    )
    add_size_options(parser)
    parser.add_argument(
        "--hvsr",
        nargs="?",
        type=_positive,
        const=50.0,
        metavar="S",
        help="H/V of ambient vibration in windows of S seconds, default 50",
    )
    parser.add_argument("--exclude", metavar="LIST", help="columns or channels to leave out")
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument(
        "--plot",
        type=picture,
        metavar="PNG",
        help="draw axes, spectrogram, spectra and energy; one picture a station",
    )


def run(args: argparse.Namespace) -> int:
    """Measure the files and print what was found; what one file lacks costs no other."""
    from plumbline.records import RecordError, stations
    from plumbline.research.measure import measured
    from plumbline.research.measure.files import records_to_measure

    rules = _rules(args)
    records, problems, notes = records_to_measure(args)
    found = []
    for station in stations(records):
        try:
            found.append(measured(station, rules))
        except (RecordError, ValueError) as error:
            problems.append(f"{station.name} ({station.files[0]}): {error}")
    if not found and not problems:
        raise CommandError("no records in these files; StationXML alone measures nothing")
    if not found:
        return exit_code("measure", problems)
    if args.json:
        reports = [m.report for m in found]
        told = {"stations": reports, "notes": notes, "not_measured": problems}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        from plumbline.research.measure.words import words

        print("\n\n".join(words(m.report) for m in found))
        for note in notes:
            print(f"note: {note}")
    if args.plot is not None:
        _draw(found, args.plot)
    return exit_code("measure", problems)


def _rules(args: argparse.Namespace) -> "MeasureOptions":
    from plumbline.analysis.ground_motion.baseline import Baseline
    from plumbline.research.measure import MeasureOptions

    named = {"auto": None, "as-given": Baseline.AS_GIVEN, "whole": Baseline.WHOLE_RECORD}
    pre_event_s = None
    if args.baseline not in named:
        try:
            pre_event_s = _positive(args.baseline)
        except (ValueError, argparse.ArgumentTypeError):
            raise CommandError(
                f"--baseline {args.baseline}: give auto, as-given, whole or seconds"
            ) from None
    return MeasureOptions(
        baseline=named.get(args.baseline),
        pre_event_s=pre_event_s,
        corner_hz=args.corner or None,
        damping=args.damping,
        own_period=_own_period(args),
        hvsr_window_s=args.hvsr,
    )


def _own_period(args: argparse.Namespace) -> "KnownPeriod | None":
    from plumbline.analysis.ground_motion.measures_report import KnownPeriod
    from plumbline.analysis.modal.first_guess import SOURCE

    if args.period is not None:
        return KnownPeriod(args.period, "stated")
    guesses = guesses_of(args)
    if not guesses:
        return None
    return KnownPeriod(1 / guesses[0].frequency_hz, f"first guess {guesses[0].rule}: {SOURCE}")


def _draw(found: "list[MeasuredRecord]", path: Path) -> None:
    from plumbline.plots.measure import draw

    drawable = [m for m in found if m.accel_ms2 is not None]
    if not drawable:
        raise CommandError("nothing to draw: the unit of the values is not known; give --units")
    for i, one in enumerate(drawable, 1):
        target = path if len(drawable) == 1 else path.with_stem(f"{path.stem}-{i}")
        try:
            draw(one, target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}; choose another --plot") from error


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _not_negative(text: str) -> float:
    return 0.0 if float(text) == 0 else _positive(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not in [0, 1)")
    return value
