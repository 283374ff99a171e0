"""Arrival of a record: its onset refined around a trigger, with uncertainty and weight."""

from typing import Final, NamedTuple

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.filters import high_pass
from plumbline.analysis.trigger.nuisance_rejection import QUALITY_RATIOS, quality
from plumbline.analysis.trigger.onset import aic, onset

BEFORE_S: Final = 20.0
"""An onset is sought this long before the trigger: a trigger may be of S. [s]"""

AFTER_S: Final = 2.0
"""And this long after it. [s]"""

NOISE_S: Final = 2.0
"""Fewer seconds of noise before an onset are no noise to compare with. [s]"""

HIGH_PASS_HZ: Final = 1.0
"""Sway of a building and drift of a sensor are taken off below this. [Hz]"""

EARLIER_RATIO: Final = 3.0
"""An onset before the one found counts if the power grows so many times at it."""


SHARP_S: Final = 1.0
"""An onset known no better than this is none. [s]"""


class Arrival(NamedTuple):
    """Onset of a record.

    Attributes
    ----------
    sample
        Index of the first sample of the motion.
    sigma_s
        Standard deviation by Akaike's weights: exact for white noise, a lower bound for the
        coloured noise of real ground. [s]
    weight
        P-Alert's: 0 (power grows over 30 times in a second) to 3 (over 1.5 times).
    """

    sample: int
    sigma_s: float
    weight: int


def arrival(x: Floats, rate_hz: float, about: int) -> Arrival | None:
    """Return the onset near a trigger; None where no power grows there sharply.

    Parameters
    ----------
    x
        One axis, offset and all, shape ``(n_samples,)``.
    rate_hz
        Sampling rate. [Hz]
    about
        Index of the trigger. [samples]

    Notes
    -----
    The criterion (`onset.aic`) is of the record above 1 Hz, filtered forward only, so that
    nothing comes before its time. Its minimum finds the strongest change, which is S as often as
    P: the stretch before it is split again, as long as the power there grows three times.
    """
    first = max(0, about - round(BEFORE_S * rate_hz))
    end = min(len(x), about + round(AFTER_S * rate_hz))
    noise = round(NOISE_S * rate_hz)
    if end - first < 2 * noise:
        return None
    sos = high_pass(rate_hz, HIGH_PASS_HZ).sos
    start = max(0, first - noise)
    quiet = float(np.mean(x[start : start + noise]))
    y = signal.sosfilt(sos, x[start:end] - quiet)[first - start :]
    found: Arrival | None = None
    while len(y) >= 2 * noise:
        pick = _split(y, rate_hz)
        if pick.sample < noise:
            break
        sharp = pick.weight < len(QUALITY_RATIOS) and pick.sigma_s <= SHARP_S
        if not sharp or (found is not None and not _grows(y, pick.sample, rate_hz)):
            break
        found = pick._replace(sample=first + pick.sample)
        y = y[: pick.sample]
    return found


def _split(y: Floats, rate_hz: float) -> Arrival:
    """Return where the criterion splits a record, how surely, and what grows there."""
    changed = np.flatnonzero(y != y[0])
    if changed.size == 0 or changed[0] > 2:  # a constant stretch has no variance to weigh
        index = int(changed[0]) if changed.size else 0
        return Arrival(index, float(np.sqrt(1 / 12)) / rate_hz, quality(y, index, rate_hz))
    curve = np.maximum(aic(y)[2:-3], -np.finfo(np.float32).max)
    likely = np.exp(-(curve - curve.min()) / 2)
    places = np.arange(curve.size)
    middle = float(likely @ places) / float(likely.sum())
    spread = float(likely @ (places - middle) ** 2) / float(likely.sum())
    index = onset(y)
    # A pick is never better than the sample it lies in.
    sigma_s = float(np.sqrt(spread + 1 / 12)) / rate_hz
    return Arrival(index, sigma_s, quality(y, index, rate_hz))


def _grows(y: Floats, index: int, rate_hz: float) -> bool:
    """Return whether the power grows `EARLIER_RATIO` times over the second at an onset."""
    one_s = round(rate_hz)
    before, after = y[max(index - one_s, 0) : index], y[index : index + one_s]
    return bool(np.mean(np.square(after)) > EARLIER_RATIO * np.mean(np.square(before)))
