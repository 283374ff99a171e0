"""Ground motion of the demonstration: a recorded earthquake, cut and oriented, with notes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.records import Quantity, Record, RecordError, Unit, read_records

FIRST_GAL = 1.0  # the cut begins 5 s before the motion first passes this
LEAD_S = 5.0
TAIL_S = 10.0
REST_S = 2.0  # the level at rest is the median of this much before anything moves
PACKAGED = Path("io/nied/tests/data/test.knet")  # K-NET AKT013 EW, 1996-08-10 M5.9, in ObsPy
PACKAGED_PEAK_GAL = 60.0  # recorded: 4.4 gal; scaled so that the tower is really shaken


class NoMotion(ValueError):
    """Files without motion that could move the ground; the text names the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundMotion:
    """Ground acceleration, east, north and up.

    Attributes
    ----------
    accel_ms2
        Shape ``(3, n_samples)``. [m/s2]
    notes
        What was done to the record, for the terminal.
    """

    name: str
    accel_ms2: NDArray[np.float64]
    rate_hz: float
    notes: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of the motion. [s]"""
        return float(self.accel_ms2.shape[1] / self.rate_hz)

    @property
    def peak_gal(self) -> float:
        """Largest acceleration of any component. [gal]"""
        return float(np.abs(self.accel_ms2).max() * 100)

    def cut(self) -> "GroundMotion":
        """Return [first 1 gal - 5 s, end of D5-95 + 10 s] of it, with a note of the cut.

        Raises
        ------
        NoMotion
            If it never passes 1 gal.
        """
        gal = np.abs(self.accel_ms2).max(axis=0) * 100
        loud = np.flatnonzero(gal >= FIRST_GAL)
        if not loud.size:
            raise NoMotion(f"{self.name}: never passes {FIRST_GAL:g} gal (peak {gal.max():.2f})")
        energy = np.cumsum((self.accel_ms2**2).sum(axis=0))
        end_s = float(np.searchsorted(energy, 0.95 * energy[-1])) / self.rate_hz + TAIL_S
        begin = max(0, int(loud[0] - LEAD_S * self.rate_hz))
        end = min(gal.size, round(end_s * self.rate_hz))
        note = (
            f"cut to {begin / self.rate_hz:.1f}..{end / self.rate_hz:.1f} s of {self.seconds:.1f}"
        )
        cut_ms2 = self.accel_ms2[:, begin:end]
        return replace(self, accel_ms2=cut_ms2, notes=(*self.notes, note))


def packaged_motion() -> GroundMotion:
    """Return the K-NET record that ObsPy carries, scaled up."""
    import obspy

    path = Path(obspy.__file__).parent / PACKAGED
    motion = recorded_motion([path])
    scale = PACKAGED_PEAK_GAL / motion.peak_gal
    note = f"scaled x{scale:.1f} to {PACKAGED_PEAK_GAL:g} gal (it recorded {motion.peak_gal:.1f})"
    scaled = replace(motion, accel_ms2=motion.accel_ms2 * scale, notes=(*motion.notes, note))
    return scaled.cut()


def recorded_motion(
    paths: Sequence[Path],
    *,
    unit: Unit | None = None,
    rate_hz: float | None = None,
    columns: Sequence[str] | None = None,
) -> GroundMotion:
    """Return the motion of one to three records of one station.

    Raises
    ------
    NoMotion
        If the files hold no acceleration, or axes that do not belong together.
    """
    try:
        records = read_records(paths, unit=unit, rate_hz=rate_hz, columns=columns)
        found = [(record, record.si()) for record in records if is_acceleration(record)]
    except RecordError as error:
        raise NoMotion(str(error)) from error
    if not found:
        raise NoMotion(f"{', '.join(map(str, paths))}: no acceleration found; give --units")
    if len(found) > 3 or len({record.rate_hz for record, _ in found}) > 1:
        raise NoMotion("--record: expected 1 to 3 axes of one station at one rate")
    rate = found[0][0].rate_hz
    length = min(values.size for _, values in found)
    accel = np.zeros((3, length))
    notes = []
    free = [0, 1, 2]
    for record, values in sorted(found, key=lambda pair: pair[0].orientation.azimuth_deg is None):
        row = _row(record, free)
        free.remove(row)
        polarity = -1.0 if _points_back(record) else 1.0
        rest = np.median(values[: max(1, round(REST_S * rate))])
        accel[row] = polarity * (values[:length] - rest)
        notes.append(
            f"{record.channel or 'values'} moves the ground {['east', 'north', 'up'][row]}"
        )
    first = found[0][0]
    name = f"{first.network}.{first.station}".strip(".") or first.source.name
    return GroundMotion(name=name, accel_ms2=accel, rate_hz=rate, notes=tuple(notes))


def is_acceleration(record: Record) -> bool:
    """Return whether a record can be taken as acceleration; one without a unit raises later."""
    return record.quantity in (Quantity.ACCELERATION, Quantity.UNKNOWN)


def _row(record: Record, free: Sequence[int]) -> int:
    """Return the row (east 0, north 1, up 2) an axis belongs to."""
    orientation = record.orientation
    if orientation.vertical:
        wanted = 2
    elif orientation.azimuth_deg is None:
        wanted = free[0]
    else:
        wanted = 0 if abs(np.sin(np.radians(orientation.azimuth_deg))) > np.sqrt(0.5) else 1
    if wanted not in free:
        raise NoMotion(f"{record.source}: two axes point the same way")
    return wanted


def _points_back(record: Record) -> bool:
    """Return whether an axis points south or west."""
    azimuth = record.orientation.azimuth_deg
    return azimuth is not None and 135 < azimuth < 315
