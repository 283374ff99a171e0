"""The front end: from acceleration to the power in each band, step by step."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows
from plumbline.analysis.dsp.decimation import FirDecimator
from plumbline.analysis.dsp.filters import SosBank, band_pass, high_pass, low_pass
from plumbline.analysis.trigger.grouping import Grouper, grouped, mean_square, peak

STEP_RATE_HZ = 10.0
"""Steps come about this often; the long-period chain runs at the same rate. [Hz]"""

STEPS_A_TICK = 5
"""A tick, half a second, is what the long-period chain decides on."""

LOWEST_HZ = 0.05
"""The structure and earthquake chain begins here. [Hz]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The bands that are listened to.

    Attributes
    ----------
    short_low_hz, short_high_hz
        Short-period chain. Its upper corner lies below most of what blows,
        engines and feet put out. [Hz]
    long_low_hz, long_high_hz
        Long-period chain, where far earthquakes move tall buildings. [Hz]
    low_high_hz
        Upper corner of the structure and earthquake chain, which begins at
        ``LOWEST_HZ``. [Hz]
    """

    short_low_hz: float = 1.0
    short_high_hz: float = 5.0
    long_low_hz: float = 0.1
    long_high_hz: float = 1.0
    low_high_hz: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BandPower:
    """What each step of each channel holds, shape ``(n_rows, n_steps)``.

    Attributes
    ----------
    wide, short, low
        Mean square above 0.05 Hz, in the short-period band, and in the structure
        and earthquake chain. [(m/s2) squared]
    low_peak
        Largest absolute value in the structure and earthquake chain. [m/s2]
    mean, variance, largest, smallest
        Of the acceleration itself, offset and all. [m/s2]
    long
        Mean square in the long-period band, one a tick. [(m/s2) squared]
    """

    wide: Floats
    short: Floats
    low: Floats
    low_peak: Floats
    mean: Floats
    variance: Floats
    largest: Floats
    smallest: Floats
    long: Floats


class MotionBank:
    """Filter and bin the acceleration of many channels.

    Attributes
    ----------
    step_s, tick_s
        Time between steps and between ticks. [s]
    long_delay_s
        What the decimator holds the long-period chain back by. [s]
    stated
        The bands as built, in words.

    Notes
    -----
    A step is a whole number of samples, about 0.1 s, and that number is the
    factor of the decimator, so a tick ends for both chains with the same sample.
    Channels of one call must hold back equally many samples; see ``held``.
    """

    def __init__(self, rate_hz: float, n_rows: int, bands: Bands = Bands()) -> None:
        if rate_hz < STEP_RATE_HZ:
            raise ValueError(f"motion is judged from {STEP_RATE_HZ:g} Hz on, not {rate_hz:g} Hz")
        self._factor = max(1, int(rate_hz / STEP_RATE_HZ + 1e-9))
        self.rate_hz = rate_hz
        self.step_s = self._factor / rate_hz
        self.tick_s = STEPS_A_TICK * self.step_s
        self._ticks = Grouper(STEPS_A_TICK * self._factor, n_rows)
        self._wide = SosBank(high_pass(rate_hz, LOWEST_HZ), n_rows)
        self._low = SosBank(low_pass(rate_hz, bands.low_high_hz), n_rows)
        self._short = SosBank(
            band_pass(rate_hz, bands.short_low_hz, bands.short_high_hz, low_poles=4), n_rows
        )
        self._slow = FirDecimator(
            rate_hz, self._factor, n_rows, pass_hz=min(2 * bands.long_high_hz, 0.2 / self.step_s)
        )
        self._long = SosBank(
            band_pass(self._slow.rate_hz, bands.long_low_hz, bands.long_high_hz, high_poles=2),
            n_rows,
        )
        self.long_delay_s = self._slow.delay_s
        self.stated = {
            "short": self._short.design.stated,
            "long": self._long.design.stated,
            "low": f"{LOWEST_HZ:g}-{self._low.design.high_hz:g} Hz",
        }
        self.parts = {
            "ticks": self._ticks.state,
            "wide": self._wide.state,
            "low": self._low.state,
            "short": self._short.state,
            "slow": self._slow.state,
            "long": self._long.state,
        }

    def held(self, rows: Rows = ALL) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return how many samples each named row holds back."""
        return self._ticks.held(rows)

    def feed(self, accel_ms2: Floats, rows: Rows = ALL) -> BandPower:
        """Return what the ticks that are now complete hold.

        Parameters
        ----------
        accel_ms2
            Acceleration, shape ``(n_named_rows, n_samples)``. [m/s2]
        """
        x = self._ticks.feed(accel_ms2, rows)
        wide = self._wide.feed(x, rows)
        low = grouped(self._low.feed(wide, rows), self._factor)
        short = grouped(self._short.feed(wide, rows), self._factor)
        long = grouped(self._long.feed(self._slow.feed(x, rows), rows), STEPS_A_TICK)
        steps = grouped(x, self._factor)
        return BandPower(
            wide=mean_square(grouped(wide, self._factor)),
            short=mean_square(short),
            low=mean_square(low),
            low_peak=peak(low),
            mean=np.mean(steps, axis=-1),
            variance=np.var(steps, axis=-1),
            largest=np.max(steps, axis=-1),
            smallest=np.min(steps, axis=-1),
            long=mean_square(long),
        )

    def reseed(self, rows: Rows = ALL) -> None:
        """Let rows start afresh at their next sample."""
        for part in self.parts.values():
            part.reset(rows)
