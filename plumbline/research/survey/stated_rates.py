"""Rates another source states beside those of the levels: do they agree, or is the sign turned?"""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from plumbline.analysis.settlement.benchmark_levels import compare_rates
from plumbline.collector.field.levelling import SurveyStore
from plumbline.collector.field.levelling.cells import date_ns, number
from plumbline.collector.field.levelling.table import CALLED, DELIMITERS, LevelUnit

ALIASES = {
    "point": f"{CALLED['point']}|bmcode|benchmark",
    "year": "date|epoch",
    "rate": "rate_cm_per_yr|rate_mm_per_yr|rate_m_per_yr|rate per year",
}
MILLION_NS = 1_000_000


class StatedRate(NamedTuple):
    """One rate as another source states it.

    Attributes
    ----------
    year
        Epoch the rate ends at, as a year with its part. [yr]
    rate_mm_yr
        Change of height a year. [mm/yr]
    unit_mm
        Unit it is stated in: it agrees within a hundredth of that. [mm]
    """

    year: float
    rate_mm_yr: float
    unit_mm: float


def read_stated_rates(lines: Iterable[str], unit: LevelUnit) -> dict[str, list[StatedRate]]:
    """Return the stated rates of each point of a table: point, year or date, rate.

    Raises
    ------
    ValueError
        Naming what the header lacks, or the first line that is wrong.
    """
    content = [line for line in lines if line.strip() and not line.startswith("#")]
    delimiter = max(DELIMITERS, key=content[0].count) if content else ","
    reader = csv.DictReader(content, delimiter=delimiter)
    heads = [name.strip().lower() for name in reader.fieldnames or ()]
    columns = {}
    for column, aliases in ALIASES.items():
        columns[column] = next((h for h in heads if h in (column, *aliases.split("|"))), None)
        if columns[column] is None:
            raise ValueError(f"the header lacks {column}; needed are point, year, rate")
    for each in LevelUnit:
        if f"_{each.name.lower()}_" in str(columns["rate"]):
            unit = each
    reader.fieldnames = heads
    found: dict[str, list[StatedRate]] = defaultdict(list)
    for at, row in enumerate(reader, start=2):
        point, year, rate = ((row[str(columns[name])] or "").strip() for name in ALIASES)
        if not (point and year and rate):
            continue  # a year the source has no rate for
        try:
            found[point].append(
                StatedRate(_year(year), number("rate", rate) * unit.value, unit.value)
            )
        except ValueError as error:
            raise ValueError(f"line {at}: {error}") from None
    return dict(found)


def rate_comparisons(
    store: SurveyStore, stated: dict[str, list[StatedRate]]
) -> list[dict[str, Any]]:
    """Return for each point stated whether its rates are those of its levels.

    Notes
    -----
    Where the source states whole years, levels count for their calendar year.
    """
    whole = all(rate.year == round(rate.year) for rates in stated.values() for rate in rates)
    reports = []
    for point, rates in stated.items():
        levels = store.levels(point)
        years = [year_of(each.date_ns) for each in levels]
        by_year = {
            (float(int(year)) if whole else round(year, 2)): each.level_mm
            for year, each in zip(years, levels, strict=True)
        }
        report: dict[str, Any] = {"point": point, "verdict": None, "reason": ""}
        if not levels:
            report["reason"] = "no levels of it here"
        else:
            found = compare_rates(
                list(by_year),
                list(by_year.values()),
                [rate.year if whole else round(rate.year, 2) for rate in rates],
                [rate.rate_mm_yr for rate in rates],
                tolerance=0.01 * rates[0].unit_mm,
            )
            report |= {
                "agreeing": found.agreeing,
                "reversed": found.reversed_,
                "disagreeing": found.disagreeing,
            }
            if found.agreeing + found.reversed_ + found.disagreeing:
                report["verdict"] = str(found.verdict)
            else:
                report["reason"] = "no epoch both know"
        reports.append(report)
    return reports


def year_of(time_ns: int) -> float:
    """Return a time as a year with its part. [yr]"""
    when = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=time_ns // MILLION_NS)
    start = dt.datetime(when.year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(when.year + 1, 1, 1, tzinfo=dt.UTC)
    return when.year + (when - start) / (end - start)


def _year(text: str) -> float:
    """Return a year, with a part or a date behind it."""
    try:
        year = float(text.replace(",", "."))
    except ValueError:
        return year_of(date_ns(text))
    if not np.isfinite(year) or not 1000 < year < 3000:
        raise ValueError(f"'{text}' is no year")
    return year - 543 if year > 2400 else year


def comparison_text(reports: list[dict[str, Any]]) -> list[str]:
    """Return the comparisons as lines, the ones to look into last."""
    lines = []
    for one in sorted(reports, key=lambda each: each["verdict"] != "agrees"):
        if one["verdict"] is None:
            lines.append(f"{one['point']}: not compared, {one['reason']}")
            continue
        lines.append(
            f"{one['point']}: {one['verdict']} ({one['agreeing']} epochs agree, "
            f"{one['reversed']} with the sign turned, {one['disagreeing']} differ)"
        )
    return lines
