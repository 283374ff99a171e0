"""A Channel: one axis at one place; an Event: all of them, side by side, of one length."""

import math
from dataclasses import dataclass

from plumbline.analysis.arrays import Floats
from plumbline.analysis.drift import Storey, StoreyKind, storey_of
from plumbline.analysis.drift.sensors import direction_name
from plumbline.records import Quantity, Record
from plumbline.records.axis_words import axis_word
from plumbline.records.orientation import oriented
from plumbline.records.record import SI

POSITIVE_DEG = {"NS": 0.0, "EW": 90.0}
UNNAMED = "one direction"
"""Columns that name no direction are taken to share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChannel:
    """One axis of motion at one place.

    Attributes
    ----------
    name
        Location and channel, or the column, unique in its event.
    code
        The same before it was made unique: pieces of one channel share it.
    station
        The instrument: axes of one share it.
    place
        Where it stands, in the giver's words.
    level
        The level that is.
    direction
        ``EW``, ``NS``, an azimuth, ``up``, or the axis' own word where the azimuth is not known.
    azimuth_deg
        Direction of positive motion; None if not known. [degrees]
    vertical
        True, False, or None if not known.
    values
        Samples, shape ``(n,)``, in metres and seconds where the unit is known.
    raw
        The same samples as the file has them.
    quantity, unit
        What they are; unit as the file states it.
    rate_hz
        Sampling rate. [Hz]
    start_ns
        First sample; None if the file does not say. [ns since 1970]
    source
        File name.
    """

    name: str
    code: str
    station: str
    place: str
    level: Storey
    direction: str
    azimuth_deg: float | None
    vertical: bool | None
    values: Floats
    raw: Floats
    quantity: Quantity
    unit: str
    rate_hz: float
    start_ns: int | None
    source: str

    @property
    def polarity(self) -> float:
        """-1 for an axis that points away from its direction's positive sense, else 1.

        North and east are positive, of other lines the azimuth below 180 degrees.
        """
        if self.azimuth_deg is None:
            return 1.0
        positive = POSITIVE_DEG.get(self.direction, self.azimuth_deg % 180)
        return math.copysign(1.0, math.cos(math.radians(self.azimuth_deg - positive)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvent:
    """Channels of one structure over one span of time.

    Attributes
    ----------
    channels
        All of one rate and length.
    rate_hz
        Their rate. [Hz]
    notes
        What had to be decided, in words for the user.
    """

    channels: tuple[FileChannel, ...]
    rate_hz: float
    notes: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of the event. [s]"""
        return self.channels[0].values.size / self.rate_hz

    def outside(self) -> tuple[FileChannel, ...]:
        """Return the channels that stand beside the structure, not in it."""
        return tuple(c for c in self.channels if c.level.kind is StoreyKind.FREE_FIELD)


def channel_of(record: Record) -> FileChannel:
    """Return a record as a channel."""
    facing = record.orientation
    word = axis_word(record.channel)
    if facing.vertical is None and word:
        facing = oriented(word)
    known = record.unit in SI
    who = (record.network, record.station, record.place or record.location)
    words = (record.place, record.channel, record.source.stem)
    levels = [storey_of(word) for word in words if word]
    level = next((one for one in levels if one.kind is not StoreyKind.UNKNOWN), levels[0])
    if facing.vertical:
        direction = "up"
    elif facing.azimuth_deg is not None:
        direction = direction_name(facing.azimuth_deg)
    else:
        direction = word or UNNAMED
    code = ".".join(part for part in (record.location, record.channel) if part)
    return FileChannel(
        name=code,
        code=code,
        station=".".join(dict.fromkeys(part for part in who if part)),
        place=record.place,
        level=level,
        direction=direction,
        azimuth_deg=facing.azimuth_deg,
        vertical=facing.vertical,
        values=record.si() if known else record.values,
        raw=record.values,
        quantity=record.quantity,
        unit=str(record.unit),
        rate_hz=record.rate_hz,
        start_ns=record.start_ns,
        source=record.source.name,
    )
