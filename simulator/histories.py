"""Slow histories: a value that is piecewise linear in time, and the tilt a settlement makes."""

from dataclasses import dataclass

import numpy as np

from plumbline.simulator.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """Ramp from 0 to ``total`` between two times, constant from then on.

    Attributes
    ----------
    start_s, seconds
        When it begins and how long it takes, from the start of the site's time. [s]
    total
        The change, in the caller's unit.
    """

    start_s: float
    seconds: float
    total: float

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"a ramp takes time: seconds must be > 0, not {self.seconds}")

    def at(self, t_s: Floats) -> Floats:
        """Return the value at each time."""
        return np.asarray(self.total * np.clip((t_s - self.start_s) / self.seconds, 0.0, 1.0))


def tilt_rad(settlement_mm: float, length_m: float) -> float:
    """Return the tilt of a stiff raft whose ends settle differently over a length. [rad]"""
    return float(np.arcsin(settlement_mm / 1000 / length_m))
