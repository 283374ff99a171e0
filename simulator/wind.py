"""Gusty wind: a load on the floors that moves the roof and leaves the ground alone."""

import numpy as np

from plumbline.simulator.arrays import Floats
from plumbline.simulator.building import ShearBuilding, oscillator_filter
from plumbline.simulator.noise import BandNoise, gain_rms

GUST_BAND_HZ = (0.0, 0.08)
"""Most of the energy of gusts lies below 0.1 Hz (Davenport's spectrum peaks near 0.01 to 0.05 Hz);
the tail of this band excites the first modes."""

SIZING_MODES = 3


def push_shape(building: ShearBuilding) -> Floats:
    """Return the side load of each floor for a unit gust: a power-law profile, exponent 0.3.

    Wind speed over a city grows with about height^0.3; the load grows with its square, and each
    floor has the same mass, so this is acceleration.
    """
    height = np.arange(1, building.floors + 1) / building.floors
    return np.asarray(height**0.6)


class Gusts:
    """One gust history for a direction, sized so that the roof's acceleration has a given rms.

    Parameters
    ----------
    building
        What it pushes, for the sizing.
    roof_rms_gal
        Acceleration of the roof at steady wind of strength 1. [gal]
    """

    def __init__(
        self, building: ShearBuilding, *, roof_rms_gal: float, rate_hz: float, seed: int
    ) -> None:
        self._noise = BandNoise(
            seed,
            1,
            band_hz=GUST_BAND_HZ,
            rms=roof_gust_ms2(building, roof_rms_gal, rate_hz),
            rate_hz=rate_hz,
        )

    def take(self, strength: Floats) -> Floats:
        """Return the next samples of the load, one for each ``strength``. [m/s²]"""
        return np.asarray(self._noise.take(strength.size)[0] * strength)


def roof_gust_ms2(building: ShearBuilding, roof_rms_gal: float, rate_hz: float) -> float:
    """Return the rms of the load that gives the roof this rms, by adding up the modes. [m/s²]

    Notes
    -----
    The modes are taken as independent (their frequencies are far apart and damping is small). A
    gust is slow beside the fourth mode, which follows it without accelerating.
    """
    frequencies, shapes = building.modes()
    side = push_shape(building)
    unit = BandNoise(0, 1, band_hz=GUST_BAND_HZ, rms=1.0, rate_hz=rate_hz)
    share = shapes.T @ (building.mass_kg * side)
    squared = 0.0
    for mode, frequency in enumerate(frequencies[:SIZING_MODES]):
        b, a = oscillator_filter(frequency, building.damping, rate_hz)
        through = np.append(b, a)[None, :]
        # The load itself plus the restoring part: the floor's acceleration for this mode.
        through[0, :3] += a
        squared += (shapes[-1, mode] * share[mode] * _coloured_rms(unit, through)) ** 2
    return roof_rms_gal * 0.01 / float(np.sqrt(squared))


def _coloured_rms(unit: BandNoise, through: Floats) -> float:
    chain = np.vstack([unit.sections, through])
    return gain_rms(chain) * unit.scale
