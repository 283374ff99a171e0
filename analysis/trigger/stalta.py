"""Recursive STA/LTA over many channels, armed from its first second."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Bools, Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """How long the two averages look back.

    Attributes
    ----------
    sta_s, lta_s
        Short and long averaging times. [s]
    learning_s
        For this long after a cold start the long average is the plain mean of
        what was heard. [s]
    """

    sta_s: float
    lta_s: float
    learning_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.sta_s < self.lta_s:
            raise ValueError(f"need 0 < sta_s < lta_s, not {self.sta_s} and {self.lta_s}")
        if not 0 <= self.learning_s <= self.lta_s:
            raise ValueError(f"need 0 <= learning_s <= lta_s, not {self.learning_s}")


class StaLtaBank:
    r"""Recursive STA/LTA of power, one step of many channels at a time.

    Each average is a one-pole low-pass of the squared signal,
    :math:`y_i = C x_i^2 + (1 - C)\, y_{i-1}` with :math:`C = \Delta t / T` [1]_.

    Parameters
    ----------
    averages
        Averaging times.
    step_s
        Time between steps. [s]
    floor
        Noise power of the instrument in the band, one a channel; see
        :func:`noise_power`. [unit squared]
    ceiling
        Power that a cold start may learn at most as ambient. [unit squared]

    Notes
    -----
    Departures from the paper:

    - A step may be the mean square of a few samples instead of one sample.
    - Both averages start at ``floor``, not at zero, and the long one never
      falls below it. The paper's form must be held silent for one whole LTA;
      the 1985 record of Mexico City ends before that.
    - During the first ``learning_s`` the long average is a cumulative mean in
      which the floor counts as one step: it knows the ambient level after
      seconds, not after several ``lta_s``. It learns ``ceiling`` at most, so a
      start inside strong shaking is still seen as shaking.
    - The long average stands still for channels named in ``frozen``.
    """

    def __init__(
        self,
        averages: Averages,
        step_s: float,
        floor: Floats,
        ceiling: float = np.inf,
    ) -> None:
        self._c_short = step_s / averages.sta_s
        self._longest = averages.lta_s / step_s
        self._n_learning = averages.learning_s / step_s
        self._ceiling = ceiling
        if not self._c_short <= 1:
            raise ValueError(f"a step of {step_s} s is longer than the short average")
        self.state = RowState(len(floor), {"sta": 0.0, "lta": 0.0, "weight": 0.0, "floor": 0.0})
        self.state["floor"][:] = floor
        self.restart()

    def restart(self, rows: Rows = ALL) -> None:
        """Forget what rows heard: both averages at the floor, the long one learning."""
        self.state["sta"][rows] = self.state["floor"][rows]
        self.state["lta"][rows] = self.state["floor"][rows]
        self.state["weight"][rows] = 1.0

    def set_short(self, power: Floats, rows: Rows) -> None:
        """Put the short average of rows at ``power``, when their shaking is over."""
        self.state["sta"][rows] = power

    def relearn(self, rows: Rows) -> None:
        """Take what rows hear now for their ambient level: shaking held too long."""
        state = self.state
        state["lta"][rows] = np.maximum(state["sta"][rows], state["floor"][rows])

    def step(self, power: Floats, frozen: Bools, rows: Rows = ALL) -> tuple[Floats, Floats]:
        """Take the power of one step and return the averages ``(sta, lta)``.

        Parameters
        ----------
        power
            Mean square over the step, shape ``(n_named_rows,)``. [unit squared]
        frozen
            Channels whose long average must stand still.
        """
        state = self.state
        sta = self._c_short * power + (1 - self._c_short) * state["sta"][rows]
        weight, floor, lta = state["weight"][rows], state["floor"][rows], state["lta"][rows]
        learning = weight < self._n_learning
        c_long = 1 / np.where(learning, weight + 1, self._longest)
        learnt = c_long * power + (1 - c_long) * lta
        learnt = np.where(learning, np.minimum(learnt, self._ceiling), learnt)
        lta = np.where(frozen, lta, np.maximum(learnt, floor))
        state["sta"][rows] = sta
        state["lta"][rows] = lta
        state["weight"][rows] = weight + learning
        return sta, lta


def noise_power(density_ms2: float, low_hz: float, high_hz: float) -> float:
    """Return the power of white noise in a band: density squared times bandwidth.

    Parameters
    ----------
    density_ms2
        Noise density of the instrument. [m/s2/sqrt(Hz)]
    low_hz, high_hz
        The band. [Hz]

    Returns
    -------
    [(m/s2) squared]
    """
    return density_ms2**2 * (high_hz - low_hz)
