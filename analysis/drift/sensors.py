"""Instruments of one structure in one event: where each stands and which way it points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.analysis.arrays import Floats
from plumbline.analysis.drift.storeys import Storey, StoreyKind, base_of, lowest_of

PARALLEL_DEG = 5.0  # closer than this two axes count as one direction
LEAST_CROSSING = 0.5  # sine of the angle two base axes must span to be turned into another


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One horizontal axis of motion.

    Attributes
    ----------
    name
        Station and channel, as the user knows it.
    place
        Where it stands, in the giver's words.
    level
        The level that is.
    azimuth_deg
        Direction of positive motion, clockwise from north. [degrees]
    accel_ms2
        Acceleration, shape ``(n,)``; all sensors of a structure start together. [m/s²]
    direction
        Name of the direction where the azimuth is only the structure's own; empty to derive it.
    """

    name: str
    place: str
    level: Storey
    azimuth_deg: float
    accel_ms2: Floats
    direction: str = ""


class NoBaseError(LookupError):
    """No instrument stands at the base of the structure, so there is nothing to drift from."""


def reference_level(sensors: Sequence[Sensor]) -> Storey:
    """Return the level drift is measured from.

    The base; failing that a first floor, which in the count of many countries is the ground.

    Raises
    ------
    NoBaseError
        If the lowest instrument stands higher: half a drift is worse than none.
    """
    levels = [sensor.level for sensor in sensors]
    base = base_of(levels) or lowest_of(levels)
    if base is None or (base.kind is not StoreyKind.BASE and base.rank != 1):
        seen = ", ".join(sorted({sensor.place or sensor.name for sensor in sensors}))
        raise NoBaseError(f"no instrument at the base among: {seen}")
    return base


def along(sensors: Sequence[Sensor], azimuth_deg: float) -> tuple[Floats, str] | None:
    """Return the motion of a level toward an azimuth, and from which sensors it was made.

    Parameters
    ----------
    sensors
        The sensors of one level.
    azimuth_deg
        Wanted direction. [degrees]

    Returns
    -------
    tuple or None
        Acceleration and the names used: one parallel sensor (turned round if it points the other
        way), or two crossing ones combined; None if neither exists. Where several are parallel
        the first is taken.
    """
    for sensor in sensors:
        cosine = math.cos(math.radians(sensor.azimuth_deg - azimuth_deg))
        if abs(cosine) >= math.cos(math.radians(PARALLEL_DEG)):
            return math.copysign(1.0, cosine) * sensor.accel_ms2, sensor.name
    for i, one in enumerate(sensors):
        for other in sensors[i + 1 :]:
            a, b = math.radians(one.azimuth_deg), math.radians(other.azimuth_deg)
            wanted, crossing = math.radians(azimuth_deg), math.sin(b - a)
            if abs(crossing) >= LEAST_CROSSING:
                first = math.sin(b - wanted) / crossing
                second = math.sin(wanted - a) / crossing
                motion = first * one.accel_ms2 + second * other.accel_ms2
                return motion, f"{one.name}, {other.name}"
    return None


def direction_name(azimuth_deg: float) -> str:
    """Return ``EW`` or ``NS`` within 5 degrees of them, else the line's azimuth."""
    line = azimuth_deg % 180
    if min(line, 180 - line) <= PARALLEL_DEG:
        return "NS"
    return "EW" if abs(line - 90) <= PARALLEL_DEG else f"{line:.0f} deg"
