"""Report of one levelled point: settlement, robust rate, changes too large to be the ground."""

import datetime as dt
from typing import Any

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.settlement.benchmark_levels import (
    epoch_rates,
    placeholders,
    suspect_changes,
)
from plumbline.analysis.settlement.differential import settlement_from_levels
from plumbline.analysis.settlement.stability import DAYS_A_YEAR
from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, theil_sen
from plumbline.collector.field.levelling import SurveyStore
from plumbline.collector.field.levelling.store import PointLevel
from plumbline.wire.block import NS

DAY_NS = 86_400 * NS

LEVEL_SIGMA_MM = 0.3
"""Spread of changes below this is luck: what precise levelling repeats to. [mm]"""


def day_text(date_ns: int) -> str:
    """Return the day of a survey, with its time where it has one."""
    when = dt.datetime.fromtimestamp(date_ns / NS, tz=dt.UTC)
    return when.isoformat(timespec="seconds") if date_ns % DAY_NS else when.date().isoformat()


def settlements_mm(levels: list[PointLevel]) -> Floats:
    """Return the settlement of each level since the first, positive down. [mm]"""
    heights = np.array([each.level_mm for each in levels])
    return settlement_from_levels(heights, float(heights[0]))


def point_report(store: SurveyStore, name: str) -> dict[str, Any]:
    """Return a point's settlement, positive down, its robust rate, and what is suspect in it."""
    levels = store.levels(name)
    time_d = np.array([each.date_ns / DAY_NS for each in levels])
    settled = settlements_mm(levels)
    line = None
    if len(levels) >= FEWEST_POINTS and np.ptp(time_d) > 0:
        line = theil_sen(time_d, settled)
    return {
        "point": name,
        "levels": len(levels),
        "first": day_text(levels[0].date_ns),
        "last": day_text(levels[-1].date_ns),
        "settlement_mm": float(settled[-1]),
        "rate_mm_yr": None if line is None else line.rate * DAYS_A_YEAR,
        "low_mm_yr": None if line is None else line.low * DAYS_A_YEAR,
        "high_mm_yr": None if line is None else line.high * DAYS_A_YEAR,
        "benchmarks": sorted({each.benchmark for each in levels}),
        "suspect_changes": _suspect(time_d, levels),
    }


def _suspect(time_d: Floats, levels: list[PointLevel]) -> list[dict[str, Any]]:
    """Return changes of a level unlike the point's others: a benchmark set anew, a slip."""
    heights = np.array([each.level_mm for each in levels])
    # Cumulative changes write 0.00 for "not measured"; a height is never 0 by itself.
    heights = np.where(placeholders(heights), np.nan, heights)
    measured = [each for each, height in zip(levels, heights, strict=True) if np.isfinite(height)]
    changes = epoch_rates(time_d / DAYS_A_YEAR, heights).change
    flags = suspect_changes(time_d / DAYS_A_YEAR, heights, least_sigma=LEVEL_SIGMA_MM)
    return [
        {
            "from": day_text(before.date_ns),
            "to": day_text(after.date_ns),
            "change_mm": float(change),
        }
        for before, after, change, flag in zip(measured, measured[1:], changes, flags, strict=False)
        if flag
    ]


def point_text(row: dict[str, Any]) -> list[str]:
    """Return a point's report as lines."""
    rate = "rate needs five levels"
    if row["rate_mm_yr"] is not None:
        low, high = row["low_mm_yr"], row["high_mm_yr"]
        rate = f"{row['rate_mm_yr']:+.2f} mm/yr [{low:+.2f}, {high:+.2f}]"
    lines = [
        f"{row['point']}: {row['levels']} levels to {row['last']}, "
        f"settled {row['settlement_mm']:+.2f} mm, {rate}, from {', '.join(row['benchmarks'])}"
    ]
    lines += [
        f"  suspect: its level changed by {one['change_mm']:+.2f} mm from {one['from']} to "
        f"{one['to']}, unlike its other changes: set anew, or misread?"
        for one in row["suspect_changes"]
    ]
    return lines
