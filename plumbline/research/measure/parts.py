"""The parts of a report: each a plain structure, units in its keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from plumbline.analysis.drift import StoreyKind, storey_of
from plumbline.analysis.ground_motion import measures_report as reports
from plumbline.analysis.ground_motion.baseline import MARGIN_S, quiet_samples
from plumbline.analysis.ground_motion.measures import Measures
from plumbline.analysis.trigger.arrival_report import arrival_report
from plumbline.records import Quantity, Record, Station
from plumbline.records.record import SI


def who(station: Station) -> dict[str, Any]:
    """Return who, where, when and from which files."""
    first = station.first
    start = None
    if first.start_ns is not None:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        start = (epoch + timedelta(microseconds=first.start_ns // 1000)).isoformat()
    everything = (*station.axes, *station.given)
    return {
        "name": station.name,
        "network": first.network,
        "station": first.station,
        "location": first.location,
        "place": first.place,
        "files": [str(path) for path in station.files],
        "start_utc": start,
        "rate_hz": first.rate_hz,
        "duration_s": first.duration_s,
        "notes": list(dict.fromkeys(note for record in everything for note in record.notes)),
    }


def direction(record: Record) -> dict[str, Any]:
    """Return which axis this is."""
    return {
        "channel": record.channel,
        "vertical": record.orientation.vertical,
        "azimuth_deg": record.orientation.azimuth_deg,
    }


def given(record: Record) -> dict[str, Any]:
    """Return the peak of a series the giver computed, beside the one the header states."""
    values = record.si()
    suffix = "ms" if record.quantity is Quantity.VELOCITY else "m"
    stated = None if record.peak is None else record.peak * SI[record.unit][1]
    return {
        "channel": record.channel,
        "quantity": str(record.quantity),
        f"peak_{suffix}": float(values[np.abs(values).argmax()]),
        f"stated_peak_{suffix}": stated,
    }


def axes(station: Station, measured: Measures) -> list[dict[str, Any]]:
    """Return the measures of each axis."""
    out = []
    for i, axis in enumerate(station.axes):
        stated = None if axis.peak is None else axis.peak * SI[axis.unit][1]
        out.append(direction(axis) | {"stated_pga_ms2": stated} | reports.axis(measured, i))
    return out


def arrival(station: Station, measured: Measures) -> dict[str, Any] | None:
    """Return the onset after the quiet beginning and the first seconds of P; None without one."""
    quiet = quiet_samples(measured.accel_ms2, station.first.rate_hz)
    if quiet == 0:
        return None
    vertical = [i for i, axis in enumerate(station.axes) if axis.orientation.vertical]
    strongest = int(np.abs(measured.accel_ms2).max(axis=-1).argmax())
    row = vertical[0] if vertical else strongest
    kind = storey_of(station.first.place).kind
    found = arrival_report(
        measured.accel_ms2[row],
        station.first.rate_hz,
        quiet + round(MARGIN_S * station.first.rate_hz),
        vertical=bool(vertical),
        ground=kind not in (StoreyKind.FLOOR, StoreyKind.ROOF),
    )
    return None if found is None else {"channel": station.axes[row].channel, **found}
