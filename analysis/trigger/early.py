"""The first seconds of P: peak displacement Pd and the periods tau_c and tau_p.

They are figures of an earthquake nearby. From 1 000 km the P wave of even a great
one is lost in the noise of a MEMS sensor in a city.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState
from plumbline.analysis.dsp.filters import high_pass
from plumbline.analysis.limit_standing import Provenance, Standing

HIGH_PASS_HZ = 0.075
"""Corner after each integration (Wu and Kanamori 2005), 2 poles. [Hz]"""

WINDOW_S = 3.0
"""Length of P that is measured. [s]"""

DAMAGING_PD_M = 0.005
"""Above this PGV is likely over 20 cm/s: damaging (Wu and Kanamori 2008). [m]"""

DAMAGING_TAU_C_S = 1.0
"""Above this, together with Pd: high potential of damage (Wu and Kanamori 2008). [s]"""

DAMAGING = Provenance(
    source="Wu and Kanamori, as quoted in the P-Alert manual; the paper was not read",
    edition="2008",
    standing=Standing.CANDIDATE,
)
"""Whose limits these two are."""

LEAST_SHIFT_S = 0.1
"""The onset is moved at least this far either way for the ranges. [s]"""

ABOVE_NOISE = 3.0
"""Pd counts from so many times what the same window of noise shows."""

NOISE_GAP_S = 0.5
"""The noise window ends this long before the onset. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyP:
    """Figures of the first seconds of P.

    Attributes
    ----------
    pd_m
        Largest displacement in the window. [m]
    tau_c_s
        Average period of the window. [s]
    tau_p_s
        Largest predominant period in the window. [s]
    noise_m
        Largest displacement in as long a window of noise before. [m]
    window_s
        Length of P that was there. [s]
    """

    pd_m: float
    tau_c_s: float
    tau_p_s: float
    noise_m: float
    window_s: float

    @property
    def damaging(self) -> bool:
        """Whether both are above what damaging earthquakes showed."""
        return self.pd_m > DAMAGING_PD_M and self.tau_c_s > DAMAGING_TAU_C_S


def early_p(vertical_ms2: Floats, rate_hz: float, onset: int) -> EarlyP:
    """Return Pd, tau_c and tau_p of one vertical record.

    Parameters
    ----------
    vertical_ms2
        Vertical acceleration, noise first, shape ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    onset
        Index of P. [samples]

    Raises
    ------
    ValueError
        If there is less than one second of noise before, or of P after the onset.

    Notes
    -----
    The mean before the onset is removed, and a one-way 2-pole Butterworth
    high-pass follows each of the two integrations [1]_. The filters run from
    the start of the record, not from the onset.

    References
    ----------
    .. [1] Y.-M. Wu and H. Kanamori, "Rapid assessment of damage potential of
       earthquakes in Taiwan from the beginning of P waves," Bull. Seismol. Soc.
       Am., 95(3), 1181-1185, 2005.
    """
    if onset < rate_hz or len(vertical_ms2) - onset < rate_hz:
        raise ValueError("Pd needs 1 s of noise before and 1 s of P after the onset")
    sos = high_pass(rate_hz, HIGH_PASS_HZ).sos
    away = vertical_ms2 - np.mean(vertical_ms2[:onset])
    velocity = signal.sosfilt(sos, _integral(away, rate_hz))
    displacement = signal.sosfilt(sos, _integral(velocity, rate_hz))
    stop = min(onset + round(WINDOW_S * rate_hz) + 1, len(away))
    moved = displacement[onset:stop]
    quiet_end = max(1, onset - round(NOISE_GAP_S * rate_hz))
    noise = displacement[max(0, quiet_end - len(moved)) : quiet_end]
    period_s = TauP(rate_hz, 1).feed(velocity[np.newaxis, :stop])[0, onset:]
    return EarlyP(
        pd_m=float(np.max(np.abs(moved))),
        tau_c_s=tau_c(velocity[onset:stop], moved),
        tau_p_s=float(np.max(period_s)),
        noise_m=float(np.max(np.abs(noise))),
        window_s=(stop - 1 - onset) / rate_hz,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyFigures:
    """First seconds of P with what the onset's uncertainty makes of them.

    Attributes
    ----------
    at
        Figures at the onset.
    pd_range_m, tau_c_range_s, tau_p_range_s
        Lowest and highest over the onset moved by two standard deviations either way.
    """

    at: EarlyP
    pd_range_m: tuple[float, float]
    tau_c_range_s: tuple[float, float]
    tau_p_range_s: tuple[float, float]

    @property
    def above_noise(self) -> bool:
        """True if Pd stands out of the noise before it; else none of the figures is of P."""
        return self.at.pd_m > ABOVE_NOISE * self.at.noise_m


def early_figures(
    vertical_ms2: Floats, rate_hz: float, onset: int, onset_sigma_s: float
) -> EarlyFigures | None:
    """Return the figures of the first seconds of P; None without a second on both sides.

    Parameters
    ----------
    vertical_ms2
        Vertical acceleration, noise first, shape ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    onset
        Index of P. [samples]
    onset_sigma_s
        Standard deviation of it. [s]
    """
    shift = round(max(2 * onset_sigma_s, LEAST_SHIFT_S) * rate_hz)
    try:
        at = early_p(vertical_ms2, rate_hz, onset)
        moved = [early_p(vertical_ms2, rate_hz, onset + step) for step in (-shift, shift)]
    except ValueError:
        return None
    every = [at, *moved]

    def range_of(values: list[float]) -> tuple[float, float]:
        return min(values), max(values)

    return EarlyFigures(
        at=at,
        pd_range_m=range_of([one.pd_m for one in every]),
        tau_c_range_s=range_of([one.tau_c_s for one in every]),
        tau_p_range_s=range_of([one.tau_p_s for one in every]),
    )


def tau_c(velocity: Floats, displacement: Floats) -> float:
    r"""Return the average period :math:`2\pi / \sqrt{\int v^2 / \int u^2}`. [s].

    Parameters
    ----------
    velocity, displacement
        The same samples, shape ``(n_samples,)``; units that differ by 1/s.

    Returns
    -------
    Zero where nothing moves.
    """
    moved, moving = np.trapezoid(np.square(displacement)), np.trapezoid(np.square(velocity))
    return float(2 * np.pi * np.sqrt(moved / moving)) if moving > 0 else 0.0


class TauP:
    r"""Predominant period, sample by sample, many channels at once.

    :math:`X_i = \alpha X_{i-1} + x_i^2`, :math:`D_i = \alpha D_{i-1} +
    \dot x_i^2`, :math:`\tau_p = 2\pi \sqrt{X_i / D_i}` with :math:`\alpha = 1 -
    \Delta t` [1]_.

    Notes
    -----
    ``x`` is ground velocity; its derivative is the backward difference, zero
    at the first sample. The period is zero until something moves.

    References
    ----------
    .. [1] Y. Nakamura, "On the urgent earthquake detection and alarm system
       (UrEDAS)," Proc. 9th World Conf. Earthquake Eng., 1988; the recursion in
       the form used by the Swiss Seismological Service.
    """

    def __init__(self, rate_hz: float, n_rows: int) -> None:
        self._rate_hz = rate_hz
        self._alpha = 1 - 1 / rate_hz
        fresh = {"last": 0.0, "started": False, "power": np.zeros(1), "slope": np.zeros(1)}
        self.state = RowState(n_rows, fresh)

    def feed(self, velocity: Floats, rows: Rows = ALL) -> Floats:
        """Return the period at every sample of the next piece. [s]."""
        if velocity.size == 0:
            return np.zeros(velocity.shape)
        state = self.state
        first = np.where(state["started"][rows], state["last"][rows], velocity[:, 0])
        slope = np.diff(velocity, axis=1, prepend=first[:, np.newaxis]) * self._rate_hz
        poles = [1.0, -self._alpha]
        x, state["power"][rows] = signal.lfilter(
            [1.0], poles, np.square(velocity), axis=1, zi=state["power"][rows]
        )
        d, state["slope"][rows] = signal.lfilter(
            [1.0], poles, np.square(slope), axis=1, zi=state["slope"][rows]
        )
        state["last"][rows] = velocity[:, -1]
        state["started"][rows] = True
        return np.asarray(2 * np.pi * np.sqrt(np.divide(x, d, out=np.zeros_like(x), where=d > 0)))


def _integral(x: Floats, rate_hz: float) -> Floats:
    steps = np.concatenate([[0.0], (x[1:] + x[:-1]) / 2])
    return np.asarray(np.cumsum(steps) / rate_hz)
