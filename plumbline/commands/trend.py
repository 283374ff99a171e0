"""``plumbline trend``: what a slow series does, with its interval."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.commands.pictures import picture
from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.analysis.trend.assessment import Assessment, Question
    from plumbline.research.trend import TimeSeriesTable
    from plumbline.research.trend.settlement import LoadQuestion, SettlementOutlook

MOST_CHANNELS = 24
"""More are not assessed unasked: nobody reads that. Ask for some by name."""

TIME_UNITS = ("epoch", "ns", "us", "ms", "s", "min", "h", "d", "yr", "serial", "mjd")

EPILOG = """\
FILE is a CSV with a header and a time column (ISO times, dates, epochs, years, a spreadsheet's
days), alone or in a zip, or the reading lines of a Leica Nivel. Of plain numbers the heading says
the unit (time_d, hours, Time [min]), of a clock the zone (UTC+7); --time-unit goes before it. A
column called T, AirTemp or temperature is taken for the temperature. Decimal commas, semicolons,
tabs, a logger's lines above the header, a date and a clock in two columns, Thai years, a column
naming the point of each line, and one row a point under its epochs are understood; what was taken
otherwise than written, or could not be read, is told first.

The trend is Theil-Sen on daily medians (sixty blocks of a record shorter than ten days), its
interval and Mann-Kendall's test widened for the autocorrelation that is left. A step is a change
of level that lasts; what returns within --hold is a transient. The detection limit printed is
five times the jump found where nothing happens in the same record. The rate watch looks once a
day and alarms so seldom that --channels of them together keep --false-alarms. A failure window
is given only to what accelerates as Voight's law does; never a single time.

A column whose heading says settlement and a length (settlement [mm]), or that --settlement names,
gets the settlement still to come: the exponential approach of consolidation with its interval,
Asaoka's line and the hyperbola beside it. It holds while the load stays; say with --load when it
changed. Refused, with the reason, where half of it is not reached or the record contradicts it.

Examples:
  plumbline trend tilt.csv
  plumbline trend tilt.csv --columns tilt_x --event 2025-03-28T06:20:00Z --plot tilt.png
  plumbline trend nivel.log --json > drift.json
  plumbline trend load_test.csv.zip --hold 30
  plumbline trend P12.csv --load 2025-03-01 --load 2025-06-15 --drainage 6
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.description = (
        "Say what a slow series does: trend with interval, steps and transients, temperature, "
        "a change of rate, a failure window."
    )
    parser.epilog = EPILOG
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV, a zip of one, or Nivel lines")
    parser.add_argument("--columns", metavar="A,B", help="only these columns")
    parser.add_argument("--time", metavar="COLUMN", help="the time column")
    parser.add_argument("--time-unit", choices=TIME_UNITS, help="what plain numbers in it mean")
    parser.add_argument("--temperature", metavar="COLUMN", help="the temperature column, or 'none'")
    parser.add_argument(
        "--out-of-range",
        type=float,
        metavar="VALUE",
        help="readings of this size are no readings (a Nivel's 9.999 is known)",
    )
    parser.add_argument(
        "--hold", type=_positive, metavar="S", help="what returns sooner is a transient [s]"
    )
    parser.add_argument(
        "--event", action="append", default=[], metavar="TIME", help="offset before and after it"
    )
    parser.add_argument(
        "--commissioning",
        metavar="FROM..TO",
        help="quiet window the temperature model is fitted on; the first third, at most 60 days",
    )
    parser.add_argument(
        "--confidence", type=_fraction, default=0.95, help="of the trend's interval, default 0.95"
    )
    parser.add_argument(
        "--channels", type=_positive, default=1, help="channels watched together, default 1"
    )
    parser.add_argument(
        "--false-alarms", type=_positive, default=1.0, metavar="N", help="a year, default 1"
    )
    parser.add_argument(
        "--tolerated",
        type=float,
        default=0.0,
        metavar="RATE",
        help="change of rate that is nobody's business [unit/d]",
    )
    parser.add_argument(
        "--settlement", metavar="A,B", help="columns of settlement or level; 'none' for no column"
    )
    parser.add_argument(
        "--load", action="append", default=[], metavar="TIME", help="the load changed then"
    )
    parser.add_argument(
        "--drainage", type=_positive, metavar="M", help="longest drainage path, for c_v [m]"
    )
    parser.add_argument("--json", action="store_true", help="print everything, units in the keys")
    parser.add_argument("--plot", type=picture, metavar="PNG", help="draw it, a panel a channel")


def run(args: argparse.Namespace) -> int:
    """Assess the file and print what was found."""
    from plumbline.records.tables.time_numbers import TimeUnit
    from plumbline.research.trend import TableError, read_time_series
    from plumbline.research.trend.report import channel_report, table_report
    from plumbline.research.trend.settlement import outlook_report, outlook_text
    from plumbline.research.trend.words import channel_words, table_words

    try:
        table = read_time_series(
            args.file,
            time=args.time,
            time_unit=None if args.time_unit is None else TimeUnit(args.time_unit),
            temperature=None if args.temperature == "none" else args.temperature,
            out_of_range=args.out_of_range,
        )
        question = _question(args, table)
        loads = _loads(args, table)
    except TableError as error:
        raise CommandError(str(error)) from error
    found, refused = _assessed(args, table, question)
    outlooks = _outlooks(args, table, loads, list(found))
    read = table_report(table, str(args.file))
    read["notes"] += [f"not assessed: {why}" for why in refused]
    reports = [
        channel_report(table, name, each)
        | {"settlement": outlook_report(table, outlooks[name], loads) if name in outlooks else None}
        for name, each in found.items()
    ]
    if args.json:
        print(json.dumps({**read, "channels": reports}, indent=2, ensure_ascii=False))
    else:
        lines = table_words(read)
        for each in reports:
            lines += ["", *channel_words(each, read["span_s"])]
            if each["settlement"] is not None:
                lines += outlook_text(each["settlement"])
        print("\n".join(lines))
    if args.plot is not None:
        _draw(args.plot, table, found, outlooks)
    return 0


def _assessed(
    args: argparse.Namespace, table: "TimeSeriesTable", question: "Question"
) -> tuple[dict[str, "Assessment"], list[str]]:
    """Assess each wanted column; return with them why others cannot be."""
    from plumbline.analysis.trend.assessment import Assessment, assess

    names = [name for name in table.columns if name != table.temperature]
    if args.columns:
        names = [name.strip() for name in args.columns.split(",")]
        for name in names:
            if name not in table.columns:
                raise CommandError(f"no column '{name}'; it has {', '.join(table.columns)}")
    if len(names) > MOST_CHANNELS and not args.columns:
        shown = ", ".join(names[:8])
        raise CommandError(f"{len(names)} channels; choose some with --columns 'A,B': {shown}, ...")
    use = table.temperature if args.temperature != "none" else None
    found: dict[str, Assessment] = {}
    refused = []
    for name in names:
        temp = table.columns[use] if use is not None and use != name else None
        try:
            found[name] = assess(table.time_s, table.columns[name], temp, question)
        except ValueError as error:
            refused.append(f"{name}: {error}")
    if not found:
        why = "; ".join(refused) or "no column of readings beside time and temperature"
        raise CommandError(f"{args.file}: {why}")
    return found, refused


def _question(args: argparse.Namespace, table: "TimeSeriesTable") -> "Question":
    from plumbline.analysis.trend.assessment import Question

    commissioning = None
    if args.commissioning:
        start, separator, end = args.commissioning.partition("..")
        if not separator:
            raise CommandError(f"--commissioning '{args.commissioning}': write FROM..TO")
        commissioning = (_moment(start, table), _moment(end, table))
    return Question(
        hold_s=args.hold,
        confidence=args.confidence,
        events_s=tuple(_moment(each, table) for each in args.event),
        commissioning_s=commissioning,
        false_alarms_a_year=args.false_alarms,
        channels=int(args.channels),
        tolerated_per_d=args.tolerated,
    )


def _moment(word: str, table: "TimeSeriesTable") -> float:
    """Return a time the user typed in the table's own seconds."""
    from plumbline.records.tables.time_numbers import TimeUnit
    from plumbline.records.tables.times import times_of

    at, utc, _ = times_of([word], None if table.utc else TimeUnit.SECONDS)
    if utc != table.utc:
        kind = "dates" if table.utc else "seconds of its own"
        raise CommandError(f"'{word}': the file's times are {kind}; write the event so too")
    return float(at[0])


def _loads(args: argparse.Namespace, table: "TimeSeriesTable") -> "LoadQuestion":
    from plumbline.research.trend.settlement import LoadQuestion

    loads_s = tuple(_moment(each, table) for each in args.load)
    return LoadQuestion(loads_s=loads_s, drainage_m=args.drainage)


def _outlooks(
    args: argparse.Namespace, table: "TimeSeriesTable", loads: "LoadQuestion", names: list[str]
) -> "dict[str, SettlementOutlook]":
    """Return what settlement is still to come in each column of settlement that was assessed."""
    from plumbline.research.trend.settlement import settlement_columns, settlement_outlook

    if args.settlement == "none":
        return {}
    try:
        columns = settlement_columns(table, args.settlement)
    except ValueError as error:
        raise CommandError(f"--settlement: {error}") from error
    return {name: settlement_outlook(table, name, loads) for name in columns if name in names}


def _draw(
    path: Path,
    table: "TimeSeriesTable",
    found: dict[str, Any],
    outlooks: "dict[str, SettlementOutlook]",
) -> None:
    from plumbline.plots.trend import draw

    try:
        draw(table, found, path, outlooks)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}; choose another file") from error


def _positive(word: str) -> float:
    value = float(word)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{word}: must be > 0")
    return value


def _fraction(word: str) -> float:
    value = float(word)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{word}: must lie between 0 and 1")
    return value
