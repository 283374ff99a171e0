"""Arrival of a record as a plain structure, units in the keys: onset, Pd, tau_c, tau_p."""

from typing import Any

from plumbline.analysis.arrays import Floats
from plumbline.analysis.trigger.arrival import arrival
from plumbline.analysis.trigger.early import (
    DAMAGING,
    DAMAGING_PD_M,
    DAMAGING_TAU_C_S,
    EarlyFigures,
    early_figures,
)

LEAD_S = 60.0
"""Record before the trigger that is taken: the filters have settled by then. [s]"""

TAIL_S = 10.0
"""And after it. [s]"""


def arrival_report(
    axis_ms2: Floats, rate_hz: float, about: int, *, vertical: bool, ground: bool
) -> dict[str, Any] | None:
    """Return the onset near a trigger and the first seconds of P; None where nothing arrives.

    Parameters
    ----------
    axis_ms2
        The vertical axis, else any, offset and all, shape ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    about
        Index of the trigger. [samples]
    vertical
        Whether the axis is vertical: only there the figures of P are taken.
    ground
        Whether the instrument stands on the ground; on a floor the figures are the building's.
    """
    first = max(0, about - round(LEAD_S * rate_hz))
    near = axis_ms2[first : about + round(TAIL_S * rate_hz)]
    found = arrival(near, rate_hz, about - first)
    if found is None:
        return None
    early = early_figures(near, rate_hz, found.sample, found.sigma_s) if vertical else None
    return {
        "at_s": (first + found.sample) / rate_hz,
        "sigma_s": found.sigma_s,
        "weight": found.weight,
        "early": None if early is None else _early(early, ground=ground),
    }


def arrival_text(report: dict[str, Any]) -> str:
    """Return an arrival as one line."""
    line = f"onset at {report['at_s']:.2f} ± {report['sigma_s']:.2f} s (weight {report['weight']})"
    early = report["early"]
    if early is None:
        return line
    if not early["above_noise"]:
        return f"{line}; Pd {100 * early['pd_m']:.3g} cm is no more than its noise"
    low, high = early["pd_range_m"]
    tau_low, tau_high = early["tau_c_range_s"]
    return (
        f"{line}; first {early['window_s']:.1f} s: Pd {100 * early['pd_m']:.3g} "
        f"[{100 * low:.3g}, {100 * high:.3g}] cm, tau_c {early['tau_c_s']:.2f} "
        f"[{tau_low:.2f}, {tau_high:.2f}] s, tau_p {early['tau_p_s']:.2f} s"
        + ("" if early["of_ground"] else "; of a floor, not of the ground")
    )


def _early(found: EarlyFigures, *, ground: bool) -> dict[str, Any]:
    return {
        "pd_m": found.at.pd_m,
        "pd_range_m": list(found.pd_range_m),
        "tau_c_s": found.at.tau_c_s,
        "tau_c_range_s": list(found.tau_c_range_s),
        "tau_p_s": found.at.tau_p_s,
        "tau_p_range_s": list(found.tau_p_range_s),
        "noise_m": found.at.noise_m,
        "window_s": found.at.window_s,
        "above_noise": found.above_noise,
        "of_ground": ground,
        "damaging": {
            "reached": ground and found.above_noise and found.at.damaging,
            "pd_over_m": DAMAGING_PD_M,
            "tau_c_over_s": DAMAGING_TAU_C_S,
            "source": DAMAGING.source,
            "edition": DAMAGING.edition,
            "standing": str(DAMAGING.standing),
        },
    }
