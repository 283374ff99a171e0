"""``plumbline survey``: levelling runs as irregular channels, closure checked."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.errors import CommandError
from plumbline.wire.block import NS

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

Examples:
  plumbline survey import march.csv --store survey.db
  plumbline survey import march.csv --unit mm --closure-mm 1.5 --json
  plumbline survey import march.csv --data /var/lib/plumbline --structure TWR01
  plumbline survey points --store survey.db
  plumbline survey levels P12 --store survey.db > P12.csv && plumbline trend P12.csv
"""

DAY_NS = 86_400 * NS


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
    for each in (take, points, levels):
        each.add_argument("--store", type=Path, help="default survey.db")
        each.add_argument(
            "--data", type=Path, metavar="DATA", help="else a collector's data folder"
        )
        each.add_argument("--structure", metavar="CODE", help="whose store in DATA")
    for each in (take, points):
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
    with SurveyStore(args.store) as store:
        return _points(args, store) if args.action == "points" else _levels(args, store)


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
    from plumbline.records.tables.text import text_of
    from plumbline.research.trend import TableError

    try:
        return read_runs(text_of(args.file).splitlines(), LevelUnit[args.unit.upper()])
    except TableError as error:
        raise CommandError(str(error)) from error
    except SurveyError as error:
        raise CommandError(f"{args.file}: {error}") from error


def _import(args: argparse.Namespace, runs: "list[LevellingRun]", store: "SurveyStore") -> int:
    from plumbline.collector.field.levelling import SurveyOutcome

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
                "date": _day(each.date_ns),
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
    benchmarks = _benchmarks(store)
    if args.json:
        print(
            json.dumps(
                {"runs": reports, "benchmarks": benchmarks, "doubts": _doubts(store)}, indent=2
            )
        )
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
    _print_benchmarks(benchmarks)
    _print_doubts(store)
    return 1 if refused else 0


def _points(args: argparse.Namespace, store: "SurveyStore") -> int:
    reports = [_point(store, name) for name in store.points() if store.levels(name)]
    benchmarks = _benchmarks(store)
    if args.json:
        print(
            json.dumps(
                {"points": reports, "benchmarks": benchmarks, "doubts": _doubts(store)}, indent=2
            )
        )
        return 0
    for row in reports:
        rate = "rate needs five levels"
        if row["rate_mm_yr"] is not None:
            low, high = row["low_mm_yr"], row["high_mm_yr"]
            rate = f"{row['rate_mm_yr']:+.2f} mm/yr [{low:+.2f}, {high:+.2f}]"
        print(
            f"{row['point']}: {row['levels']} levels to {row['last']}, "
            f"settled {row['settlement_mm']:+.2f} mm, {rate}, from {', '.join(row['benchmarks'])}"
        )
    _print_benchmarks(benchmarks)
    _print_doubts(store)
    return 0


def _levels(args: argparse.Namespace, store: "SurveyStore") -> int:
    levels = store.levels(args.point)
    if not levels:
        raise CommandError(f"no point '{args.point}'; there are {', '.join(store.points())}")
    print("date,settlement [mm],level [mm],benchmark,surveyor")
    for each in levels:
        settled = levels[0].level_mm - each.level_mm
        print(
            f"{_day(each.date_ns)},{settled:.3f},{each.level_mm:.3f},{each.benchmark},{each.surveyor}"
        )
    return 0


def _point(store: "SurveyStore", name: str) -> dict[str, Any]:
    """Return a point's settlement, positive down, and its robust rate."""
    import numpy as np

    from plumbline.analysis.settlement.stability import DAYS_A_YEAR
    from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, theil_sen

    levels = store.levels(name)
    time_d = np.array([each.date_ns / DAY_NS for each in levels])
    settled = levels[0].level_mm - np.array([each.level_mm for each in levels])
    line = None
    if len(levels) >= FEWEST_POINTS and np.ptp(time_d) > 0:
        line = theil_sen(time_d, settled)
    return {
        "point": name,
        "levels": len(levels),
        "first": _day(levels[0].date_ns),
        "last": _day(levels[-1].date_ns),
        "settlement_mm": float(settled[-1]),
        "rate_mm_yr": None if line is None else line.rate * DAYS_A_YEAR,
        "low_mm_yr": None if line is None else line.low * DAYS_A_YEAR,
        "high_mm_yr": None if line is None else line.high * DAYS_A_YEAR,
        "benchmarks": sorted({each.benchmark for each in levels}),
    }


def _benchmarks(store: "SurveyStore") -> list[dict[str, Any]]:
    import math

    from plumbline.collector.field.levelling import benchmark_reports

    return [
        {
            "benchmark": each.benchmark,
            "seen_from": each.seen_from or None,
            "verdict": each.stability.verdict.value,
            "rate_mm_yr": None
            if math.isnan(each.stability.rate_mm_a_year)
            else each.stability.rate_mm_a_year,
            "checks": each.stability.n,
            "reason": each.stability.reason,
        }
        for each in benchmark_reports(store)
    ]


def _doubts(store: "SurveyStore") -> list[dict[str, str]]:
    from plumbline.collector.field.levelling import doubts

    return [
        {"point": each.point, "kind": each.kind.value, "reason": each.reason}
        for each in doubts(store)
    ]


def _print_doubts(store: "SurveyStore") -> None:
    for each in _doubts(store):
        print(f"look at {each['point']}: {each['reason']}")


def _print_benchmarks(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        seen = (
            f"seen from {row['seen_from']}" if row["seen_from"] else "never levelled from another"
        )
        rate = "" if row["rate_mm_yr"] is None else f", {row['rate_mm_yr']:+.2f} mm/yr"
        print(f"benchmark {row['benchmark']}, {seen}: {row['verdict']}{rate} ({row['reason']})")


def _day(date_ns: int) -> str:
    from datetime import UTC, datetime

    when = datetime.fromtimestamp(date_ns / 1e9, tz=UTC)
    return when.isoformat(timespec="seconds") if date_ns % DAY_NS else when.date().isoformat()
