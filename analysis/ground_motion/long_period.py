"""JMA long-period ground-motion class, second by second, for many places at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, gathered, parted
from plumbline.analysis.dsp.filters import SosBank, high_pass
from plumbline.analysis.dsp.oscillator_bank import OscillatorBank
from plumbline.analysis.ground_motion.integration import LOW_CORNER_HZ, POLES
from plumbline.analysis.ground_motion.long_period_class import (
    CLASS_FROM_MS,
    DAMPING,
    PERIODS_S,
    SETTLED_S,
    Horizontal,
    LongPeriodSecond,
    at_period,
    ground_velocity,
    lpgm_class,
)

__all__ = [
    "CLASS_FROM_MS",
    "PERIODS_S",
    "Horizontal",
    "LongPeriodMeter",
    "LongPeriodSecond",
    "at_period",
    "long_period_sva_ms",
    "lpgm_class",
]


class LongPeriodMeter:
    """Absolute velocity response of many places, reported each second.

    Parameters
    ----------
    rate_hz
        Sampling rate. [Hz]
    n_rows
        Number of places (nodes), two horizontal axes each.
    periods_s
        Periods of the oscillators. [s]
    horizontal
        How two axes become one.
    corner_hz
        High-pass corner of the acceleration, four poles, causal. [Hz]

    Notes
    -----
    Absolute velocity is that of the oscillator relative to the ground plus that of the ground;
    both come from the same high-passed acceleration, so they stay in phase. At 7.8 s the corner
    of 0.05 Hz takes 0.03 % off the response. A row begins in the steady state of its first
    sample, or of the baseline `seed` tells it, which a start in the middle of shaking needs.
    Seconds are counted from a row's first sample, and any split of a stream gives the same.
    """

    def __init__(
        self,
        rate_hz: float,
        n_rows: int,
        *,
        periods_s: ArrayLike = PERIODS_S,
        horizontal: Horizontal = Horizontal.VECTOR,
        corner_hz: float = LOW_CORNER_HZ,
    ) -> None:
        self.rate_hz = rate_hz
        self.horizontal = horizontal
        self._oscillators = OscillatorBank(periods_s, rate_hz, 2 * n_rows, damping=DAMPING)
        self.periods_s = self._oscillators.periods_s
        self._accel = SosBank(high_pass(rate_hz, corner_hz, POLES), 2 * n_rows)
        self._ground = SosBank(ground_velocity(rate_hz, corner_hz), 2 * n_rows)
        fresh = {"n": np.int64(0), "held": np.zeros(self.periods_s.size)}
        self.state = RowState(n_rows, fresh)

    def seed(self, offset_ms2: Floats, rows: Rows = ALL) -> None:
        """Tell fresh rows their offset, ``(n_named_rows, 2)``, instead of their first sample."""
        axes = self._axes(rows)
        for bank in (self._accel, self._ground):
            bank.state["offset"][axes] = offset_ms2.reshape(-1)
            bank.state["seeded"][axes] = True

    def feed(self, accel_ms2: Floats, rows: Rows = ALL) -> list[LongPeriodSecond]:
        """Take the next piece and return the seconds it completes, in order.

        Parameters
        ----------
        accel_ms2
            Horizontal acceleration, shape ``(n_named_rows, 2, n_samples)``. [m/s2]
        rows
            Which rows these are.

        Raises
        ------
        ValueError
            If the shape does not fit the rows.
        """
        named = np.arange(self.state.n_rows)[rows]
        if accel_ms2.ndim != 3 or accel_ms2.shape[:2] != (len(named), 2):
            raise ValueError(f"{accel_ms2.shape} samples for {len(named)} rows of two axes")
        if accel_ms2.size == 0:
            return []
        out: list[LongPeriodSecond] = []
        phases = self.state["n"][named]
        for phase in np.unique(phases):
            alike = phases == phase
            out += self._together(accel_ms2[alike], named[alike], int(phase))
        return out

    def _together(
        self, accel_ms2: Floats, rows: NDArray[np.intp], n_before: int
    ) -> list[LongPeriodSecond]:
        n = accel_ms2.shape[-1]
        first = int(n_before / self.rate_hz)
        while self._end(first) <= n_before:
            first += 1
        ends: list[int] = []
        while (end := self._end(first + len(ends)) - n_before) <= n:
            ends.append(end)
        starts = [0, *(end for end in ends if end < n)]
        flat = accel_ms2.reshape(-1, n)
        axes = self._axes(rows)
        filtered = self._accel.feed(flat, axes)
        ground = self._ground.feed(flat, axes)

        def largest(relative: Floats) -> Floats:
            pairs = (relative + ground).reshape(-1, 2, n)
            pairs *= pairs
            both = pairs.sum(axis=1) if self.horizontal is Horizontal.VECTOR else pairs.max(axis=1)
            return np.sqrt(np.maximum.reduceat(both, starts, axis=-1))

        peaks = self._oscillators.feed(filtered, largest, axes)
        peaks = np.moveaxis(peaks, 0, 1)  # (n_rows, n_periods, n_seconds touched)
        peaks[..., 0] = np.maximum(peaks[..., 0], self.state["held"][rows])
        whole = len(ends)
        open_second = peaks[..., whole] if whole < len(starts) else np.zeros_like(peaks[..., 0])
        self.state["held"][rows] = open_second
        self.state["n"][rows] += n
        return [
            LongPeriodSecond(
                rows=rows,
                second=first + i,
                sva_ms=peaks[..., i],
                lpgm_class=lpgm_class(peaks[..., i]),
                settled=first + i >= SETTLED_S,
            )
            for i in range(whole)
        ]

    def _end(self, second: int) -> int:
        """Return the number of samples from the first to the end of a second."""
        return int(np.ceil((second + 1) * self.rate_hz - 1e-9))

    def _axes(self, rows: Rows) -> NDArray[np.intp]:
        named = np.arange(self.state.n_rows)[rows]
        return (2 * named[:, np.newaxis] + np.arange(2)).reshape(-1)

    def reseed(self, rows: Rows = ALL) -> None:
        """Let rows start afresh at their next sample: after a gap too long to bridge."""
        axes = self._axes(rows)
        for bank in (self._accel, self._ground, self._oscillators):
            bank.reseed(axes)
        self.state.reset(rows)

    def snapshot(self) -> dict[str, NDArray[np.generic]]:
        """Return a copy of all memory, for `restore` in another process."""
        return gathered({name: state.snapshot() for name, state in self._states().items()})

    def restore(self, snapshot: dict[str, NDArray[np.generic]]) -> None:
        """Take back what ``snapshot`` returned; continues bit for bit."""
        for name, state in self._states().items():
            state.restore(parted(snapshot, name))

    def _states(self) -> dict[str, RowState]:
        return {
            "meter": self.state,
            "accel": self._accel.state,
            "ground": self._ground.state,
            "oscillators": self._oscillators.state,
        }


def long_period_sva_ms(
    accel_ms2: ArrayLike,
    rate_hz: float,
    *,
    offset_ms2: ArrayLike | None = None,
    periods_s: ArrayLike = PERIODS_S,
    horizontal: Horizontal = Horizontal.VECTOR,
) -> Floats:
    """Return the largest absolute velocity response of a whole record, period by period. [m/s]

    Parameters
    ----------
    accel_ms2
        Two horizontal axes, shape ``(2, n_samples)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    offset_ms2
        Baseline of each axis; by default its first sample. [m/s2]
    periods_s, horizontal
        As in `LongPeriodMeter`, which does the work: an episode and a file are measured alike.
    """
    accel = np.asarray(accel_ms2, dtype=np.float64)
    meter = LongPeriodMeter(rate_hz, 1, periods_s=periods_s, horizontal=horizontal)
    if offset_ms2 is not None:
        meter.seed(np.asarray(offset_ms2, dtype=np.float64)[np.newaxis])
    seconds = meter.feed(accel[np.newaxis])
    open_second: Floats = meter.state["held"]
    return np.asarray(np.concatenate([open_second, *(s.sva_ms for s in seconds)]).max(axis=0))
