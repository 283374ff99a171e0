"""A linear-phase FIR decimator over many channels, fed a piece at a time."""

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, count
from plumbline.analysis.dsp.filters import HIGHEST_SHARE_OF_RATE

STOP_DB = 80.0
"""What folds back is this far down: 50 gal of pile driving leaves 0.005 gal. [dB]"""


def decimator_taps(rate_hz: float, factor: int, pass_hz: float | None = None) -> Floats:
    """Return a Kaiser-windowed low-pass for decimation by ``factor``.

    Parameters
    ----------
    rate_hz
        Rate before decimation. [Hz]
    factor
        Integer factor.
    pass_hz
        Highest frequency that must pass unharmed; ``0.4`` of the new rate when
        not given. [Hz]

    Notes
    -----
    The stop band begins where a frequency would fold onto ``pass_hz``, that
    is at ``rate_hz / factor - pass_hz``. What lies between folds back
    above ``pass_hz``, where the band filters behind it do not look. An odd
    number of taps makes the delay a whole number of input samples.
    """
    new_rate = rate_hz / factor
    passes = HIGHEST_SHARE_OF_RATE * new_rate if pass_hz is None else pass_hz
    if factor < 1 or not 0 < passes < new_rate / 2:
        raise ValueError(f"cannot keep {passes:g} Hz when {rate_hz:g} Hz is divided by {factor}")
    if factor == 1:
        return np.ones(1)
    stops = new_rate - passes
    n_taps, beta = signal.kaiserord(STOP_DB, (stops - passes) / (rate_hz / 2))
    taps = signal.firwin(n_taps | 1, new_rate / 2, window=("kaiser", beta), fs=rate_hz)
    return np.asarray(taps)


class FirDecimator:
    """Low-pass and keep every ``factor``-th sample, many channels at once.

    Attributes
    ----------
    rate_hz
        Rate after decimation. [Hz]
    delay_s
        Group delay: output sample k of a row belongs to the time of its input
        sample ``k factor + factor - 1`` minus this. [s]

    Notes
    -----
    An output comes with the last input sample of each group of ``factor``.
    History before the first sample is that sample, the DC steady state.
    """

    def __init__(
        self, rate_hz: float, factor: int, n_rows: int, *, pass_hz: float | None = None
    ) -> None:
        self._taps = decimator_taps(rate_hz, factor, pass_hz)
        self._factor = factor
        self._reach = len(self._taps) - 1
        self.rate_hz = rate_hz / factor
        self.delay_s = self._reach / 2 / rate_hz
        fresh = {"history": np.zeros(self._reach), "n_fed": np.int64(0)}
        self.state = RowState(n_rows, fresh)

    def feed(self, x: Floats, rows: Rows = ALL) -> Floats:
        """Return the output samples that the next piece of the named rows completes.

        Raises
        ------
        ValueError
            If the named rows stand at different places of their groups: their
            outputs would differ in number.
        """
        if x.ndim != 2 or len(x) != count(rows, self.state.n_rows):
            raise ValueError(f"{x.shape} samples for {count(rows, self.state.n_rows)} rows")
        if x.size == 0:
            return np.zeros((len(x), 0))
        n_fed = self.state["n_fed"][rows]
        phases = n_fed % self._factor
        if np.any(phases != phases[0]):
            raise ValueError("rows at different places of their groups in one call")
        history = self.state["history"][rows]
        history[n_fed == 0] = x[n_fed == 0, :1]
        joined = np.concatenate([history, x], axis=1)
        self.state["history"][rows] = joined[:, joined.shape[1] - self._reach :]
        self.state["n_fed"][rows] = n_fed + x.shape[1]
        first = self._reach + self._factor - 1 - int(phases[0])
        if first >= joined.shape[1]:
            return np.zeros((len(x), 0))
        # upfirdn adds tap by tap in one order for each output, so any split agrees bit for
        # bit; it keeps positions 0, factor, ...: zeros in front put ours among them.
        lead = -first % self._factor
        padded = np.pad(joined, ((0, 0), (lead, 0)))
        y = signal.upfirdn(self._taps, padded, down=self._factor, axis=-1)
        start = (first + lead) // self._factor
        stop = (joined.shape[1] - 1 + lead) // self._factor + 1
        return np.ascontiguousarray(y[:, start:stop])

    def reseed(self, rows: Rows = ALL) -> None:
        """Let rows start afresh at their next sample."""
        self.state.reset(rows)
