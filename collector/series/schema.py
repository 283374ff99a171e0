"""Every measurement, tag and field that is written to InfluxDB, in one place.

Tags are few and of low cardinality; each field has one type for ever. Dashboards are built from
these names and nothing else knows them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """Type of a field in InfluxDB."""

    FLOAT = "float"
    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measurement: its name, its tags in order, its fields with types and units."""

    name: str
    tags: tuple[str, ...]
    fields: dict[str, tuple[Type, str]]


CHANNEL_TAGS = ("network", "structure", "node", "channel")

WAVEFORM = Measurement(
    name="waveform",
    tags=CHANNEL_TAGS,  # channel: band and source, as HN
    fields={
        "x": (Type.FLOAT, "unit of the stream, first axis of the inventory"),
        "y": (Type.FLOAT, "second axis"),
        "z": (Type.FLOAT, "third axis"),
    },
)
SECOND = Measurement(
    name="second",
    tags=CHANNEL_TAGS,  # channel: one axis, as HNZ
    fields={
        "peak": (Type.FLOAT, "largest distance from the mean of the second, unit of the stream"),
        "rms": (Type.FLOAT, "root mean square about the mean, unit of the stream"),
        "mean": (Type.FLOAT, "unit of the stream"),
    },
)
TILT = Measurement(
    name="tilt",
    tags=CHANNEL_TAGS,
    fields={
        "raw": (Type.FLOAT, "urad"),
        "value": (Type.FLOAT, "urad from the commissioning zero; absent without a zero"),
    },
)
SETTLEMENT = Measurement(
    name="settlement",
    tags=CHANNEL_TAGS,
    fields={"value": (Type.FLOAT, "mm over the baseline of the tiltmeter, down positive")},
)
HEALTH = Measurement(
    name="health",
    tags=CHANNEL_TAGS,  # channel: band and source, as HN
    fields={
        "latency_s": (Type.FLOAT, "arrival minus end of the block"),
        "clock_error_ms": (Type.FLOAT, "estimated by the edge"),
        "time_quality": (Type.INTEGER, "FDSN timing quality, percent"),
        "samples": (Type.INTEGER, "samples of one axis in the block"),
    },
)
EVENT = Measurement(
    name="event",
    tags=("structure", "kind", "id"),
    fields={
        "title": (Type.STRING, "one line"),
        "text": (Type.STRING, "what, how much, which limit"),
        "level": (Type.STRING, "green, amber, red, black"),
        "value": (Type.FLOAT, "largest value, in the unit of the kind"),
        "late": (Type.BOOLEAN, "found in data that came after its time"),
        "ended_ns": (Type.INTEGER, "0 while it goes on"),
    },
)

MEASUREMENTS = {m.name: m for m in (WAVEFORM, SECOND, TILT, SETTLEMENT, HEALTH, EVENT)}
AXIS_FIELDS = tuple(WAVEFORM.fields)
