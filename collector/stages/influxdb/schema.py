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
    tags=CHANNEL_TAGS,  # channel: band and source, as HN; tilt is in its own measurement
    fields={
        "x": (Type.FLOAT, "unit of the stream, first axis of the inventory"),
        "y": (Type.FLOAT, "second axis"),
        "z": (Type.FLOAT, "third axis"),
    },
)
SECOND = Measurement(
    name="second",
    tags=CHANNEL_TAGS,  # channel: one axis, as HNZ; time: the whole second of UTC
    fields={
        "peak": (Type.FLOAT, "largest distance from the mean of the second, unit of the stream"),
        "rms": (Type.FLOAT, "root mean square about the mean, unit of the stream"),
        "mean": (Type.FLOAT, "unit of the stream"),
        "samples": (Type.INTEGER, "how many there are of this second so far"),
    },
)
TILT = Measurement(
    name="tilt",
    tags=CHANNEL_TAGS,  # one line a sample
    fields={
        "raw": (Type.FLOAT, "urad"),
        "value": (Type.FLOAT, "urad from the commissioning zero; absent without a zero"),
    },
)
SETTLEMENT = Measurement(
    name="settlement",
    tags=CHANNEL_TAGS,
    fields={
        "raw": (Type.FLOAT, "mm, of a settlement cell; a tiltmeter has none"),
        "value": (
            Type.FLOAT,
            "mm from the commissioning zero, down positive; of a tiltmeter over its baseline",
        ),
    },
)
HEALTH = Measurement(
    name="health",
    tags=CHANNEL_TAGS,  # channel: band and source, as HN; one line a block, at its start
    fields={
        "latency_s": (Type.FLOAT, "arrival minus end of the block"),
        "clock_error_ms": (Type.FLOAT, "estimated by the edge"),
        "time_quality": (Type.INTEGER, "FDSN timing quality, percent"),
        "samples": (Type.INTEGER, "samples of one axis in the block"),
    },
)
EVENT = Measurement(
    name="event",
    tags=("structure", "kind", "detector", "node"),  # node: of tilt and settlement, which have one
    fields={
        "id": (Type.STRING, "the event's own"),
        "title": (Type.STRING, "one line"),
        "text": (Type.STRING, "what, how much, which limit"),
        "level": (Type.STRING, "green, amber, red, black"),
        "value": (Type.FLOAT, "largest value, in its unit"),
        "unit": (Type.STRING, "unit of the value"),
        "late": (Type.BOOLEAN, "found in data that came after its time"),
        "ended_ms": (Type.INTEGER, "ms since 1970 as Grafana asks for; 0 while it goes on"),
    },
)

MEASUREMENTS = {m.name: m for m in (WAVEFORM, SECOND, TILT, SETTLEMENT, HEALTH, EVENT)}
AXIS_FIELDS = tuple(WAVEFORM.fields)
