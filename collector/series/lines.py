"""Blocks and events as InfluxDB line protocol, nanosecond precision.

Written by hand because building a point object for each sample costs ten times the rest of the
stage; the grammar is InfluxDB's line protocol.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.events.model import Event
from plumbline.collector.series import schema
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Axis, Unit

FieldValue = float | int | str | bool

_TAG = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\=", "\n": r"\ "})
_TEXT = str.maketrans({'"': r"\"", "\\": "\\\\", "\n": " "})


def line(
    measurement: schema.Measurement,
    tags: tuple[str, ...],
    fields: dict[str, FieldValue],
    time_ns: int,
) -> str:
    """Return one line; a field that is not finite is left out.

    Raises
    ------
    ValueError
        If tags or fields are not those of the schema, or no field is left.
    """
    if len(tags) != len(measurement.tags):
        raise ValueError(f"{measurement.name}: expected tags {measurement.tags}, got {tags}")
    written = ",".join(
        f"{name}={_field(measurement.fields[name][0], value)}"
        for name, value in fields.items()
        if not (isinstance(value, float) and not math.isfinite(value))
    )
    if not written:
        raise ValueError(f"{measurement.name}: no field to write")
    names = zip(measurement.tags, tags, strict=True)
    head = "".join(f",{name}={tag.translate(_TAG)}" for name, tag in names if tag)
    return f"{measurement.name}{head} {written} {time_ns}"


def _field(kind: schema.Type, value: FieldValue) -> str:
    if kind is schema.Type.FLOAT:
        return repr(float(value))
    if kind is schema.Type.INTEGER:
        return f"{int(value)}i"
    if kind is schema.Type.BOOLEAN:
        return "true" if value else "false"
    return f'"{str(value).translate(_TEXT)}"'


def waveform_lines(place: Place, block: Block) -> Iterator[str]:
    """Yield one line an instant with the axes of the stream."""
    stream = block.stream
    head = (
        f"waveform,network={stream.network},structure={stream.structure},"
        f"node={stream.node},channel={stream.band_source} "
    )
    names = schema.AXIS_FIELDS[: len(stream.axes)]
    for index, values in enumerate(place.physical(block).T.tolist()):
        fields = ",".join(f"{n}={v!r}" for n, v in zip(names, values, strict=False))
        yield f"{head}{fields} {block.time_ns(index)}"


def measure_lines(place: Place, block: Block, received_ns: int) -> Iterator[str]:
    """Yield the one-second measures, tilt or settlement, and health of a block."""
    physical = place.physical(block)
    stream = block.stream
    who = (stream.network, stream.structure, stream.node)
    for axis, name, values in zip(place.instrument.axes, stream.channels, physical, strict=True):
        if place.instrument.unit is Unit.TILT:
            yield from _tilt(place, axis, (*who, name), values, block)
        else:
            yield from _seconds((*who, name), values, block)
    yield line(
        schema.HEALTH,
        (*who, stream.band_source),
        {
            "latency_s": (received_ns - block.end_ns) / NS,
            "clock_error_ms": block.clock_error_ns / 1e6,
            "time_quality": block.time_quality,
            "samples": block.n_samples,
        },
        block.start_ns,
    )


def _seconds(tags: tuple[str, ...], values: NDArray[np.float64], block: Block) -> Iterator[str]:
    step = max(1, round(block.rate_hz))
    for begin in range(0, block.n_samples, step):
        part = values[begin : begin + step]
        mean = float(part.mean())
        fields: dict[str, FieldValue] = {
            "peak": float(np.abs(part - mean).max()),
            "rms": float(np.sqrt(np.mean((part - mean) ** 2))),
            "mean": mean,
        }
        yield line(schema.SECOND, tags, fields, block.time_ns(begin))


def _tilt(
    place: Place, axis: Axis, tags: tuple[str, ...], values: NDArray[np.float64], block: Block
) -> Iterator[str]:
    raw = float(np.median(values))
    fields: dict[str, FieldValue] = {"raw": raw}
    if axis.zero is not None:
        value = raw - axis.zero.value
        fields["value"] = value
        if place.instrument.baseline_m is not None:
            settled = value * 1e-6 * place.instrument.baseline_m * 1e3
            yield line(schema.SETTLEMENT, tags, {"value": settled}, block.start_ns)
    yield line(schema.TILT, tags, fields, block.start_ns)


def event_line(event: Event) -> str:
    """Return the annotation of an event, at its onset."""
    limit = event.limit
    against = f" (limit {limit.value:g} {limit.unit}, {limit.standing})" if limit else ""
    fields: dict[str, FieldValue] = {
        "title": f"{event.kind} {event.level}",
        "text": f"{event.value:.3g} {event.unit}{against}, {event.detector}",
        "level": str(event.level),
        "value": float(event.value),
        "late": event.late,
        "ended_ns": event.closed_ns or 0,
    }
    return line(schema.EVENT, (event.structure, str(event.kind), event.id), fields, event.onset_ns)
