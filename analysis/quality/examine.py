"""One channel by itself, looked at in every way that needs no neighbour."""

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.quality.finding import Finding
from plumbline.analysis.quality.floor import against_data_sheet, hum
from plumbline.analysis.quality.jumps import spikes, step
from plumbline.analysis.quality.stuck import clipping, flat_line


def examined(
    values: Floats,
    rate_hz: float,
    full_scale: tuple[float, float] | None = None,
    noise_ug: float | None = None,
) -> tuple[Finding, ...]:
    """Return everything found wrong with one channel.

    Parameters
    ----------
    values
        Samples as recorded, shape ``(n,)``; for the data sheet's floor in m/s².
    rate_hz
        Sampling rate. [Hz]
    full_scale
        Lowest and highest value the instrument can give, in the same unit, if known.
    noise_ug
        Noise density of the data sheet, if known. [µg/√Hz]

    Raises
    ------
    ValueError
        Without a sample.
    """
    if values.size == 0:
        raise ValueError("a channel without a sample cannot be examined")
    flat = flat_line(values, rate_hz)
    if flat is not None and np.all(values == values[0]):
        return (flat,)
    found = [
        flat,
        clipping(values, rate_hz, full_scale),
        spikes(values, rate_hz),
        step(values, rate_hz),
        hum(values, rate_hz),
        against_data_sheet(values, rate_hz, noise_ug) if noise_ug is not None else None,
    ]
    return tuple(one for one in found if one is not None)
