"""Acts as arrays and ramps: what each does to the ground and to the tilt."""

from pathlib import Path

import numpy as np

from plumbline.simulator import ground
from plumbline.simulator.acts import Act, FarQuake, Piling, Quake, Settlement, TiltRamp
from plumbline.simulator.arrays import Floats
from plumbline.simulator.histories import Ramp, tilt_rad

SITE_RATE_HZ = 500
"""Nothing of interest moves faster than 80 Hz; the fastest instrument samples at this rate."""


def motion(act: Act) -> Floats:
    """Return the ground motion of an act, empty when the ground does not move."""
    match act:
        case Piling():
            return ground.piling(
                seconds=act.seconds, peak_gal=act.peak_gal, blows_per_s=act.blows_per_s,
                rate_hz=SITE_RATE_HZ, seed=act.seed,
            )  # fmt: skip
        case FarQuake():
            return ground.far_earthquake(
                seconds=act.seconds, peak_gal=act.peak_gal, rise_s=act.rise_s,
                rate_hz=SITE_RATE_HZ, seed=act.seed,
            )  # fmt: skip
        case Quake():
            return act.scale * _record(act.record)[:, : round(act.seconds * SITE_RATE_HZ)]
    return np.empty((3, 0))


def _record(path: Path) -> Floats:
    with np.load(path) as held:
        return ground.recorded(
            held["accel_ms2"].astype(np.float64),
            record_rate_hz=float(held["rate_hz"]),
            rate_hz=SITE_RATE_HZ,
        )


def ramps(act: Act) -> list[tuple[tuple[int, ...], int, Ramp]]:
    """Return the slow changes of an act: levels (none: all), row of the tilt, ramp [rad]."""
    match act:
        case TiltRamp():
            return [
                (act.levels, row, Ramp(start_s=act.start_s, seconds=act.seconds, total=urad * 1e-6))
                for row, urad in enumerate(act.total_urad)
            ]
        case Settlement():
            total = tilt_rad(act.settlement_mm, act.length_m)
            ramp = Ramp(start_s=act.start_s, seconds=act.seconds, total=total)
            return [((), ("east", "north").index(act.toward), ramp)]
    return []


def lay(base: Floats, start: int, at: int, clip: Floats) -> None:
    """Add what a clip beginning at index ``at`` has in the frame beginning at ``start``."""
    first, last = max(start, at), min(start + base.shape[1], at + clip.shape[1])
    if first < last:
        base[:, first - start : last - start] += clip[:, first - at : last - at]
