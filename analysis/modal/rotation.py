"""Two parallel sensors on one floor: does the floor twist, or do the translations only couple?"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.poles import Complexes
from plumbline.analysis.modal.transfer import interpolated_peak, segment_samples

PROMINENCE_DB = 10.0  # of a peak of the difference's power spectrum
COHERENT = 0.5  # above it the difference follows the translation


class Twist(StrEnum):
    """What a peak in the difference of two parallel sensors means."""

    TORSIONAL = "torsional"
    COUPLED = "coupled"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePeak:
    """One peak of the difference spectrum.

    Attributes
    ----------
    frequency_hz
        Interpolated between lines. [Hz]
    prominence_db
        How far it stands above the higher of the valleys beside it. [dB]
    rotation_share
        Motion of either sensor by rotation alone over the floor's translation there, all measured
        directions together.
    coherence
        Largest coherence of the difference with a translation.
    twist
        ``torsional`` if rotation moves the sensors more than translation does; ``coupled`` if it
        moves them less and follows the translation; ``undecided`` otherwise.
    """

    frequency_hz: float
    prominence_db: float
    rotation_share: float
    coherence: float
    twist: Twist


def difference_peaks(
    one: Floats,
    other: Floats,
    across: Floats | None,
    rate_hz: float,
    low_hz: float,
    high_hz: float,
) -> tuple[DifferencePeak, ...]:
    """Return the peaks in the difference of two parallel sensors of one floor.

    Parameters
    ----------
    one, other
        The two records, shape ``(n,)``, same direction.
    across
        A record of the same floor at right angles to them, or None.
    rate_hz
        Sampling rate. [Hz]
    low_hz, high_hz
        Range looked at. [Hz]

    Notes
    -----
    Half the difference is what rotation adds at either sensor, half the sum is the translation
    between them. The translation of two nearly equal horizontal modes beats, and any eccentricity
    lets some of it through into the difference: such a peak lies between the translational ones,
    small and coherent with them, and is no mode of its own.
    """
    turn, along = (one - other) / 2, (one + other) / 2
    length = segment_samples(one.size, rate_hz)
    f, power = signal.welch(turn, rate_hz, nperseg=length)
    tiny = np.finfo(np.float64).tiny
    translation = np.zeros_like(power)
    coherence = np.zeros_like(power)
    for motion in (along,) if across is None else (along, across):
        _, own = signal.welch(motion, rate_hz, nperseg=length)
        _, cross = signal.csd(motion, turn, rate_hz, nperseg=length)
        translation += own
        coherence = np.maximum(coherence, np.abs(cross) ** 2 / np.maximum(own * power, tiny))
    inside = np.flatnonzero((f >= low_hz) & (f <= high_hz))
    level = 10 * np.log10(np.maximum(power[inside], tiny))
    at, shown = signal.find_peaks(level, prominence=PROMINENCE_DB)
    peaks = []
    for k, prominence in zip(inside[at], shown["prominences"], strict=True):
        share = float(np.sqrt(power[k] / max(translation[k], tiny)))
        peaks.append(
            DifferencePeak(
                frequency_hz=interpolated_peak(f, power, int(k)),
                prominence_db=float(prominence),
                rotation_share=share,
                coherence=float(coherence[k]),
                twist=_twist(share, float(coherence[k])),
            )
        )
    return tuple(peaks)


def shape_twist(one: complex, other: complex, across: Complexes) -> tuple[Twist, float]:
    """Return whether a mode shape twists a floor, and its rotation share.

    Parameters
    ----------
    one, other
        The shape at two parallel sensors of the floor.
    across
        The shape at the floor's sensors at right angles to them; may be empty.
    """
    turn, along = abs(one - other) / 2, abs(one + other) / 2
    sideways = float(np.mean(np.abs(across))) if across.size else 0.0
    translation = float(np.hypot(along, sideways))
    share = turn / translation if translation > 0 else np.inf
    return (Twist.TORSIONAL if share >= 1 else Twist.COUPLED), float(share)


def _twist(share: float, coherence: float) -> Twist:
    if share >= 1:
        return Twist.TORSIONAL
    return Twist.COUPLED if coherence >= COHERENT else Twist.UNDECIDED
