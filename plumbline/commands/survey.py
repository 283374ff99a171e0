"""``plumbline survey``: levelling runs as irregular channels, closure checked."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.field.levelling import LevellingRun, SurveyStore

EPILOG = """\
The table is a CSV with the columns point, date, level, benchmark, surveyor, a line a reading in
the order they were read; length_km or setups where known. Lines that follow one another with the
same date, benchmark and surveyor are one run. A run that reads its benchmark again at the end is
checked: 12 mm per root of a kilometre, 2 mm per root of a setup, or --closure-mm. One that does
not close is refused whole, as is one that reads a point twice and disagrees with itself; one that
was never closed is taken and says so. Importing a table twice changes nothing. A point that jumps,
ends where another begins, or is spelt in two ways is told. Semicolons, tabs, decimal commas, days
first, Thai years and other words for the columns are understood; a unit in the header, as
level [mm], goes before --unit. With --data the collector has the points: "did the quake move it"
and the summaries tell of them.

'distortion' takes the plane of the whole off what each point settled between two surveys, and
prints rotation and angular distortion between neighbours or along each --profile, the damage
category, and the published limits beside them: candidates, each with its source, until an engineer
adopts one. One tiltmeter or two points give none; three points give a plane and no distortion.
'compare' says of each point whether another source's rates agree, or have their sign turned.

Examples:
  plumbline survey import march.csv --store survey.db
  plumbline survey import march.csv --unit mm --closure-mm 1.5 --json
  plumbline survey import march.csv --data /var/lib/plumbline --structure TWR01
  plumbline survey points --store survey.db
  plumbline survey distortion columns.csv --profile A1,A2,A3,A4 --level-sigma-mm 0.3
  plumbline survey compare authority.csv --unit cm
  plumbline survey levels P12 --store survey.db > P12.csv && plumbline trend P12.csv
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands and their arguments."""
    parser.description = "Keep levelling runs: closure checked, benchmarks watched."
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    take = actions.add_parser("import", help="take in a table of runs")
    take.add_argument("file", metavar="FILE", type=Path, help="CSV, see 'plumbline survey --help'")
    take.add_argument("--unit", choices=("m", "cm", "mm"), default="m", help="of level, default m")
    take.add_argument("--closure-mm", type=float, metavar="MM", help="closure error allowed")
    points = actions.add_parser("points", help="every point: settlement, rate; every benchmark")
    levels = actions.add_parser("levels", help="one point's levels, as CSV")
    levels.add_argument("point", metavar="POINT", help="its name")
    distortion = actions.add_parser(
        "distortion", help="plane, angular distortion and damage of a table of positions"
    )
    distortion.add_argument("file", metavar="POSITIONS", type=Path, help="CSV: point, x, y [m]")
    distortion.add_argument("--since", metavar="DATE", help="survey counted from; the first")
    distortion.add_argument("--until", metavar="DATE", help="survey counted to; the last")
    distortion.add_argument(
        "--profile", action="append", default=[], metavar="A,B,C", help="points along a line"
    )
    distortion.add_argument(
        "--robust", action="store_true", help="let one disturbed point not tilt the plane"
    )
    distortion.add_argument(
        "--level-sigma-mm", type=float, metavar="MM", help="standard deviation of one level"
    )
    distortion.add_argument(
        "--horizontal-strain", type=float, default=0.0, metavar="E", help="tensile, as 0.001"
    )
    distortion.add_argument("--crack-mm", type=float, metavar="MM", help="widest crack seen")
    compare = actions.add_parser("compare", help="rates another source states, beside the levels")
    compare.add_argument("file", metavar="RATES", type=Path, help="CSV: point, year, rate")
    compare.add_argument(
        "--unit", choices=("m", "cm", "mm"), default="mm", help="of the rates, a year; default mm"
    )
    for each in (take, points, levels, distortion, compare):
        each.add_argument("--store", type=Path, help="default survey.db")
        each.add_argument(
            "--data", type=Path, metavar="DATA", help="else a collector's data folder"
        )
        each.add_argument("--structure", metavar="CODE", help="whose store in DATA")
    for each in (take, points, distortion, compare):
        each.add_argument("--json", action="store_true", help="print everything")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 when a run was refused."""
    from plumbline.collector.field.levelling import SurveyStore

    args.store = _path(args)
    if args.action != "import" and not args.store.exists():
        raise CommandError(f"{args.store}: not there; import a table first, or name --store")
    if args.action == "import":
        runs = _runs(args)
        with SurveyStore(args.store) as store:
            return _import(args, runs, store)
    actions = {"points": _points, "levels": _levels, "distortion": _distortion, "compare": _compare}
    with SurveyStore(args.store) as store:
        return actions[args.action](args, store)


def _path(args: argparse.Namespace) -> Path:
    """Return the store's file: named, or that of a structure in a collector's data."""
    from plumbline.collector.field.levelling.store import survey_path

    if args.data is None:
        store: Path = args.store or Path("survey.db")
        return store
    if args.store is not None:
        raise CommandError("--store and --data name two places; give one")
    if not (args.data / "state").is_dir():
        raise CommandError(f"{args.data}: no collector's data folder")
    if args.structure is None:
        raise CommandError("--data holds a store a structure; say whose with --structure CODE")
    return survey_path(args.data / "surveys", args.structure)


def _runs(args: argparse.Namespace) -> "list[LevellingRun]":
    from plumbline.collector.field.levelling import SurveyError, read_runs
    from plumbline.collector.field.levelling.table import LevelUnit

    try:
        return read_runs(_lines(args.file), LevelUnit[args.unit.upper()])
    except SurveyError as error:
        raise CommandError(f"{args.file}: {error}") from error


def _import(args: argparse.Namespace, runs: "list[LevellingRun]", store: "SurveyStore") -> int:
    from plumbline.collector.field.levelling import SurveyOutcome
    from plumbline.research.survey.checks import checks_report, checks_text
    from plumbline.research.survey.points import day_text

    refused = 0
    reports: list[dict[str, Any]] = []
    for each in runs:
        outcome = store.add(each, imported_ns=time.time_ns(), allowed_mm=args.closure_mm)
        refused += outcome in (
            SurveyOutcome.NOT_CLOSED,
            SurveyOutcome.CONFLICT,
            SurveyOutcome.DISAGREES,
        )
        closed = each.closure(args.closure_mm)
        apart = each.disagreement(args.closure_mm)
        reports.append(
            {
                "date": day_text(each.date_ns),
                "benchmark": each.benchmark,
                "surveyor": each.surveyor,
                "points": len({level.point for level in each.points}),
                "closure_mm": None if closed is None else round(closed.error_mm, 3),
                "allowed_mm": None if closed is None else round(closed.allowed_mm, 3),
                "disagrees": None if apart is None else apart[0],
                "disagrees_mm": None if apart is None else apart[1],
                "outcome": outcome.value,
            }
        )
    checks = checks_report(store)
    if args.json:
        print(json.dumps({"runs": reports, **checks}, indent=2))
        return 1 if refused else 0
    for row in reports:
        closure = "open run"
        if row["closure_mm"] is not None:
            closure = f"closure {row['closure_mm']:+.2f} mm of {row['allowed_mm']:.2f} allowed"
        torn = row["disagrees_mm"]
        twice = "" if torn is None else f" ({row['disagrees']} by {torn:.2f} mm)"
        print(
            f"{row['date']}  from {row['benchmark']} by {row['surveyor']}: "
            f"{row['points']} points, {closure}: {row['outcome']}{twice}"
        )
    print("\n".join(checks_text(checks)))
    return 1 if refused else 0


def _points(args: argparse.Namespace, store: "SurveyStore") -> int:
    from plumbline.research.survey.checks import checks_report, checks_text
    from plumbline.research.survey.points import point_report, point_text

    reports = [point_report(store, name) for name in store.points() if store.levels(name)]
    checks = checks_report(store)
    if args.json:
        print(json.dumps({"points": reports, **checks}, indent=2))
        return 0
    for row in reports:
        print("\n".join(point_text(row)))
    print("\n".join(checks_text(checks)))
    return 0


def _levels(args: argparse.Namespace, store: "SurveyStore") -> int:
    from plumbline.research.survey.points import day_text, settlements_mm

    levels = store.levels(args.point)
    if not levels:
        raise CommandError(f"no point '{args.point}'; there are {', '.join(store.points())}")
    print("date,settlement [mm],level [mm],benchmark,surveyor")
    for each, settled in zip(levels, settlements_mm(levels), strict=True):
        print(
            f"{day_text(each.date_ns)},{settled:.3f},{each.level_mm:.3f},"
            f"{each.benchmark},{each.surveyor}"
        )
    return 0


def _distortion(args: argparse.Namespace, store: "SurveyStore") -> int:
    from plumbline.analysis.tilt import PlaneFit
    from plumbline.collector.field.levelling.cells import date_ns
    from plumbline.research.survey.positions import read_positions
    from plumbline.research.survey.report import DistortionQuestion, distortion_report
    from plumbline.research.survey.text import distortion_text

    try:
        question = DistortionQuestion(
            since_ns=None if args.since is None else date_ns(args.since),
            until_ns=None if args.until is None else date_ns(args.until),
            fit=PlaneFit.HUBER if args.robust else PlaneFit.LEAST_SQUARES,
            profiles=tuple(tuple(map(str.strip, line.split(","))) for line in args.profile),
            level_sigma_mm=args.level_sigma_mm,
            horizontal_strain=args.horizontal_strain,
            crack_mm=args.crack_mm,
        )
        report = distortion_report(store, read_positions(_lines(args.file)), question)
    except ValueError as error:
        raise CommandError(f"{args.file}: {error}") from error
    print(json.dumps(report, indent=2) if args.json else "\n".join(distortion_text(report)))
    return 0


def _compare(args: argparse.Namespace, store: "SurveyStore") -> int:
    from plumbline.collector.field.levelling.table import LevelUnit
    from plumbline.research.survey.stated_rates import (
        comparison_text,
        rate_comparisons,
        read_stated_rates,
    )

    unit = LevelUnit[args.unit.upper()]
    try:
        reports = rate_comparisons(store, read_stated_rates(_lines(args.file), unit))
    except ValueError as error:
        raise CommandError(f"{args.file}: {error}") from error
    if args.json:
        print(json.dumps({"points": reports}, indent=2))
    else:
        print("\n".join(comparison_text(reports)))
    return 0


def _lines(path: Path) -> list[str]:
    from plumbline.records.tables.text import text_of
    from plumbline.research.trend import TableError

    try:
        return text_of(path).splitlines()
    except TableError as error:
        raise CommandError(str(error)) from error
