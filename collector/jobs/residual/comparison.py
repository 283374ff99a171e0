"""Residual movement: one instrument before and after an episode, compared at one horizon."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np

from plumbline.analysis.tilt import differential_settlement_mm, tilt_resultant
from plumbline.analysis.trend.matching import FEWEST
from plumbline.analysis.trend.movement import Movement, MovementVerdict, movement
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.blanking import Blanking, TimeSpan
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.jobs.residual.horizons import Horizon, Spans, covered_ns, spans
from plumbline.collector.jobs.residual.readings import ResidualReadings, readings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Axis, Unit

RAILED_SHARE = 0.5
"""Share of a window's readings at the end of the range with which it is not compared. [1]"""

UNWITNESSED = (
    "too few quiet windows before it: the interval holds the noise of the two windows, "
    "not drift and slow wander"
)

GRAVEST = (
    MovementVerdict.MOVED,
    MovementVerdict.PERHAPS,
    MovementVerdict.UNKNOWN,
    MovementVerdict.NOT_ABOVE,
)
"""Of several verdicts the first of these counts."""


def compare(
    archive: ArchiveReader,
    place: Place,
    horizon: Horizon,
    event: Event,
    around: Sequence[Event],
    blanking: Blanking,
    partners: Mapping[str, Place],
) -> dict[str, Any]:
    """Compare every axis of one instrument, as JSON; units in ``unit`` and in the keys.

    Parameters
    ----------
    event
        The episode, closed.
    around
        Every event of the structure from the first witness to the last window.
    blanking
        Spans around shaking and sway whose readings are left out.
    """
    if event.closed_ns is None:
        raise ValueError(f"{event.id} goes on: nothing is after it yet")
    compared = spans(horizon, event.onset_ns, event.closed_ns)
    blanked = blanking.between(event.structure, *reach_ns(horizon, event))
    own = blanking.of([event])

    def read(span: TimeSpan) -> ResidualReadings:
        return readings(archive, place, span, blanked, partners)

    after = read(compared.after)
    rest = [read(span) for span in compared.at_rest(horizon.witnesses)]
    before = rest[-1]
    axes = []
    for number, axis in enumerate(place.instrument.axes):
        why = _why_not(place, number, compared, before, after, own)
        axes.append(_axis(place, number, axis, rest, after, why))
    between = [
        each.id
        for each in around
        if each.kind is EventKind.SHAKING and event.closed_ns < each.onset_ns < compared.after[1]
    ]
    return {
        "stream": place.stream.key,
        "node": place.node.code,
        "name": place.node.name,
        "horizon": horizon.name,
        "unit": place.instrument.unit.value,
        "verdict": gravest(axis["verdict"] for axis in axes),
        "axes": axes,
        "resultant": _resultant(place, axes),
        "later_episodes": between,
        "before": _window(compared.before, before),
        "after": _window(compared.after, after),
        "whole": before.missing_s == 0 and after.missing_s == 0,
    }


def gravest(verdicts: Any) -> str:
    """Return the verdict that counts of several: moved before anything else."""
    return str(
        min(verdicts, key=[str(each) for each in GRAVEST].index, default=MovementVerdict.UNKNOWN)
    )


def _window(span: TimeSpan, found: ResidualReadings) -> dict[str, Any]:
    return {
        "start_ns": span[0],
        "end_ns": span[1],
        "readings": int(found.time_ns.size),
        "held_s": round(found.blanked_s, 3),
        "missing_s": round(found.missing_s, 3),
    }


def _axis(
    place: Place,
    number: int,
    axis: Axis,
    rest: Sequence[ResidualReadings],
    after: ResidualReadings,
    why: str,
) -> dict[str, Any]:
    report: dict[str, Any] = {"channel": axis.code, "azimuth_deg": axis.azimuth_deg}
    sides = [each.side(number) for each in rest]
    found = movement(
        sides[-1],
        after.side(number),
        pairwise(sides),
        resolution=1.0 / place.instrument.sensitivity,
    )
    if found is None or why:
        return report | {"verdict": str(MovementVerdict.UNKNOWN), "why": why or "too few readings"}
    return report | _movement_report(found, place.instrument.baseline_m)


def _movement_report(found: Movement, baseline_m: float | None) -> dict[str, Any]:
    change_c = None if isnan(found.temp_change_c) else found.temp_change_c
    report: dict[str, Any] = {
        "verdict": str(found.verdict),
        "size": found.size,
        "low": found.low,
        "high": found.high,
        "limit": found.limit,
        "bound": found.bound,
        "by_itself": found.by_itself,
        "witnesses": found.witnesses,
        "witnessed": found.witnessed,
        "median_before": found.before,
        "median_after": found.after,
        "temp_change_c": change_c,
        "matched": found.matched,
        "why": "" if found.witnessed else UNWITNESSED,
    }
    if baseline_m is not None:
        report["settlement_mm"] = {
            name: float(differential_settlement_mm(report[name], baseline_m))
            for name in ("size", "low", "high")
        }
    return report


def _why_not(
    place: Place,
    number: int,
    compared: Spans,
    before: ResidualReadings,
    after: ResidualReadings,
    own: Sequence[TimeSpan],
) -> str:
    """Return what forbids a comparison, "" if nothing does.

    Parameters
    ----------
    own
        Blanked spans of the episode itself.
    """
    instrument = place.instrument
    sides = (("before", compared.before, before), ("after", compared.after, after))
    for name, span, found in sides:
        if found.time_ns.size < FEWEST:
            if found.blanked_s > found.missing_s:
                if covered_ns(span, own):
                    return f"[deformation] hold_{name}_s blanks the window {name} it"
                return f"it shook in the window {name} it too"
            return f"{found.time_ns.size} readings in the window {name} it, {FEWEST} are needed"
        if instrument.full_scale is not None:
            railed = np.abs(found.values[number]) >= 0.999 * instrument.full_scale
            if railed.mean() >= RAILED_SHARE:
                return (
                    f"at the end of its range ({instrument.full_scale:g} {instrument.unit.value}) "
                    f"{name} it; re-level it"
                )
    zeros = [place.zeros(int(at)) for at in (before.time_ns[0], compared.after[0])]
    if zeros[0][number] != zeros[1][number] and not np.isnan(zeros[0][number]):
        return "a new zero was taken between the two windows: the instrument was set anew"
    return ""


def _resultant(place: Place, axes: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """Return size and azimuth of a tilt of two axes; None where it is not known."""
    if place.instrument.unit is not Unit.TILT or len(axes) != 2:
        return None
    x, y = (axis.get("size", nan) for axis in axes)
    if np.isnan([x, y]).any():
        return None
    found = tilt_resultant(
        x, y, azimuth_x_deg=axes[0]["azimuth_deg"], azimuth_y_deg=axes[1]["azimuth_deg"]
    )
    return {"size": float(found.magnitude_urad), "azimuth_deg": float(found.azimuth_deg)}


def reach_ns(horizon: Horizon, event: Event) -> TimeSpan:
    """Return the span a comparison reads, from the first witness to the end. [ns since 1970]"""
    compared = spans(horizon, event.onset_ns, event.closed_ns or event.onset_ns)
    return compared.at_rest(horizon.witnesses)[0][0] - 3_600 * NS, compared.after[1]
