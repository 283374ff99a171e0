"""Many oscillators on many channels, fed a piece at a time."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import sosfilt

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, count
from plumbline.analysis.dsp.oscillator import Oscillator


class Response(StrEnum):
    """Which motion of the oscillators a bank follows."""

    DISPLACEMENT = "relative displacement"
    VELOCITY = "relative velocity"


class OscillatorBank:
    """Oscillators of several periods, each shaken by every channel.

    Parameters
    ----------
    periods_s
        Undamped natural periods, each at least ten samples long. [s]
    rate_hz
        Sampling rate of the channels. [Hz]
    n_rows
        Number of channels.
    damping
        Fraction of critical damping. [1]
    response
        The motion that comes out.

    Raises
    ------
    ValueError
        If a period is shorter than ten samples: its peak would be missed between samples.

    Notes
    -----
    The step is exact for acceleration that runs straight between samples (Nigam and Jennings,
    1969), run as one second-order filter a period over all channels at once. A row is at rest at
    its first sample. Any split of a stream gives the same motion, bit for bit.
    """

    def __init__(
        self,
        periods_s: ArrayLike,
        rate_hz: float,
        n_rows: int,
        *,
        damping: float = 0.05,
        response: Response = Response.VELOCITY,
    ) -> None:
        self.periods_s = np.atleast_1d(np.asarray(periods_s, dtype=np.float64))
        if not self.periods_s.min() * rate_hz >= 10 * (1 - 1e-9):
            raise ValueError(
                f"{rate_hz:g} Hz is too slow for a period of {self.periods_s.min():g} s: "
                "ten samples a period are needed"
            )
        sos, rest = [], []
        for period_s in self.periods_s:
            filters = Oscillator(period_s=float(period_s), damping=damping).filters(rate_hz)
            of_displacement = response is Response.DISPLACEMENT
            zeros = filters.displacement if of_displacement else filters.velocity
            sos.append(np.concatenate([zeros, filters.poles])[np.newaxis])
            rest.append(filters.rest_displacement if of_displacement else filters.rest_velocity)
        self._sos = sos
        self._rest = np.array(rest)
        fresh = {"zi": np.zeros((len(sos), 2)), "seeded": False}
        self.state = RowState(n_rows, fresh)

    def feed(
        self, accel_ms2: Floats, measure: Callable[[Floats], Floats], rows: Rows = ALL
    ) -> Floats:
        """Shake the named rows' oscillators and return what was measured of each period.

        Parameters
        ----------
        accel_ms2
            The next piece of each named row, shape ``(n_named_rows, n_samples)``. [m/s2]
        measure
            Takes the motion of one period, ``(n_named_rows, n_samples)``, and returns what to
            keep of it; all the motion of all periods at once would not fit a cache.
        rows
            Which rows these are.

        Returns
        -------
        What ``measure`` returned, one for each period along the first axis.

        Raises
        ------
        ValueError
            If the piece does not have a row for each named one, or is empty.
        """
        if accel_ms2.ndim != 2 or len(accel_ms2) != count(rows, self.state.n_rows):
            raise ValueError(f"{accel_ms2.shape} samples for {count(rows, self.state.n_rows)} rows")
        if accel_ms2.size == 0:
            raise ValueError("an empty piece has no motion to measure")
        state = self.state
        zi = state["zi"][rows]
        fresh = ~state["seeded"][rows]
        if fresh.any():
            zi[fresh] = self._rest * accel_ms2[fresh, :1, np.newaxis]
        measures = []
        for i, sos in enumerate(self._sos):
            motion, zf = sosfilt(sos, accel_ms2, axis=-1, zi=zi[np.newaxis, :, i])
            zi[:, i] = zf[0]
            measures.append(measure(motion))
        state["zi"][rows] = zi
        state["seeded"][rows] = True
        return np.array(measures)

    def reseed(self, rows: Rows = ALL) -> None:
        """Put the oscillators of rows at rest at their next sample: after a long gap."""
        self.state.reset(rows)
