"""Stateful filters over many channels: one SciPy call for all that tick together."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, count

HIGHEST_SHARE_OF_RATE = 0.4
"""The upper corner never passes this share of the rate: 80 % of Nyquist leaves the
anti-alias filter of the instrument room to work."""

LONGEST_BRIDGE_S = 2.0
"""A gap up to this long is bridged, a longer one makes the channel start afresh. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A filter as second-order sections, and what it really does.

    Attributes
    ----------
    sos
        Second-order sections, shape ``(n_sections, 6)``.
    rate_hz
        The sampling rate it was made for. [Hz]
    low_hz, high_hz
        Corners (-3 dB) as built; None where there is none. [Hz]
    nominal_high_hz
        The upper corner that was asked for. [Hz]
    dc_gain
        What it does to a constant: 0 or 1.
    """

    sos: Floats
    rate_hz: float
    low_hz: float | None
    high_hz: float | None
    nominal_high_hz: float | None
    dc_gain: float

    @property
    def stated(self) -> str:
        """The band in words, for whoever reads a result."""
        low = "0" if self.low_hz is None else f"{self.low_hz:g}"
        if self.high_hz is None:
            return f"above {low} Hz"
        nominal = ""
        if self.nominal_high_hz is not None and self.high_hz < self.nominal_high_hz:
            nominal = f" (asked {self.nominal_high_hz:g} Hz, sampled at {self.rate_hz:g} Hz)"
        return f"{low}-{self.high_hz:g} Hz{nominal}"


def high_pass(rate_hz: float, low_hz: float, poles: int = 2) -> Design:
    """Return a Butterworth high-pass.

    Raises
    ------
    ValueError
        If the corner does not lie inside ``(0, 0.4 rate_hz)``.
    """
    _check_corner(rate_hz, low_hz)
    sos = signal.butter(poles, low_hz, "highpass", fs=rate_hz, output="sos")
    return Design(
        sos=sos, rate_hz=rate_hz, low_hz=low_hz, high_hz=None, nominal_high_hz=None, dc_gain=0.0
    )


def low_pass(rate_hz: float, high_hz: float, poles: int = 4) -> Design:
    """Return a Butterworth low-pass; its corner is ``min(high_hz, 0.4 rate_hz)``."""
    corner = _capped(rate_hz, high_hz)
    sos = signal.butter(poles, corner, "lowpass", fs=rate_hz, output="sos")
    return Design(
        sos=sos, rate_hz=rate_hz, low_hz=None, high_hz=corner, nominal_high_hz=high_hz, dc_gain=1.0
    )


def band_pass(
    rate_hz: float, low_hz: float, high_hz: float, low_poles: int = 2, high_poles: int = 4
) -> Design:
    """Return a Butterworth high-pass followed by a low-pass.

    Notes
    -----
    A cascade, not the textbook low-pass-to-band-pass transform: the two ends
    get the steepness they need apart, and few poles at the lower corner keep
    the ringing after a strong shake short (decay 2.25 s at 0.1 Hz, 2 poles).
    The upper corner is ``min(high_hz, 0.4 rate_hz)``.

    Raises
    ------
    ValueError
        If the corners as built are not in order.
    """
    lower = high_pass(rate_hz, low_hz, low_poles)
    upper = low_pass(rate_hz, high_hz, high_poles)
    if upper.high_hz is None or upper.high_hz <= low_hz:
        raise ValueError(f"no band left between {low_hz:g} and {upper.high_hz} Hz at {rate_hz} Hz")
    return Design(
        sos=np.concatenate([lower.sos, upper.sos]),
        rate_hz=rate_hz,
        low_hz=low_hz,
        high_hz=upper.high_hz,
        nominal_high_hz=high_hz,
        dc_gain=0.0,
    )


class SosBank:
    """One filter run over many channels, a piece at a time.

    Rows share rate and piece length; each keeps its own state, so a call may
    name any subset of them.

    Notes
    -----
    A row starts in the steady state of its first sample, so a gravity offset
    does not ring: the first sample is subtracted for good and its DC response
    added back, which for a linear filter is that steady state exactly, and
    keeps 9.8 m/s2 out of the recursion. Any split of a stream gives the same
    output, bit for bit.
    """

    def __init__(self, design: Design, n_rows: int) -> None:
        self.design = design
        fresh = {"zi": np.zeros((len(design.sos), 2)), "offset": 0.0, "seeded": False}
        self.state = RowState(n_rows, fresh)

    def feed(self, x: Floats, rows: Rows = ALL) -> Floats:
        """Filter the next piece of the named rows.

        Parameters
        ----------
        x
            Samples, shape ``(n_named_rows, n_samples)``, any unit.
        rows
            Which rows these are.

        Raises
        ------
        ValueError
            If ``x`` does not have a row for each named one.
        """
        if x.ndim != 2 or len(x) != count(rows, self.state.n_rows):
            raise ValueError(f"{x.shape} samples for {count(rows, self.state.n_rows)} rows")
        # SciPy 1.17: sosfilt raises on an empty piece.
        if x.size == 0:
            return np.zeros(x.shape)
        state = self.state
        seeded = state["seeded"][rows]
        offset = np.where(seeded, state["offset"][rows], x[:, 0])
        zi = np.moveaxis(state["zi"][rows], 0, 1)
        y, zf = signal.sosfilt(self.design.sos, x - offset[:, np.newaxis], axis=-1, zi=zi)
        state["zi"][rows] = np.moveaxis(zf, 1, 0)
        state["offset"][rows] = offset
        state["seeded"][rows] = True
        if self.design.dc_gain:
            y += self.design.dc_gain * offset[:, np.newaxis]
        return np.asarray(y)

    def reseed(self, rows: Rows = ALL) -> None:
        """Let rows start afresh at their next sample: after a gap too long to bridge."""
        self.state.reset(rows)


def bridge(last: Floats, following: Floats, n_missing: int) -> Floats:
    """Return the samples that fill a short gap: a straight line between its two ends.

    Parameters
    ----------
    last, following
        The samples on both sides of the gap, shape ``(n_rows,)``.
    n_missing
        Samples that are missing.

    Returns
    -------
    Shape ``(n_rows, n_missing)``. They keep a filter in step with time and add
    no peak; they are never archived and never counted in a measure.
    """
    weight = np.arange(1, n_missing + 1) / (n_missing + 1)
    return np.asarray(last[:, np.newaxis] + (following - last)[:, np.newaxis] * weight)


def _capped(rate_hz: float, high_hz: float) -> float:
    if not (rate_hz > 0 and high_hz > 0):
        raise ValueError(f"rate and corner must be > 0: {rate_hz}, {high_hz}")
    return min(high_hz, HIGHEST_SHARE_OF_RATE * rate_hz)


def _check_corner(rate_hz: float, low_hz: float) -> None:
    if not 0 < low_hz < HIGHEST_SHARE_OF_RATE * rate_hz:
        raise ValueError(f"corner {low_hz:g} Hz outside (0, 0.4 x {rate_hz:g}) Hz")
