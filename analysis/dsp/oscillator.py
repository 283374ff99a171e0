"""One damped oscillator as a pair of second-order digital filters, exact between samples."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import expm

from plumbline.analysis.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class OscillatorFilters:
    """Digital filters from ground acceleration to the motion of an oscillator.

    Attributes
    ----------
    poles
        Denominator shared by both, three coefficients.
    displacement, velocity
        Numerators: relative displacement [s2] and velocity [s].
    rest_displacement, rest_velocity
        State of `scipy.signal.lfilter`, per unit of the first sample, that leaves the
        oscillator at rest at that sample.
    """

    poles: Floats
    displacement: Floats
    velocity: Floats
    rest_displacement: Floats
    rest_velocity: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Oscillator:
    """``u'' + 2 z w u' + w^2 u = -a(t)``.

    Attributes
    ----------
    period_s
        Undamped natural period. [s]
    damping
        Fraction ``z`` of critical damping, in ``(0, 1)``, or 0 for none. [1]
    """

    period_s: float
    damping: float = 0.05

    def __post_init__(self) -> None:
        if not (np.isfinite(self.period_s) and self.period_s > 0):
            raise ValueError(f"period_s must be positive, not {self.period_s}")
        if not 0 <= self.damping < 1:
            raise ValueError(f"damping must be in [0, 1), not {self.damping}")

    @property
    def omega(self) -> float:
        """Undamped angular frequency. [rad/s]"""
        return 2 * np.pi / self.period_s

    def step(self, rate_hz: float) -> tuple[Floats, Floats]:
        """Return ``A`` (2, 2) and ``B`` (2, 2): ``[u, v]' = A [u, v] + B [a, a']``.

        Notes
        -----
        The same matrices as the closed form of Nigam and Jennings (1969). They come from one
        matrix exponential of the oscillator with its straight-line input, because the closed
        form subtracts nearly equal numbers when the period is thousands of samples long.
        """
        w, dt = self.omega, 1 / rate_hz
        system = np.zeros((4, 4))
        system[0, 1] = dt
        system[1] = [-w * w * dt, -2 * self.damping * w * dt, -dt, 0]
        system[2, 3] = 1
        whole = expm(system)
        held, ramp = whole[:2, 2], whole[:2, 3]
        return whole[:2, :2], np.column_stack([held - ramp, ramp])

    def filters(self, rate_hz: float) -> OscillatorFilters:
        """Return the step as filters for a record sampled at ``rate_hz``. [Hz]"""
        return _filters(self, rate_hz)


@lru_cache(maxsize=1024)
def _filters(oscillator: Oscillator, rate_hz: float) -> OscillatorFilters:
    """Return the filters, made once: an episode asks for the same ones every second."""
    a, b = oscillator.step(rate_hz)
    now, ahead = b[:, 0], b[:, 1]
    displacement = np.array(
        [
            ahead[0],
            now[0] - a[1, 1] * ahead[0] + a[0, 1] * ahead[1],
            a[0, 1] * now[1] - a[1, 1] * now[0],
        ]
    )
    velocity = np.array(
        [
            ahead[1],
            now[1] - a[0, 0] * ahead[1] + a[1, 0] * ahead[0],
            a[1, 0] * now[0] - a[0, 0] * now[1],
        ]
    )
    filters = OscillatorFilters(
        poles=np.array([1.0, -np.trace(a), a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]]),
        displacement=displacement,
        velocity=velocity,
        rest_displacement=np.array([-displacement[0], now[0] - displacement[1]]),
        rest_velocity=np.array([-velocity[0], now[1] - velocity[1]]),
    )
    for array in (
        filters.poles,
        filters.displacement,
        filters.velocity,
        filters.rest_displacement,
        filters.rest_velocity,
    ):
        array.flags.writeable = False
    return filters
