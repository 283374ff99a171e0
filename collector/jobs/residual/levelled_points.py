"""Levelled points before and after a shaking: the surveys count where there are epochs."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from plumbline.analysis.settlement.levelled import FEWEST_LEVELS, levelled_change
from plumbline.analysis.trend.movement import MovementVerdict
from plumbline.collector.events.model import Event
from plumbline.collector.field.levelling.store import PointLevel, SurveyStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Structure
from plumbline.wire.timestamps import iso_date

DAY_NS = 86_400 * NS


def levelled_points(path: Path, structure: Structure, event: Event) -> list[dict[str, Any]]:
    """Return the surveyed change over an episode, a row for each point of the structure.

    Parameters
    ----------
    path
        The survey store of the structure; no rows where it is not there.

    Notes
    -----
    A point without a level after the episode is left out: nobody levelled it yet. Levels of other
    benchmarks than the last one before are left out too. A level dated the day of the shaking,
    without a time, is neither before nor after.
    """
    if not path.is_file():
        return []
    with SurveyStore(path) as store:
        points = [
            _point_report(name, store.levels(name), structure, event) for name in store.points()
        ]
    return [point for point in points if point is not None]


def _point_report(
    name: str, levels: list[PointLevel], structure: Structure, event: Event
) -> dict[str, Any] | None:
    if event.closed_ns is None:
        return None
    day = datetime.fromtimestamp(event.onset_ns / NS, ZoneInfo(structure.timezone)).date()
    known = [each for each in levels if not _dated(each, day.isoformat())]
    past = [each for each in known if each.date_ns < event.onset_ns]
    then = [each for each in known if each.date_ns > event.closed_ns]
    if not past:
        return None
    origin = past[-1].benchmark
    then = [each for each in then if each.benchmark == origin]
    past = [each for each in past if each.benchmark == origin]
    if not then:
        return None
    report: dict[str, Any] = {
        "point": name,
        "unit": "mm",
        "benchmark": origin,
        "before": iso_date(past[-1].date_ns),
        "after": iso_date(then[0].date_ns),
        "difference_mm": past[-1].level_mm - then[0].level_mm,
    }
    found = levelled_change(
        np.array([each.date_ns / DAY_NS for each in past]),
        np.array([past[0].level_mm - each.level_mm for each in past]),
        then[0].date_ns / DAY_NS,
        past[0].level_mm - then[0].level_mm,
    )
    if found is None:
        why = f"{len(past)} levels before it, {FEWEST_LEVELS} are needed for an interval"
        return report | {"verdict": str(MovementVerdict.UNKNOWN), "why": why}
    return report | {
        "verdict": str(found.verdict),
        "size": found.size,
        "low": found.low,
        "high": found.high,
        "limit": found.limit,
        "bound": max(abs(found.low), abs(found.high)),
        "by_itself": found.foretold,
        "levels_before": found.levels,
        "why": "",
    }


def _dated(level: PointLevel, day: str) -> bool:
    return level.date_ns % DAY_NS == 0 and iso_date(level.date_ns) == day
