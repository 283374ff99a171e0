"""Strong-motion measures of one node in one episode, by the rules of ``plumbline measure``."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion import measures_report as reports
from plumbline.analysis.ground_motion.baseline import MARGIN_S, SHORTEST_S
from plumbline.analysis.ground_motion.measures import measures
from plumbline.analysis.ground_motion.measures_report import KnownPeriod
from plumbline.analysis.trigger.arrival_report import arrival_report
from plumbline.collector.jobs.strong_motion.record_window import RecordWindow
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Axis, Node, Role

FLOOR_PERIODS_S = (
    *(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0),
    *(2.4, 3.0, 3.6, 4.0, 5.0, 6.0, 7.0, 7.8, 10.0),
)
"""Periods of the floor spectra: equipment below 0.5 s, tall buildings to 10 s. [s]"""

SPECTRA = ("psa_ms2", "sva_ms")
END_S = 5.0
RIGHT_ANGLE_WITHIN_DEG = 5.0
LEVEL_WITHIN_DEG = 45.0
"""An axis that dips less than this is horizontal. [degrees]"""


def node_measures(
    cut: RecordWindow,
    node: Node,
    axes: Sequence[Axis],
    onset_ns: int,
    own_period: KnownPeriod | None,
) -> dict[str, Any]:
    """Measure one node.

    Parameters
    ----------
    cut
        Its samples.
    axes
        Its axes in the order of the rows.
    onset_ns
        Onset of the episode: the run before it is the pre-event stretch. [ns since 1970]
    own_period
        The building's own period, as far as known.

    Returns
    -------
    dict
        Units in the keys; ``axes`` in the order of the rows. The JMA intensity is by the FFT
        definition on the run as it stands, which reads low while it still shakes at its end.
    """
    onset_s = (onset_ns - cut.start_ns) / NS
    arrived = _arrival(cut, node, axes, round(onset_s * cut.rate_hz))
    if arrived is not None:
        onset_s = min(onset_s, arrived["at_s"])
    pre_event_s = onset_s - MARGIN_S
    known_quiet = SHORTEST_S <= pre_event_s <= cut.duration_s
    measured = measures(
        cut.accel_ms2,
        cut.rate_hz,
        periods_s=FLOOR_PERIODS_S,
        horizontal=horizontal(axes),
        pre_event_s=pre_event_s if known_quiet else None,
    )
    level = [i for i, axis in enumerate(axes) if is_level(axis)]
    return {
        "node": node.code,
        "name": node.name,
        "role": str(node.role),
        "level": node.level,
        "rate_hz": cut.rate_hz,
        "window": window(cut) | {"end_share": end_share(measured.accel_ms2, cut.rate_hz)},
        "arrival": arrived,
        **reports.measures_report(measured, level_axes=level, own_period=own_period),
        "axes": [
            {
                "channel": axis.code,
                "azimuth_deg": axis.azimuth_deg,
                "vertical": not is_level(axis),
                **reports.axis(measured, i, SPECTRA),
            }
            for i, axis in enumerate(axes)
        ],
    }


def _arrival(
    cut: RecordWindow, node: Node, axes: Sequence[Axis], about: int
) -> dict[str, Any] | None:
    """Return the node's own onset and the first seconds of P, by its vertical axis if it has one.

    The episode's onset is that of its first trigger; the node's may be earlier, and the
    pre-event mean must end before it.
    """
    if not 0 < about < cut.accel_ms2.shape[-1]:
        return None
    vertical = next((i for i, axis in enumerate(axes) if not is_level(axis)), None)
    row = vertical
    if row is None:
        row = int(np.abs(cut.accel_ms2 - cut.accel_ms2[:, :1]).max(axis=1).argmax())
    found = arrival_report(
        cut.accel_ms2[row],
        cut.rate_hz,
        about,
        vertical=vertical is not None,
        ground=node.role in (Role.GROUND, Role.FREE_FIELD),
    )
    if found is None:
        return None
    return {
        "onset_ns": cut.start_ns + round(found["at_s"] * NS),
        "channel": axes[row].code,
        **found,
    }


def window(cut: RecordWindow) -> dict[str, Any]:
    """Return what was measured and what is missing; nanoseconds are whole numbers."""
    return {
        "asked_start_ns": cut.requested_ns[0],
        "asked_end_ns": cut.requested_ns[1],
        "start_ns": cut.start_ns,
        "duration_s": cut.duration_s,
        "completeness": cut.completeness,
        "gaps": cut.runs - 1,
        "missing_s": cut.missing_s,
        "rule": "longest gap-free run",
    }


def end_share(accel_ms2: Floats, rate_hz: float) -> float:
    """Return the largest motion of the last 5 s over the largest of all. [1]

    Near 1 the run ends in the middle of the shaking: it still goes on, or a roof rings on after
    the ground is quiet. Velocity, displacement and JMA intensity near that end are then rough.
    """
    length = np.sqrt((accel_ms2**2).sum(axis=0))
    largest = float(length.max())
    return float(length[-round(END_S * rate_hz) :].max()) / largest if largest > 0 else 0.0


def is_level(axis: Axis) -> bool:
    """Return whether an axis is horizontal."""
    return abs(axis.dip_deg) < LEVEL_WITHIN_DEG


def horizontal(axes: Sequence[Axis]) -> tuple[int, int] | None:
    """Return which two axes are horizontal and at a right angle, None if no two are."""
    level = [i for i, axis in enumerate(axes) if is_level(axis)]
    for i, j in combinations(level, 2):
        between = abs(axes[i].azimuth_deg - axes[j].azimuth_deg) % 180
        if abs(between - 90) <= RIGHT_ANGLE_WITHIN_DEG:
            return i, j
    return None
