"""A Record: one axis of motion as its giver wrote it, with what the header says about it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.errors import UnitUnknown
from plumbline.records.orientation import UNKNOWN_ORIENTATION, Orientation

STANDARD_GRAVITY_MS2 = 9.80665
"""CGPM 1901; the factor CSMIP prints in its headers (980.665)."""


class Quantity(StrEnum):
    """What the values are a record of."""

    ACCELERATION = "acceleration"
    VELOCITY = "velocity"
    DISPLACEMENT = "displacement"
    UNKNOWN = "unknown"


class Unit(StrEnum):
    """The unit a file states its values in."""

    MS2 = "m/s2"
    GAL = "gal"
    MMS2 = "mm/s2"
    G = "g"
    MILLI_G = "mg"
    G_TENTH = "g/10"
    MS = "m/s"
    CMS = "cm/s"
    MMS = "mm/s"
    M = "m"
    CM = "cm"
    MM = "mm"
    COUNTS = "counts"
    UNSTATED = "unstated"


SI: dict[Unit, tuple[Quantity, float]] = {
    Unit.MS2: (Quantity.ACCELERATION, 1.0),
    Unit.GAL: (Quantity.ACCELERATION, 1e-2),
    Unit.MMS2: (Quantity.ACCELERATION, 1e-3),
    Unit.G: (Quantity.ACCELERATION, STANDARD_GRAVITY_MS2),
    Unit.MILLI_G: (Quantity.ACCELERATION, STANDARD_GRAVITY_MS2 * 1e-3),
    Unit.G_TENTH: (Quantity.ACCELERATION, STANDARD_GRAVITY_MS2 / 10),
    Unit.MS: (Quantity.VELOCITY, 1.0),
    Unit.CMS: (Quantity.VELOCITY, 1e-2),
    Unit.MMS: (Quantity.VELOCITY, 1e-3),
    Unit.M: (Quantity.DISPLACEMENT, 1.0),
    Unit.CM: (Quantity.DISPLACEMENT, 1e-2),
    Unit.MM: (Quantity.DISPLACEMENT, 1e-3),
}
"""Quantity and SI value of each unit that has one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """One axis of motion, in the unit its giver used.

    Attributes
    ----------
    station, network, location, channel
        Codes as the file gives them; empty where it gives none.
    place
        Where on the structure, in the giver's words (``Basement NW corner``).
    orientation
        Which way the axis points.
    start_ns
        UTC time of the first sample, or None if the file does not say. [ns since 1970]
    rate_hz
        Sampling rate. [Hz]
    values
        Samples, shape ``(n_samples,)``. [unit]
    unit
        Unit of the values.
    offset_removed
        True if the giver already removed the offset (a filtered "volume 2" record, or one
        declared offset-free).
    peak
        Largest value the header states, signed as printed. [unit]
    source
        The file.
    notes
        What a reader had to decide, in words for the user.

    Raises
    ------
    ValueError
        If the rate is not positive, or the values are not one row or not finite.
    """

    station: str
    channel: str
    rate_hz: float
    values: Floats
    unit: Unit
    source: Path
    start_ns: int | None = None
    network: str = ""
    location: str = ""
    place: str = ""
    orientation: Orientation = UNKNOWN_ORIENTATION
    offset_removed: bool = False
    peak: float | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            raise ValueError(f"rate_hz must be positive, not {self.rate_hz}")
        if self.values.ndim != 1 or self.values.size == 0:
            raise ValueError(f"values must be one row of samples, not shape {self.values.shape}")
        if not np.isfinite(self.values).all():
            raise ValueError("values must be finite")

    @property
    def quantity(self) -> Quantity:
        """What the values are a record of."""
        return SI[self.unit][0] if self.unit in SI else Quantity.UNKNOWN

    @property
    def duration_s(self) -> float:
        """Time the samples cover. [s]"""
        return self.values.size / self.rate_hz

    def si(self) -> Floats:
        """Return the values in metres and seconds.

        Raises
        ------
        UnitUnknown
            If they are counts or their unit is not stated.
        """
        if self.unit not in SI:
            raise UnitUnknown(
                f"{self.source}: {self.channel or 'its values'}: the unit is {self.unit}; "
                "state it (--units gal, g or m/s2), or give the StationXML with the sensitivity"
            )
        return self.values * SI[self.unit][1]

    def stated_in(self, unit: Unit) -> "Record":
        """Return the same numbers understood in another unit."""
        return replace(self, unit=unit)
