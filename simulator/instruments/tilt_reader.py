"""What an electrolytic tiltmeter does each second: a burst of readings, each clipped, averaged."""

from dataclasses import dataclass

import numpy as np

from plumbline.simulator.arrays import Floats
from plumbline.simulator.instruments.specific_force import apparent_tilt_rad
from plumbline.simulator.sampling import Sampler, SampleTimes
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS

READINGS_PER_S = 100
N_SAMP = 28
"""Readings in an average; the LILY's own setting in its settings dump (``N_SAMP=  28``)."""
DELAY_S = (N_SAMP - 1) / 2 / READINGS_PER_S
"""From the middle of the burst to its end, when the line is sent. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TiltSample:
    """Tilt and temperature of one second, averaged from a burst of readings.

    Attributes
    ----------
    number
        Seconds of the instrument's own clock since it was switched on.
    motion_ns, ready_ns
        True UTC time of the middle of the burst and of its end. [ns since 1970]
    burst_urad
        The single readings of x and y, of any size, shape ``(2, N_SAMP)``. [µrad]
    """

    number: int
    motion_ns: int
    ready_ns: int
    burst_urad: Floats

    def tilt_urad(self, zero_urad: Floats, range_urad: float) -> Floats:
        """Return what is printed for x and y: each reading clipped, then all averaged. [µrad]"""
        seen = np.clip(self.burst_urad + zero_urad[:, None], -range_urad, range_urad)
        return np.asarray(seen.mean(axis=1))


class TiltReader:
    """Reads two axes of tilt once a second of the instrument's clock.

    Parameters
    ----------
    level
        Where it stands.
    ticks
        Its clock, at ``READINGS_PER_S``.
    start_ns
        True UTC time of second 0 of the site. [ns since 1970]
    noise_urad
        Noise of a single reading. [µrad]
    """

    def __init__(
        self,
        *,
        level: int,
        ticks: SampleTimes,
        start_ns: int,
        noise_urad: float,
        draw: np.random.Generator,
    ) -> None:
        self._level = level
        self._start_ns = start_ns
        self._noise = noise_urad
        self._draw = draw
        self._sampler = Sampler(ticks, SITE_RATE_HZ)
        self._held = np.empty((2, 0))
        self._first = 0

    def take(self, frame: MotionFrame) -> list[TiltSample]:
        """Return the bursts that became complete."""
        ticks, tilt = self._sampler.take(frame.start, apparent_tilt_rad(frame, self._level))
        noisy = tilt * 1e6 + self._draw.normal(0, self._noise, (ticks.size, 2)).T
        self._held = np.hstack([self._held, noisy])
        out: list[TiltSample] = []
        while True:
            begin = -(-self._first // READINGS_PER_S) * READINGS_PER_S
            left = begin - self._first
            if self._held.shape[1] < left + N_SAMP:
                return out
            out.append(
                TiltSample(
                    number=begin // READINGS_PER_S,
                    motion_ns=self._utc_ns(begin + (N_SAMP - 1) / 2),
                    ready_ns=self._utc_ns(begin + N_SAMP - 1),
                    burst_urad=self._held[:, left : left + N_SAMP],
                )
            )
            self._held = self._held[:, left + N_SAMP :]
            self._first = begin + N_SAMP

    def _utc_ns(self, tick: float) -> int:
        at_s = float(self._sampler.ticks.at_s(np.array(tick)))
        return self._start_ns + round(at_s * NS)
