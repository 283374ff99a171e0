"""The peak of one component, and the frequency of the event around it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.vibration.frequency import spectral_peak_hz, zero_crossing_hz

EVENT_S = 5.0  # the event is at most this long, around its peak


class VibrationAxis(StrEnum):
    """Which way a component points, as far as a standard cares."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    UNKNOWN = "unknown"
    SUM = "vector sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class VelocityPeak:
    """Peak particle velocity of one component.

    Attributes
    ----------
    component
        Its name.
    axis
        Which way it points.
    ppv_mms
        Largest absolute velocity in the meter's band. [mm/s]
    time_s
        When, from the first sample. [s]
    zero_crossing_hz
        Frequency of the half wave around the peak; NaN where it has none. [Hz]
    spectral_hz
        Frequency of the largest spectral line of the event; NaN for silence. [Hz]
    """

    component: str
    axis: VibrationAxis
    ppv_mms: float
    time_s: float
    zero_crossing_hz: float
    spectral_hz: float

    @property
    def frequencies_hz(self) -> tuple[float, ...]:
        """The frequencies that could be found. [Hz]"""
        found = (self.zero_crossing_hz, self.spectral_hz)
        return tuple(f for f in found if math.isfinite(f))


def component_peak(
    component: str,
    velocity_mms: Floats,
    rate_hz: float,
    axis: VibrationAxis = VibrationAxis.UNKNOWN,
) -> VelocityPeak:
    """Return the peak of one component of vibration velocity, shape ``(n,)``. [mm/s]

    The spectrum is that of at most five seconds around the peak: over an hour of record the
    largest line belongs to the traffic, not to the blow that made the peak.
    """
    v = np.asarray(velocity_mms, dtype=np.float64)
    at = int(np.argmax(np.abs(v)))
    half = int(EVENT_S * rate_hz / 2)
    event = v[max(0, at - half) : at + half + 1]
    return VelocityPeak(
        component=component,
        axis=axis,
        ppv_mms=float(abs(v[at])),
        time_s=at / rate_hz,
        zero_crossing_hz=zero_crossing_hz(event, rate_hz),
        spectral_hz=spectral_peak_hz(event, rate_hz),
    )


def vector_peak(velocities_mms: Mapping[str, Floats], rate_hz: float) -> VelocityPeak:
    """Return the peak of the vector sum, with the frequencies of its largest component then.

    Parameters
    ----------
    velocities_mms
        Velocity of each orthogonal component, equal lengths. [mm/s]
    rate_hz
        Sampling rate. [Hz]

    Raises
    ------
    ValueError
        Without three components: two of them are not a vector sum.
    """
    if len(velocities_mms) != 3:
        raise ValueError("a vector sum needs the three components of one point")
    rows = np.stack([np.asarray(v, dtype=np.float64) for v in velocities_mms.values()])
    total = np.sqrt((rows**2).sum(axis=0))
    at = int(np.argmax(total))
    half = int(EVENT_S * rate_hz / 2)
    event = rows[:, max(0, at - half) : at + half + 1]
    leading = event[int(np.argmax(np.abs(rows[:, at])))]
    return VelocityPeak(
        component="+".join(velocities_mms),
        axis=VibrationAxis.SUM,
        ppv_mms=float(total[at]),
        time_s=at / rate_hz,
        zero_crossing_hz=zero_crossing_hz(leading, rate_hz),
        spectral_hz=spectral_peak_hz(leading, rate_hz),
    )
