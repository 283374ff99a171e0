"""Following the first modes through the months: which is which, and what temperature explains."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.modal.poles import Complexes
from plumbline.analysis.modal.shapes import mac

MOST_SHIFT = 0.25  # quakes have taken a quarter off a frequency; further off it is another mode
LEAST_MAC = 0.7
LEAST_RANGE_C = 3.0  # a slope fitted on less than this is noise
LEAST_POINTS = 20
HUBER = 1.345  # 95 % efficient on Gaussian residuals
ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalBaseline:
    """What the frequency of one mode is expected to be, in one construction stage.

    Attributes
    ----------
    stage
        Construction stage it belongs to.
    at_c
        Mean temperature of the window it was fitted on. [°C]
    frequency_hz
        Expected frequency at that temperature. [Hz]
    slope_hz_per_c
        Change with temperature; 0 where the window's range was too small for one. [Hz/°C]
    sigma_hz
        Robust standard deviation of the residuals. [Hz]
    shape
        Reference shape, ``(n_channels,)``.
    points
        How many identifications it rests on.
    range_c
        Temperatures of the window, lowest and highest. [°C]
    """

    stage: str
    at_c: float
    frequency_hz: float
    slope_hz_per_c: float
    sigma_hz: float
    shape: Complexes
    points: int
    range_c: tuple[float, float]

    def expected_hz(self, temperature_c: float | None) -> float:
        """Return the expected frequency; without a temperature, at the window's mean. [Hz]"""
        if temperature_c is None:
            return self.frequency_hz
        return self.frequency_hz + self.slope_hz_per_c * (temperature_c - self.at_c)


def fitted_baseline(
    stage: str, frequency_hz: Floats, temperature_c: Floats, shape: Complexes
) -> ModalBaseline:
    """Fit a baseline to the identifications of one quiet window.

    Parameters
    ----------
    stage
        Construction stage.
    frequency_hz, temperature_c
        One value an identification, shape ``(n,)``. [Hz], [°C]
    shape
        Reference shape, ``(n_channels,)``.

    Raises
    ------
    ValueError
        With fewer than 20 identifications.

    Notes
    -----
    Huber regression on temperature by reweighted least squares. The slope is left at zero when
    the window spans less than 3 °C: a baseline fitted in one week of spring must not pretend to
    know the summer.
    """
    n = frequency_hz.size
    if n < LEAST_POINTS:
        raise ValueError(f"a baseline needs {LEAST_POINTS} identifications, this window has {n}")
    low, high = float(temperature_c.min()), float(temperature_c.max())
    at_c = float(temperature_c.mean())
    columns = [np.ones(n)]
    if high - low >= LEAST_RANGE_C:
        columns.append(temperature_c - at_c)
    design = np.stack(columns, axis=1)
    weights: Floats = np.ones(n)
    answer: Floats = np.zeros(len(columns))
    sigma = 0.0
    for _ in range(ROUNDS):
        root = np.sqrt(weights)
        solved = np.linalg.lstsq(design * root[:, None], frequency_hz * root, rcond=None)
        answer = solved[0].astype(np.float64)
        residual = frequency_hz - design @ answer
        sigma = SIGMA_PER_MAD * float(np.median(np.abs(residual)))
        if sigma == 0:
            break
        weights = 1 / np.maximum(1.0, np.abs(residual) / (HUBER * sigma))
    return ModalBaseline(
        stage=stage,
        at_c=at_c,
        frequency_hz=float(answer[0]),
        slope_hz_per_c=float(answer[1]) if len(columns) > 1 else 0.0,
        sigma_hz=sigma,
        shape=shape,
        points=n,
        range_c=(low, high),
    )


def matched(
    frequency_hz: Floats,
    shapes: Complexes,
    expected_hz: Floats,
    references: Complexes,
    most_shift: float = MOST_SHIFT,
) -> list[int | None]:
    """Return for each tracked mode which identified mode is it.

    Parameters
    ----------
    frequency_hz, shapes
        Identified modes, ``(n,)`` and ``(n, n_channels)``. [Hz]
    expected_hz, references
        Tracked modes, ``(m,)`` and ``(m, n_channels)``. [Hz]
    most_shift
        Largest relative change of frequency a tracked mode may have made.

    Returns
    -------
    list
        For each tracked mode the index of its match, or None. No identified mode serves twice:
        the assignment with the least total distance is taken, so two close modes that change
        places in frequency keep their names by their shapes.
    """
    if not (frequency_hz.size and expected_hz.size):
        return [None] * expected_hz.size
    shift = np.abs(frequency_hz[None, :] / expected_hz[:, None] - 1)
    likeness = mac(references, shapes)
    allowed = (shift <= most_shift) & (likeness >= LEAST_MAC)
    cost = np.where(allowed, shift / most_shift + (1 - likeness) / (1 - LEAST_MAC), 1e6)
    rows, columns = linear_sum_assignment(cost)
    pairs = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if allowed[r, c]}
    return [pairs.get(k) for k in range(expected_hz.size)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far one mode lies from what its baseline expects.

    Attributes
    ----------
    relative
        ``f / expected - 1``.
    guard
        What a change must exceed to mean anything: the larger of 3 sigma and 5 %, relative.
    extrapolated
        True if the temperature lies outside the baseline's window.
    """

    relative: float
    guard: float
    extrapolated: bool

    @property
    def beyond(self) -> bool:
        """True if the change exceeds the guard."""
        return abs(self.relative) > self.guard


SIGMAS = 3.0
LEAST_GUARD = 0.05


def shift(baseline: ModalBaseline, frequency_hz: float, temperature_c: float | None) -> Shift:
    """Return the shift of an identified frequency from its baseline. [Hz], [°C]"""
    expected = baseline.expected_hz(temperature_c)
    low, high = baseline.range_c
    outside = temperature_c is not None and not low <= temperature_c <= high
    return Shift(
        relative=frequency_hz / expected - 1,
        guard=max(SIGMAS * baseline.sigma_hz / expected, LEAST_GUARD),
        extrapolated=outside or (temperature_c is None and not math.isclose(low, high)),
    )


def lasting(shifts: Sequence[Shift | None]) -> int:
    """Return how many modes lie beyond their guard."""
    return sum(1 for one in shifts if one is not None and one.beyond)
