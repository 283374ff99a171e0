"""Gates: what a rising trigger must show before it counts as shaking."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats

QUIETER = 0.3
"""The quantile of the power that stands for the time between blows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a trigger must show.

    Attributes
    ----------
    amplitude_ms2
        Least amplitude in the band, as of a sine with the power of the short
        average. [m/s2]
    duration_s
        How long it must stay above the threshold. [s]
    share
        Least share of the channel's whole power (above 0.05 Hz) that lies in the
        band. Blows and engines fail: they put it all above 5 Hz. [1]
    persistence
        Least :func:`persistence` of the last ``persistence_s``. Blows fail: it is
        quiet between them. [1]
    persistence_s
        How far back that looks: over more than one blow. [s]
    flat_s
        Motion that has grown for ``persistence_s`` until the reading stood still, and has
        not changed by one count for so long, was cut off: it needs no further proof. [s]
    """

    amplitude_ms2: float
    duration_s: float
    share: float = 0.0
    persistence: float = 0.0
    persistence_s: float = 2.0
    flat_s: float = 0.5

    def __post_init__(self) -> None:
        if self.amplitude_ms2 < 0 or self.duration_s < 0:
            raise ValueError(f"amplitude and duration must be >= 0: {self}")
        if not (0 <= self.share < 1 and 0 <= self.persistence < 1):
            raise ValueError(f"share and persistence must be in [0, 1): {self}")


def sine_amplitude(power: Floats) -> Floats:
    """Return the amplitude of the sine that has this mean square."""
    return np.asarray(np.sqrt(2 * power))


def persistence(power: Floats, least_largest: Floats) -> Floats:
    """Return how far the power falls between its peaks, along the last axis; 0 is quiet.

    Parameters
    ----------
    power
        Mean squares of successive short steps, shape ``(..., n_steps)``.
    least_largest
        Power that counts as the largest at least, shape ``(...)``: that of
        the short average, so that what rings on after the last blow does not
        pass for steady.

    Notes
    -----
    Neighbouring steps are averaged, for a step is shorter than half a cycle,
    and the 30 % quantile is compared with the largest. Measured between 0.05
    and 20 Hz: earthquake records reach 0.3 to 0.6 within seconds; blows of 5 Hz
    and a decay time of 0.2 s, 1.6 a second, 0.15, slower or higher ones less.
    """
    smooth = (power[..., 1:] + power[..., :-1]) / 2
    low = quieter(smooth)
    largest = np.maximum(np.max(smooth, axis=-1), least_largest)
    return np.asarray(np.divide(low, largest, out=np.zeros_like(low), where=largest > 0))


def quieter(steps: Floats) -> Floats:
    """Return the ``QUIETER`` quantile along the last axis."""
    at = int(QUIETER * (steps.shape[-1] - 1))
    return np.asarray(np.partition(steps, at, axis=-1)[..., at])


def standing(power: Floats) -> Floats:
    """Return what the newest step holds of the largest so far, along the last axis.

    Notes
    -----
    Smoothed as :func:`persistence` does. A step is held against those before it and itself,
    never against later ones: motion that grows stands near 1 whatever it becomes, what a
    blow leaves behind stands low until the next.
    """
    smooth = (power[..., 1:] + power[..., :-1]) / 2
    newest, largest = smooth[..., -1], np.max(smooth, axis=-1)
    return np.asarray(np.divide(newest, largest, out=np.zeros_like(newest), where=largest > 0))


def share(part: Floats, whole: Floats) -> Floats:
    """Return the share of the power that lies in the band; zero where there is no power."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0))
