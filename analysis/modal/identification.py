"""Modes without hand-picking: every band, several lag windows, many orders, one list."""

from dataclasses import dataclass, field, replace

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.bands import OVERLAP, decimated, stretches
from plumbline.analysis.modal.covariance import ssi_cov
from plumbline.analysis.modal.driven import moesp
from plumbline.analysis.modal.poles import Complexes, Poles
from plumbline.analysis.modal.shapes import collinearity, in_phase, mac
from plumbline.analysis.modal.stabilisation import Group, PoleStability, Stable, groups, stable

NOMINAL_HIGH_HZ = 20.0  # the structure chain ends here
USABLE_SHARE_OF_RATE = 0.4
LEAST_HZ = 0.05
LEAST_CYCLES = 25.0  # of the lowest frequency in the record, where the input is not known
LEAST_CYCLES_DRIVEN = 10.0
LAG_PERIODS = (1.0, 1.5, 2.0)  # block rows, in periods of the band's foot
ORDERS = range(2, 62, 2)
SAME_FREQUENCY = 0.02  # two groups are one mode if f differs by less and the shapes agree,
SAME_BANDWIDTHS = 2.0  # or by less than this many half-power half-widths of a well damped mode
SAME_MAC = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One mode of the structure as it moved in this record.

    Attributes
    ----------
    frequency_hz, frequency_spread_hz
        Median over the models, and their standard deviation. [Hz]
    damping, damping_spread
        Damping ratio likewise.
    shape
        Complex shape, largest part 1, shape ``(n_channels,)``, in the units of the channels.
    collinearity
        Modal phase collinearity: 1 where all channels move in or against phase.
    presence
        Share of models that show the mode.
    """

    frequency_hz: float
    frequency_spread_hz: float
    damping: float
    damping_spread: float
    shape: Complexes
    collinearity: float
    presence: float

    @property
    def period_s(self) -> float:
        """Period. [s]"""
        return 1 / self.frequency_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The modes found, and what was looked at to find them.

    Attributes
    ----------
    modes
        By rising frequency.
    low_hz, high_hz
        The range searched. [Hz]
    driven
        True if the base motion was used as input.
    diagrams
        The stable poles of each band, for the stabilisation diagram.
    """

    modes: tuple[Mode, ...]
    low_hz: float
    high_hz: float
    driven: bool
    diagrams: tuple[Stable, ...] = field(repr=False)


def identify(
    motion: Floats,
    rate_hz: float,
    base: Floats | None = None,
    band_hz: tuple[float, float] | None = None,
    rule: PoleStability | None = None,
) -> Identified:
    """Find the modes of a structure.

    Parameters
    ----------
    motion
        Response, channels as rows, shape ``(n_channels, n)``; each channel in its own unit.
    rate_hz
        Sampling rate. [Hz]
    base
        Motion of the base, shape ``(n_inputs, n)``, if it was measured while it drove the
        structure. Without it the excitation is taken for broad-band noise.
    band_hz
        Range to search; by default from what the length carries to ``min(20, 0.4 rate)``. [Hz]
    rule
        Stability criteria.

    Raises
    ------
    ValueError
        If the record is too short for any frequency of the range.
    """
    rule = rule or PoleStability()
    scale = _spread(motion)
    low_hz, high_hz = band_hz or default_band_hz(motion.shape[1], rate_hz, base is not None)
    found: list[Group] = []
    diagrams = []
    for stretch in stretches(low_hz, high_hz):
        response, rate = decimated(motion / scale, rate_hz, stretch.high_hz)
        drive = None if base is None else decimated(base, rate_hz, stretch.high_hz)[0]
        here = _spread(response)
        families = _families(response / here, drive, rate, stretch.low_hz)
        if not families:
            continue
        foot = max(low_hz, OVERLAP * stretch.low_hz)
        poles = stable(families, foot, min(stretch.high_hz, USABLE_SHARE_OF_RATE * rate), rule)
        diagrams.append(poles)
        found += [replace(group, shape=group.shape * here[:, 0]) for group in groups(poles, rule)]
    return Identified(
        modes=tuple(_mode(group, scale[:, 0]) for group in _distinct(found)),
        low_hz=low_hz,
        high_hz=high_hz,
        driven=base is not None,
        diagrams=tuple(diagrams),
    )


def default_band_hz(n: int, rate_hz: float, driven: bool) -> tuple[float, float]:
    """Return the range a record of ``n`` samples is searched over. [Hz]"""
    cycles = LEAST_CYCLES_DRIVEN if driven else LEAST_CYCLES
    low = max(LEAST_HZ, cycles * rate_hz / n)
    high = min(NOMINAL_HIGH_HZ, USABLE_SHARE_OF_RATE * rate_hz)
    if low >= high:
        raise ValueError(f"{n / rate_hz:.3g} s of record are too short to find modes in")
    return low, high


def _spread(rows: Floats) -> Floats:
    """Return each row's standard deviation as a column, 1 for a row that does not move."""
    spread = rows.std(axis=1, keepdims=True)
    return np.where(spread > 0, spread, 1.0)


def _families(
    response: Floats, drive: Floats | None, rate_hz: float, low_hz: float
) -> list[list[Poles]]:
    families = []
    for periods in LAG_PERIODS:
        rows = max(4, round(periods * rate_hz / low_hz))
        try:
            if drive is None:
                poles = ssi_cov(response, rate_hz, rows, ORDERS)
            else:
                poles = moesp(drive / _spread(drive), response, rate_hz, rows, ORDERS)
        except ValueError:  # this lag window is longer than the record allows; shorter ones stand
            continue
        if len(poles) > 1:
            families.append(poles)
    return families


def _distinct(found: list[Group]) -> list[Group]:
    """Keep one group a mode: two bands may both show it, a well damped one may come apart."""
    distinct: list[Group] = []
    for group in sorted(found, key=lambda g: -g.presence):
        if not any(_same(group, other) for other in distinct):
            distinct.append(group)
    return sorted(distinct, key=lambda g: g.frequency_hz)


def _same(group: Group, other: Group) -> bool:
    reach = max(SAME_FREQUENCY, SAME_BANDWIDTHS * other.damping)
    near = abs(group.frequency_hz / other.frequency_hz - 1) < reach
    return bool(near and mac(group.shape, other.shape)[0, 0] > SAME_MAC)


def _mode(group: Group, scale: Floats) -> Mode:
    shape = group.shape * scale
    return Mode(
        frequency_hz=group.frequency_hz,
        frequency_spread_hz=group.frequency_spread_hz,
        damping=group.damping,
        damping_spread=group.damping_spread,
        shape=in_phase(shape),
        collinearity=collinearity(shape),
        presence=group.presence,
    )
