"""Records put together: pieces of one channel joined, axes of one place side by side."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.record import Quantity, Record
from plumbline.records.side_by_side import common_spans

JOIN_WITHIN_SAMPLES = 1.5
"""Two pieces join if the second begins this near to where the first ends. [samples]"""

SAME_RATE = 0.025
"""Counted rates of two packets files of one instrument differ by up to this fraction."""

MOST_AXES = 3
GIVEN = frozenset({Quantity.VELOCITY, Quantity.DISPLACEMENT})
"""What givers compute from the acceleration they recorded."""

RIGHT_ANGLE_WITHIN_DEG = 5.0
KIK_NET = re.compile(r"^(?:NS|EW|UD)([12])$")
FDSN = re.compile(r"^[A-Z][HNLGM][A-Z0-9]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """The axes of one instrument over one span of time.

    Attributes
    ----------
    axes
        Acceleration, or motion of an unstated kind; same rate, same first sample, same length;
        horizontal axes first.
    given
        Velocity and displacement the giver computed, untouched.
    """

    axes: tuple[Record, ...]
    given: tuple[Record, ...] = ()

    @property
    def first(self) -> Record:
        """The record that says who and where."""
        return (*self.axes, *self.given)[0]

    @property
    def name(self) -> str:
        """Network, station and place in one line."""
        who = ".".join(part for part in (self.first.network, self.first.station) if part)
        where = self.first.place or self.first.location
        return " ".join(part for part in (who, where) if part) or self.first.source.stem

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it comes from, each once."""
        return tuple(dict.fromkeys(record.source for record in (*self.axes, *self.given)))

    @property
    def horizontal(self) -> tuple[int, int] | None:
        """Which two axes are horizontal and at a right angle, None if no two are.

        Two horizontal axes whose azimuths are not stated are taken to be at a right angle.
        """
        level = [i for i, axis in enumerate(self.axes) if axis.orientation.vertical is False]
        return next((pair for pair in combinations(level, 2) if self._right_angle(*pair)), None)

    def _right_angle(self, i: int, j: int) -> bool:
        first, second = self.axes[i].orientation, self.axes[j].orientation
        if first.azimuth_deg is None or second.azimuth_deg is None:
            return True
        between = abs(first.azimuth_deg - second.azimuth_deg) % 180
        return abs(between - 90) <= RIGHT_ANGLE_WITHIN_DEG

    def si(self) -> Floats:
        """Return the axes in metres and seconds, shape ``(n_axes, n_samples)``.

        Raises
        ------
        UnitUnknown
            If an axis has no stated unit.
        """
        return np.array([axis.si() for axis in self.axes])


def joined(records: Iterable[Record]) -> list[Record]:
    """Join pieces of one channel that follow one another, in one file or in several.

    Channels keep the order in which they first come. Pieces without a start time never join.
    Where the rates were counted and differ a little, the joined record has that of the whole.
    """
    pieces = list(records)
    order = {channel: i for i, channel in enumerate(dict.fromkeys(map(_channel, pieces)))}
    out: list[Record] = []
    for record in sorted(pieces, key=lambda r: (order[_channel(r)], r.start_ns or 0)):
        if out and _channel(out[-1]) == _channel(record) and _follows(out[-1], record):
            out[-1] = _together(out[-1], record)
        else:
            out.append(record)
    return out


def stations(records: Iterable[Record]) -> list[Station]:
    """Put records of one place and one span of time side by side as axes.

    Records of one place that do not overlap in time become stations of their own, as do pieces
    on either side of a gap, be it of one axis only. A place with more channels than a sensor has
    axes, as of a recorder whose header names no places, is as many sensors of one axis.
    """
    by_place: dict[tuple[str, ...], list[Record]] = {}
    for record in joined(records):
        by_place.setdefault(_place(record), []).append(record)
    groups: dict[tuple[str, ...], list[list[Record]]] = {}
    for record in (one for pieces in by_place.values() for one in common_spans(pieces)):
        spans = groups.setdefault(_place(record), [])
        fitting = next((span for span in spans if all(_beside(r, record) for r in span)), None)
        if fitting is None:
            spans.append([record])
        else:
            fitting.append(record)
    return [_station(own) for spans in groups.values() for span in spans for own in _sensors(span)]


def _channel(record: Record) -> tuple[str, ...]:
    return (*_place(record), record.channel, record.quantity, record.unit)


def _place(record: Record) -> tuple[str, ...]:
    channel = record.channel.upper()
    if match := KIK_NET.match(channel):
        instrument = match[1]
    else:
        instrument = channel[:2] if FDSN.match(channel) else ""
    return (record.network, record.station, record.place or record.location, instrument)


def _follows(before: Record, after: Record) -> bool:
    if before.start_ns is None or after.start_ns is None:
        return False
    if abs(after.rate_hz / before.rate_hz - 1) > SAME_RATE:
        return False
    gap_s = (after.start_ns - before.start_ns) / 1e9 - before.duration_s
    return abs(gap_s) * before.rate_hz <= JOIN_WITHIN_SAMPLES


def _together(before: Record, after: Record) -> Record:
    values = np.concatenate([before.values, after.values])
    peaks = [peak for peak in (before.peak, after.peak) if peak is not None]
    rate_hz = before.rate_hz
    if after.rate_hz != rate_hz:
        rate_hz = values.size / (before.duration_s + after.duration_s)
    same_file = before.source == after.source
    note = f"joined with {'its next piece' if same_file else after.source.name}"
    return replace(
        before,
        values=values,
        rate_hz=rate_hz,
        peak=max(peaks, key=abs) if len(peaks) == 2 else None,
        notes=(*before.notes, note),
    )


def _beside(one: Record, other: Record) -> bool:
    """Return whether two records can be axes of one station."""
    if (one.channel, one.quantity) == (other.channel, other.quantity):
        return False
    if abs(other.rate_hz / one.rate_hz - 1) > 1e-6:
        return False
    if one.start_ns is None or other.start_ns is None:
        return True
    begin = max(one.start_ns, other.start_ns)
    end = min(one.start_ns + one.duration_s * 1e9, other.start_ns + other.duration_s * 1e9)
    return (end - begin) / 1e9 > 0.5 * min(one.duration_s, other.duration_s)


def _sensors(span: list[Record]) -> list[list[Record]]:
    """Return the records of one place, those of each channel apart if a sensor has not so many."""
    channels = dict.fromkeys(record.channel for record in span if record.quantity not in GIVEN)
    if len(channels) <= MOST_AXES:
        return [span]
    note = f"{len(channels)} channels of one place: each is taken for a sensor of its own"
    noted = [replace(record, notes=(*record.notes, note)) for record in span]
    every = dict.fromkeys(record.channel for record in span)
    return [[record for record in noted if record.channel == channel] for channel in every]


def _station(span: list[Record]) -> Station:
    given = [r for r in span if r.quantity in GIVEN]
    axes = sorted(
        (record for record in span if record not in given),
        key=lambda record: record.orientation.vertical is True,
    )
    return Station(axes=_trimmed(axes), given=tuple(given))


def _trimmed(axes: list[Record]) -> tuple[Record, ...]:
    """Return the axes cut to the samples all of them have."""
    if not axes:
        return ()
    starts = [axis.start_ns for axis in axes]
    known = [start for start in starts if start is not None]
    latest = max(known) if len(known) == len(starts) else None
    cut: list[Record] = []
    for axis in axes:
        skip = 0
        if latest is not None and axis.start_ns is not None:
            skip = round((latest - axis.start_ns) / 1e9 * axis.rate_hz)
        moved = None if axis.start_ns is None else axis.start_ns + round(skip / axis.rate_hz * 1e9)
        cut.append(replace(axis, values=axis.values[skip:], start_ns=moved))
    n = min(axis.values.size for axis in cut)
    return tuple(replace(axis, values=axis.values[:n]) for axis in cut)
