"""Z-detect: how many standard deviations the short average stands above its usual value."""

import numpy as np

from plumbline.analysis.arrays import Bools, Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState
from plumbline.analysis.trigger.stalta import Averages

SMALLEST_SHARE = 0.05
"""The standard deviation is taken as this share of the floor at least: a channel that
counts nothing for a while must not make its next count infinite."""


class ZDetectBank:
    r"""Z-detector of Swindell and Snell, many channels, one step at a time.

    :math:`Z_i = (\mathrm{STA}_i - \mu_i) / \sigma_i`, where the short average is
    the mean power of the last ``sta_s`` [1]_ (p. 99).

    Parameters
    ----------
    averages
        ``sta_s`` is the window of the short average, ``lta_s`` the memory of
        its mean and variance.
    step_s
        Time between steps. [s]
    floor
        Noise power of the instrument in the band, one a channel. [unit squared]

    Notes
    -----
    Departures from the paper: mean and variance are exponential averages, not
    those of the whole record, for nobody has the whole record yet; the window
    starts full of ``floor``; mean and variance stand still for channels named in
    ``frozen`` and are those *before* the step, so an onset does not dilute
    itself.

    References
    ----------
    .. [1] M. Withers et al., "A comparison of select trigger algorithms for
       automated global seismic phase and event detection," Bull. Seismol. Soc.
       Am., 88(1), 95-106, 1998.
    """

    def __init__(self, averages: Averages, step_s: float, floor: Floats) -> None:
        self._length = max(1, round(averages.sta_s / step_s))
        self._longest = averages.lta_s / step_s
        self._n_learning = averages.learning_s / step_s
        fresh = {
            "window": np.zeros(self._length),
            "mean": 0.0,
            "variance": 0.0,
            "weight": 0.0,
            "floor": 0.0,
        }
        self.state = RowState(len(floor), fresh)
        self.state["floor"][:] = floor
        self.restart()

    def restart(self, rows: Rows = ALL) -> None:
        """Forget what rows heard."""
        floor = self.state["floor"][rows]
        self.state["window"][rows] = np.broadcast_to(
            floor[..., np.newaxis], (*floor.shape, self._length)
        )
        self.state["mean"][rows] = floor
        self.state["variance"][rows] = np.square(floor)
        self.state["weight"][rows] = 1.0

    def step(self, power: Floats, frozen: Bools, rows: Rows = ALL) -> Floats:
        """Take the power of one step and return Z, shape ``(n_named_rows,)``."""
        state = self.state
        window = np.concatenate([state["window"][rows][:, 1:], power[:, np.newaxis]], axis=1)
        state["window"][rows] = window
        sta = np.mean(window, axis=1)
        mean, variance, weight = state["mean"][rows], state["variance"][rows], state["weight"][rows]
        least = SMALLEST_SHARE * state["floor"][rows]
        sigma = np.maximum(np.sqrt(variance), least)
        away = sta - mean
        z = np.divide(away, sigma, out=np.zeros_like(away), where=sigma > 0)
        learning = weight < self._n_learning
        share = np.where(frozen, 0.0, 1 / np.where(learning, weight + 1, self._longest))
        state["mean"][rows] = mean + share * away
        state["variance"][rows] = (1 - share) * (variance + share * np.square(away))
        state["weight"][rows] = weight + learning
        return np.asarray(z)


def z_detect(x: Floats, n_sta: int) -> Floats:
    """Return Z of a whole record, as the paper defines it.

    Parameters
    ----------
    x
        One record, shape ``(n_samples,)``.
    n_sta
        Window of the short average. [samples]

    Notes
    -----
    The first ``n_sta`` samples have no full window and are zero before the
    record's mean and standard deviation are taken.
    """
    power = np.concatenate([[0.0], np.cumsum(np.square(x))])
    sta = np.zeros(len(x))
    sta[n_sta:] = power[n_sta + 1 :] - power[1:-n_sta]
    spread = float(np.std(sta))
    return np.zeros(len(x)) if spread == 0 else np.asarray((sta - np.mean(sta)) / spread)
