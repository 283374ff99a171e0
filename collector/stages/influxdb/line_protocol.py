"""Blocks and events as InfluxDB line protocol, nanosecond precision.

Written by hand: a point object for each sample costs five times as much (benchmarks/influxdb.py);
the grammar is InfluxDB's line protocol.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.stages.influxdb import schema
from plumbline.wire.block import FOREVER_NS, NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

FieldValue = float | int | str | bool

SAMPLED_UP_TO_HZ = 1.0  # up to here `second` has every sample and a waveform would repeat it
OF_ONE_NODE = (EventKind.TILT, EventKind.SETTLEMENT, EventKind.DIFFERENTIAL_SETTLEMENT)
_TAG = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\=", "\n": r"\ "})
_TEXT = str.maketrans({'"': r"\"", "\\": "\\\\", "\n": " "})


def line(
    measurement: schema.Measurement,
    tags: tuple[str, ...],
    fields: dict[str, FieldValue],
    time_ns: int,
) -> str:
    """Return one line; a field that is not finite, and a tag that is empty, are left out.

    Raises
    ------
    ValueError
        If tags or fields are not those of the schema, or no field is left.
    """
    if len(tags) != len(measurement.tags):
        raise ValueError(f"{measurement.name}: expected tags {measurement.tags}, got {tags}")
    if strange := set(fields) - set(measurement.fields):
        raise ValueError(f"{measurement.name}: no such fields {sorted(strange)}")
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


def has_waveform(place: Place) -> bool:
    """Return whether a stream is written at its full rate as a waveform of its own."""
    instrument = place.instrument
    return instrument.rate_hz > SAMPLED_UP_TO_HZ and instrument.unit not in (
        Unit.TILT,
        Unit.SETTLEMENT,
    )


def waveform_lines(
    place: Place, block: Block, since_ns: int = 0, until_ns: int = FOREVER_NS
) -> Iterator[str]:
    """Yield one line an instant in ``[since_ns, until_ns)`` with the axes of the stream."""
    if not has_waveform(place):
        return
    stream = block.stream
    head = (
        f"waveform,network={stream.network},structure={stream.structure},"
        f"node={stream.node},channel={stream.band_source} "
    )
    names = schema.AXIS_FIELDS[: len(stream.axes)]
    template = head + ",".join(f"{name}={{!r}}" for name in names) + " {}"
    times_ns = sample_times_ns(block)
    first, end = np.searchsorted(times_ns, (since_ns, until_ns)).tolist()
    columns = place.physical(block)[: len(names), first:end].tolist()
    yield from map(template.format, *columns, times_ns[first:end].tolist())


def sample_times_ns(block: Block) -> NDArray[np.int64]:
    """Return ``block.time_ns`` of every sample, shape ``(n_samples,)``."""
    after_ns = np.rint(np.arange(block.n_samples) * NS / block.rate_hz).astype(np.int64)
    return np.asarray(block.start_ns + after_ns, np.int64)


def event_line(event: Event) -> str:
    """Return the annotation of an event, at its onset; every field is always there.

    Grafana leaves out annotations that lack a column.
    """
    limit = event.limit
    against = f" (limit {limit.value:g} {limit.unit}, {limit.standing})" if limit else ""
    late = ", found late" if event.late else ""
    where = ", ".join(sorted(event.nodes))
    fields: dict[str, FieldValue] = {
        "id": event.id,
        "title": f"{event.kind} {event.level}".replace("_", " "),
        "text": f"{event.value:.3g} {event.unit}{against}, {event.detector}{late}; nodes {where}",
        "level": str(event.level),
        "value": float(event.value),
        "unit": event.unit,
        "late": event.late,
        "ended_ms": 0 if event.closed_ns is None else event.closed_ns // 1_000_000,
    }
    alone = event.kind in OF_ONE_NODE and len(event.nodes) == 1
    node = next(iter(event.nodes)) if alone else ""
    tags = (event.structure, str(event.kind), event.detector, node)
    return line(schema.EVENT, tags, fields, event.onset_ns)
