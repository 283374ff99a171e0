"""How far floors move against the base and against each other."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.drift.displacement import displacement_m
from plumbline.analysis.drift.sensors import Sensor, along, direction_name, reference_level
from plumbline.analysis.drift.storeys import Storey, StoreyKind

CORNERS_APART = math.sqrt(2)  # the answer is made again with the corner this factor up and down


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Largest movement of one level against another, along one direction.

    Attributes
    ----------
    upper, lower
        Names of the levels.
    sensor, reference
        The sensors used.
    direction
        ``EW``, ``NS`` or the azimuth of the line.
    displacement_m
        Largest relative displacement. [m]
    uncertainty_m
        Half the spread of that value as the corner moves half an octave up and down. It says how
        firmly the filter holds the answer, not what lies below the corner. [m]
    time_s
        When, from the first sample. [s]
    height_m
        Height between the levels; None if not known. [m]
    adjacent
        True if no storey lies between: only then is it an inter-storey drift.
    history_m
        Relative displacement, shape ``(n,)``. [m]
    """

    upper: str
    lower: str
    sensor: str
    reference: str
    direction: str
    displacement_m: float
    uncertainty_m: float
    time_s: float
    height_m: float | None
    adjacent: bool
    history_m: Floats

    @property
    def ratio(self) -> float | None:
        """Displacement over height; None without a height."""
        return None if self.height_m is None else self.displacement_m / self.height_m

    @property
    def ratio_uncertainty(self) -> float | None:
        """The same for the uncertainty."""
        return None if self.height_m is None else self.uncertainty_m / self.height_m


def drifts(
    sensors: Sequence[Sensor],
    rate_hz: float,
    corner_hz: float,
    heights_m: Mapping[str, float],
    base: Storey | None = None,
) -> tuple[Drift, ...]:
    """Return the drift of every instrumented level against the base, and of neighbours.

    Parameters
    ----------
    sensors
        Horizontal sensors of one structure in one event, of equal length.
    rate_hz
        Sampling rate. [Hz]
    corner_hz
        Corner of the high-pass, the same for every floor. [Hz]
    heights_m
        Height of levels above the base, by level name; may be empty. [m]
    base
        The level to measure from; by default `reference_level`.

    Returns
    -------
    tuple of Drift
        Highest level first; for each level its drift against the base by direction, then against
        the next instrumented level below.

    Raises
    ------
    NoBaseError
        If nothing stands at the base.

    Notes
    -----
    Each level is integrated by itself with the same filter, then subtracted. A permanent drift
    cannot come out of this; tilt before and after tells that one.
    """
    base = reference_level(sensors) if base is None else base
    by_level: dict[Storey, list[Sensor]] = {}
    for sensor in sensors:
        if sensor.level.kind not in (StoreyKind.FREE_FIELD, StoreyKind.UNKNOWN):
            by_level.setdefault(sensor.level, []).append(sensor)
    order = sorted(by_level)
    found = []
    for level in reversed(order[1:]):
        below = order[order.index(level) - 1]
        for sensor in by_level[level]:
            for lower in dict.fromkeys((base, below)):
                one = _drift(sensor, lower, by_level[lower], rate_hz, corner_hz, heights_m)
                if one is not None:
                    found.append(one)
    return tuple(found)


def _drift(
    sensor: Sensor,
    lower: Storey,
    references: Sequence[Sensor],
    rate_hz: float,
    corner_hz: float,
    heights_m: Mapping[str, float],
) -> Drift | None:
    made = along(references, sensor.azimuth_deg)
    if made is None:
        return None
    motion, reference = made
    history = {
        corner: displacement_m(sensor.accel_ms2, rate_hz, corner)
        - displacement_m(motion, rate_hz, corner)
        for corner in (corner_hz / CORNERS_APART, corner_hz, corner_hz * CORNERS_APART)
    }
    peaks = [float(np.max(np.abs(one))) for one in history.values()]
    at = int(np.argmax(np.abs(history[corner_hz])))
    return Drift(
        upper=sensor.level.name,
        lower=lower.name,
        sensor=sensor.name,
        reference=reference,
        direction=sensor.direction or direction_name(sensor.azimuth_deg),
        displacement_m=peaks[1],
        uncertainty_m=(max(peaks) - min(peaks)) / 2,
        time_s=at / rate_hz,
        height_m=_height(sensor.level, lower, heights_m),
        adjacent=sensor.level.kind is StoreyKind.FLOOR
        and sensor.level.rank - max(lower.rank, 0.0) == 1,
        history_m=history[corner_hz],
    )


def _height(upper: Storey, lower: Storey, heights_m: Mapping[str, float]) -> float | None:
    if upper.name not in heights_m or lower.name not in heights_m:
        return None
    height = heights_m[upper.name] - heights_m[lower.name]
    return height if height > 0 else None
