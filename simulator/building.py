"""A shear building driven at its base: floors on storey springs, answered mode by mode."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.signal import lfilter

from plumbline.simulator.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ShearBuilding:
    """Rigid floors on storey springs, moving in one horizontal direction.

    Attributes
    ----------
    mass_kg
        Mass of each floor from the first above the base to the roof, shape ``(n,)``. [kg]
    stiffness_nm
        Stiffness of the storey below each floor, shape ``(n,)``. [N/m]
    damping
        Share of critical damping, the same in every mode (concrete towers: 0.01 to 0.02).
    """

    mass_kg: Floats
    stiffness_nm: Floats
    damping: float = 0.015

    def __post_init__(self) -> None:
        if self.mass_kg.ndim != 1 or self.mass_kg.shape != self.stiffness_nm.shape:
            raise ValueError("mass_kg and stiffness_nm must be one value for each floor")
        if not self.mass_kg.size or self.mass_kg.min() <= 0 or self.stiffness_nm.min() <= 0:
            raise ValueError(
                "a building needs at least one floor; masses and stiffness must be > 0"
            )
        if not 0 < self.damping < 1:
            raise ValueError(f"damping must lie between 0 and 1, not {self.damping}")

    @property
    def floors(self) -> int:
        """How many floors move (the base is level 0, the roof is level ``floors``)."""
        return self.mass_kg.size

    def modes(self) -> tuple[Floats, Floats]:
        """Return frequencies [Hz], ascending, and shapes ``(floor, mode)`` of unit modal mass."""
        below = self.stiffness_nm
        above = np.append(below[1:], 0.0)
        root = np.sqrt(self.mass_kg)
        diagonal = (below + above) / self.mass_kg
        beside = -below[1:] / (root[1:] * root[:-1])
        squared, vectors = eigh_tridiagonal(diagonal, beside)
        return np.sqrt(squared) / (2 * np.pi), vectors / root[:, None]


def uniform_building(
    floors: int, *, first_period_s: float, damping: float = 0.015
) -> ShearBuilding:
    r"""Return equal floors and storeys tuned to a first period [s].

    Notes
    -----
    For equal mass *m* and stiffness *k*,
    :math:`f_n = \frac{1}{\pi}\sqrt{k/m}\,\sin\frac{(2n-1)\pi}{2(2N+1)}`; solved for *k* at *n* = 1.
    """
    mass_kg = 1.0e6
    root = np.pi / (first_period_s * np.sin(np.pi / (2 * (2 * floors + 1))))
    return ShearBuilding(
        mass_kg=np.full(floors, mass_kg),
        stiffness_nm=np.full(floors, mass_kg * root**2),
        damping=damping,
    )


def oscillator_filter(frequency_hz: float, damping: float, rate_hz: float) -> tuple[Floats, Floats]:
    r"""Return the digital filter from a driving acceleration to an oscillator's restoring one.

    The oscillator is :math:`\ddot q + 2\zeta\omega\dot q + \omega^2 q = p`, the output
    :math:`-(2\zeta\omega\dot q + \omega^2 q) = \ddot q - p`. Exact for *p* linear between samples.

    Returns
    -------
    tuple
        Numerator and denominator, each of three coefficients, as ``lfilter`` takes them.

    References
    ----------
    .. [1] N. C. Nigam and P. C. Jennings, "Calculation of response spectra from strong-motion
       earthquake records," Bull. Seismol. Soc. Am., 59(2), 909-922, 1969.
    """
    omega = 2 * np.pi * frequency_hz
    dt = 1 / rate_hz
    free = np.array([[0.0, 1.0], [-(omega**2), -2 * damping * omega]])
    push = np.array([0.0, 1.0])
    step = _exponential(omega, damping, dt)
    # Response at the end of a step to a constant drive, and to a ramp from 0 to 1, from rest.
    inverse = np.linalg.inv(free)
    constant = inverse @ (step - np.eye(2)) @ push
    ramp = inverse @ (constant / dt - push)
    early, late = constant - ramp, ramp
    out = np.array([-(omega**2), -2 * damping * omega])
    a = np.array([1.0, -np.trace(step), np.linalg.det(step)])
    mixed = step @ late + early
    direct = out @ late
    b = direct * a
    b[1] += out @ mixed
    b[2] += out @ (step - np.trace(step) * np.eye(2)) @ mixed
    return b, a


def _exponential(omega: float, damping: float, dt: float) -> Floats:
    """Free motion of displacement and velocity over ``dt`` [s]."""
    root = np.sqrt(1 - damping**2)
    decay = np.exp(-damping * omega * dt)
    sine, cosine = np.sin(omega * root * dt), np.cos(omega * root * dt)
    return np.asarray(
        decay
        * np.array(
            [
                [cosine + damping / root * sine, sine / (omega * root)],
                [-omega / root * sine, cosine - damping / root * sine],
            ]
        )
    )


class Sway:
    """The motion of chosen levels, carried from chunk to chunk.

    Parameters
    ----------
    building
        What sways.
    levels
        Levels to report; 0 is the base itself.
    rate_hz
        Rate of every array given. [Hz]
    push
        Shape of a side load over the floors (wind), shape ``(floors,)``: acceleration of each
        floor for a unit load. Zero when nothing pushes.

    Notes
    -----
    Any split of the input gives the same output, bit for bit: each mode is one second-order
    recursion whose state is kept. All modes are kept; a base motion is exact between samples if
    it is linear there.
    """

    def __init__(
        self,
        building: ShearBuilding,
        levels: tuple[int, ...],
        rate_hz: float,
        push: Floats | None = None,
    ) -> None:
        if not all(0 <= level <= building.floors for level in levels):
            raise ValueError(f"levels must lie between 0 and {building.floors}: {levels}")
        frequencies, shapes = building.modes()
        self._filters = [oscillator_filter(f, building.damping, rate_hz) for f in frequencies]
        self._state = np.zeros((len(self._filters), 2))
        self._base_part = shapes.T @ building.mass_kg
        side = np.zeros(building.floors) if push is None else push
        self._push_part = shapes.T @ (building.mass_kg * side)
        whole = np.vstack([np.zeros((1, shapes.shape[1])), shapes])
        self._shape_at = whole[list(levels)]
        self._side_at = np.append(0.0, side)[list(levels)]
        self._is_base = np.array([level == 0 for level in levels])

    def accel_ms2(self, base_ms2: Floats, load: Floats) -> Floats:
        """Return absolute acceleration, shape ``(n_levels, n)``. [m/s²]

        Parameters
        ----------
        base_ms2, load
            Acceleration of the base [m/s²] and size of the side load, shape ``(n,)`` each.
        """
        if not base_ms2.size:
            return np.empty((len(self._is_base), 0))
        if self._is_base.all():
            return np.tile(base_ms2, (len(self._is_base), 1))
        # With every mode kept, base acceleration cancels out of the absolute acceleration of a
        # floor: what is left is what its springs and dampers do, and the load upon it.
        restoring = np.empty((len(self._filters), base_ms2.size))
        for mode, (b, a) in enumerate(self._filters):
            drive = self._push_part[mode] * load - self._base_part[mode] * base_ms2
            restoring[mode], self._state[mode] = lfilter(b, a, drive, zi=self._state[mode])
        moved = np.zeros((len(self._is_base), base_ms2.size))
        for mode in range(len(self._filters)):
            # A matrix product may sum in another order for another width; this cannot.
            moved += self._shape_at[:, mode, None] * restoring[mode]
        moved += self._side_at[:, None] * load
        moved[self._is_base] = base_ms2
        return np.asarray(moved)
