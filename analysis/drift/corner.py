"""Where the high-pass of a drift stands: below the first mode, and within what pads can carry."""

from collections.abc import Sequence

import numpy as np

from plumbline.analysis.drift.sensors import Sensor
from plumbline.analysis.drift.storeys import Storey
from plumbline.analysis.modal.transfer import transfer_function, transfer_peaks

HIGHEST_CORNER_HZ, LOWEST_CORNER_HZ = 0.1, 0.02
SHARE_OF_FIRST_MODE = 0.5
FIRST_MODE_GAIN, FIRST_MODE_COHERENCE = 3.0, 0.4
HIGHEST_SHARE_OF_RATE = 0.4


def chosen_corner_hz(
    sensors: Sequence[Sensor], base: Storey, rate_hz: float, known_hz: float | None = None
) -> tuple[float, str]:
    """Return the corner of the high-pass and why it stands there. [Hz]

    Parameters
    ----------
    sensors
        Horizontal sensors of one structure in one event.
    base
        The level drift is measured from.
    rate_hz
        Sampling rate. [Hz]
    known_hz
        First frequency of the structure if somebody knows it; else the lowest peak of a transfer
        function from the base that stands out is taken for it. [Hz]

    Notes
    -----
    Half of the first frequency, as 0.25 to 0.5 of it is usual, between 0.02 and 0.1 Hz.
    """
    first = known_hz if known_hz is not None else _first_peak_hz(sensors, base, rate_hz)
    if first is None:
        return HIGHEST_CORNER_HZ, "default: no first mode stands out"
    corner = min(max(SHARE_OF_FIRST_MODE * first, LOWEST_CORNER_HZ), HIGHEST_CORNER_HZ)
    named = "first peak" if known_hz is None else "known first frequency"
    return corner, f"at most {HIGHEST_CORNER_HZ:g} Hz and half of the {named} {first:.3g} Hz"


def _first_peak_hz(sensors: Sequence[Sensor], base: Storey, rate_hz: float) -> float | None:
    first: list[float] = []
    for sensor in sensors:
        below = [s for s in sensors if s.level == base and s.azimuth_deg == sensor.azimuth_deg]
        if sensor.level <= base or not below or not _move(below[0], sensor):
            continue
        function = transfer_function(below[0].accel_ms2, sensor.accel_ms2, rate_hz)
        first += [
            peak.frequency_hz
            for peak in transfer_peaks(function, LOWEST_CORNER_HZ, HIGHEST_SHARE_OF_RATE * rate_hz)
            if peak.gain >= FIRST_MODE_GAIN and peak.coherence >= FIRST_MODE_COHERENCE
        ][:1]
    return min(first, default=None)


def _move(*sensors: Sensor) -> bool:
    return all(np.ptp(sensor.accel_ms2) > 0 for sensor in sensors)
