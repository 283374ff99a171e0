"""What passes a building every day: vehicles on the road, people on a floor.

Shapes after measured records: a vehicle is a few seconds of 8 to 20 Hz that swells and fades, a
walk is a train of soft blows at about two steps a second with overtones, felt on one floor only.
"""

from dataclasses import dataclass

import numpy as np

from plumbline.simulator.arrays import Floats

MINUTE_S = 60.0
LONGEST_S = 20.0
"""No vehicle and no walk lasts longer, so two minutes of events cover any instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Events drawn minute by minute from a seed, for any stretch of time.

    Attributes
    ----------
    seed
        Seed of the draw.
    per_minute
        Mean number of events a minute.
    peak_gal
        Largest acceleration of an ordinary event; each is 0.3 to 1 of it. [gal]
    walk
        People if true, vehicles if not.
    """

    seed: int
    per_minute: float
    peak_gal: float
    walk: bool

    def accel_ms2(self, start: int, n: int, rate_hz: float) -> Floats:
        """Return the motion of samples ``start`` to ``start + n``, shape ``(3, n)``. [m/s²]"""
        t = (start + np.arange(n)) / rate_hz
        motion = np.zeros((3, n))
        if n == 0 or self.per_minute == 0:
            return motion
        first = int((t[0] - LONGEST_S) // MINUTE_S)
        for minute in range(first, int(t[-1] // MINUTE_S) + 1):
            if minute >= 0:
                self._add_minute(motion, t, minute)
        return motion

    def _add_minute(self, motion: Floats, t: Floats, minute: int) -> None:
        draw = np.random.default_rng([self.seed, minute])
        for _ in range(draw.poisson(self.per_minute)):
            begin = (minute + draw.uniform()) * MINUTE_S
            seconds = draw.uniform(6, LONGEST_S) if self.walk else draw.uniform(3, 8)
            peak_ms2 = self.peak_gal * 0.01 * draw.uniform(0.3, 1)
            waves = _steps(draw) if self.walk else _rumble(draw)
            inside = (t >= begin) & (t < begin + seconds)
            if not inside.any():
                continue
            since = t[inside] - begin
            swell = np.sin(np.pi * since / seconds) ** 2
            for row, (shares, f_hz, phase) in enumerate(waves):
                tones = np.sin(2 * np.pi * f_hz[:, None] * since + phase[:, None])
                # Summed tone by tone, not as a matrix product, whose order may vary with length.
                wave = (shares[:, None] * tones).sum(axis=0)
                motion[row, inside] += peak_ms2 * swell * wave


Waves = list[tuple[Floats, Floats, Floats]]


def _rumble(draw: np.random.Generator) -> Waves:
    """Six close tones of 8 to 20 Hz a row, together at most 1; mostly vertical."""
    return [
        (np.full(6, share / 6), draw.uniform(8, 20, 6), draw.uniform(0, 2 * np.pi, 6))
        for share in (0.4, 0.4, 1.0)
    ]


def _steps(draw: np.random.Generator) -> Waves:
    """Step rate of 1.7 to 2.2 Hz and its overtones, together at most 1; vertical."""
    pace = draw.uniform(1.7, 2.2) * np.arange(1, 6)
    shares = np.array([0.35, 0.25, 0.2, 0.12, 0.08])
    return [
        (np.asarray(share * shares), np.asarray(pace), draw.uniform(0, 2 * np.pi, 5))
        for share in (0.05, 0.05, 1.0)
    ]
