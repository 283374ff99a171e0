"""Structures assembled from records: places become nodes, levels decide which are the ground."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.drift import Storey, StoreyKind, lowest_of, storey_of
from plumbline.analysis.ground_motion.baseline import offset_of
from plumbline.records import Quantity, Record, Station, stations
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.research.replay.names import codes, short
from plumbline.research.replay.sensors import Key, place_in
from plumbline.research.replay.shape import scaled
from plumbline.wire.block import NS
from plumbline.wire.inventory import Role

EPOCH_NS = 946_684_800_000_000_000
"""When files that state no time are taken to begin: 2000-01-01. [ns since 1970]"""

SLOWEST_HZ = 10.0
"""The detectors judge motion from this rate on. [Hz]"""


class NothingToReplay(ValueError):
    """Files without motion the detectors could use; the text names the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """Options of a replay of files: which structure they are of, which size they are given.

    Attributes
    ----------
    structure
        All files are of this one structure; None keeps stations apart.
    shape_peak_ms2
        Size given to records without a unit; None makes their quiet parts ambient. [m/s2]
    """

    structure: str | None = None
    shape_peak_ms2: float | None = None


def structures_of(
    records: Iterable[Record], rules: ReplayOptions | None = None
) -> list[ReplayStructure]:
    """Return the structures to replay, each with its nodes.

    Notes
    -----
    Places of one station are nodes of one structure. Records without a unit are judged each
    alone: their sizes cannot be compared.

    Raises
    ------
    NothingToReplay
        If there is no acceleration, or it is too slow.
    """
    rules = ReplayOptions() if rules is None else rules
    groups: dict[Key, dict[Key, list[Station]]] = {}
    for station in stations(records):
        if station.axes:
            group = groups.setdefault(_structure_key(station, rules), {})
            place_in(group, _node_key(station), station)
    if not groups:
        raise NothingToReplay("no acceleration in these files")
    names = [rules.structure or _name(next(iter(group.values()))[0]) for group in groups.values()]
    made = [
        _structure(name, list(group.values()), rules)
        for name, group in zip(names, groups.values(), strict=True)
    ]
    wanted = [rules.structure or next(iter(g.values()))[0].first.station for g in groups.values()]
    apart = codes([short(one) for one in wanted], 5)
    return [replace(one, code=code) for one, code in zip(made, apart, strict=True)]


def _structure_key(station: Station, rules: ReplayOptions) -> Key:
    if _by_shape(station):
        return _node_key(station)
    if rules.structure is not None:
        return (rules.structure,)
    return (station.first.network, station.first.station)


def _node_key(station: Station) -> Key:
    first = station.first
    channels = (axis.channel for axis in station.axes)
    return (first.network, first.station, first.location, first.place, *channels)


def _by_shape(station: Station) -> bool:
    return any(axis.quantity is Quantity.UNKNOWN for axis in station.axes)


def _name(station: Station) -> str:
    first = station.first
    parts = (part for part in (first.network, first.station) if part)
    name = ".".join(parts) or first.source.stem
    return f"{name} {station.axes[0].channel[:2]}?" if _by_shape(station) else name


def _structure(name: str, places: Sequence[list[Station]], rules: ReplayOptions) -> ReplayStructure:
    every = [station for spans in places for station in spans]
    timed = all(axis.start_ns is not None for station in every for axis in station.axes)
    levels = [_level(spans[0]) for spans in places]
    roles, notes = _roles(levels)
    if not timed:
        notes.append("no start times: the files were put side by side at their first samples")
    node_codes = codes([_location(spans[0]) for spans in places], 2, exact=True)
    nodes = []
    for spans, level, role, code in zip(places, levels, roles, node_codes, strict=True):
        node, node_notes = _node(spans, timed=timed, rules=rules)
        rank = (
            int(level.rank) if level.kind not in (StoreyKind.UNKNOWN, StoreyKind.FREE_FIELD) else 0
        )
        nodes.append(replace(node, code=code, role=role, level=rank))
        notes += node_notes
    recorded = dict.fromkeys(note for s in every for axis in s.axes for note in axis.notes)
    return ReplayStructure(
        code="",
        name=name,
        nodes=tuple(nodes),
        timed=timed,
        by_shape=_by_shape(every[0]),
        files=tuple(dict.fromkeys(path.name for station in every for path in station.files)),
        notes=tuple(dict.fromkeys([*notes, *recorded])),
    )


def _level(station: Station) -> Storey:
    first = station.axes[0]
    found = [storey_of(word) for word in (first.place, first.channel, first.source.stem) if word]
    return next((one for one in found if one.kind is not StoreyKind.UNKNOWN), found[-1])


def _location(station: Station) -> str:
    return station.first.location.upper()


def _roles(levels: Sequence[Storey]) -> tuple[list[Role], list[str]]:
    """Return the role of each node and what had to be decided."""
    outside = [level.kind is StoreyKind.FREE_FIELD for level in levels]
    if len(levels) == 1:
        return [Role.FREE_FIELD if outside[0] else Role.GROUND], [
            "a lone instrument is judged as a structure with one node, on the ground"
        ]
    lowest = lowest_of(levels)
    if lowest is None:
        roles = [Role.FREE_FIELD if away else Role.GROUND for away in outside]
        return roles, ["no level is known: every node counts as one on the ground"]
    notes = []
    if lowest.kind is not StoreyKind.BASE:
        notes.append(f"no base among the files: {lowest.name}, the lowest, is taken for the ground")
    return [_role(level, lowest) for level in levels], notes


def _role(level: Storey, lowest: Storey) -> Role:
    if level.kind is StoreyKind.FREE_FIELD:
        return Role.FREE_FIELD
    if level.kind is not StoreyKind.UNKNOWN and level.rank == lowest.rank:
        return Role.GROUND
    return Role.ROOF if level.kind is StoreyKind.ROOF else Role.STRUCTURE


def _node(
    spans: list[Station], *, timed: bool, rules: ReplayOptions
) -> tuple[ReplayNode, list[str]]:
    first = spans[0]
    rate_hz = _rate_hz(spans)
    if rate_hz < SLOWEST_HZ:
        raise NothingToReplay(
            f"{first.name}: {rate_hz:g} Hz is too slow; motion is judged from {SLOWEST_HZ:g} Hz on"
        )
    rows = [_rows(station) for station in spans]
    notes: list[str] = []
    lead = _unwritten(rows[0])
    if lead:
        notes.append(f"{lead} leading rows of zeros were dropped")
        rows[0] = rows[0][:, lead:]
    if _by_shape(first):
        joined, note = scaled(np.concatenate(rows, axis=1), rate_hz, rules.shape_peak_ms2)
        rows = np.split(joined, np.cumsum([one.shape[1] for one in rows])[:-1], axis=1)
        notes.append(note)
    pieces, start_ns = [], EPOCH_NS
    for station, accel_ms2 in zip(spans, rows, strict=True):
        begin_ns = station.axes[0].start_ns if timed else start_ns
        assert begin_ns is not None  # noqa: S101 - timed says that every axis has one
        own_hz = station.axes[0].rate_hz
        if accel_ms2 is rows[0] and timed:
            begin_ns += round(lead * NS / own_hz)
        pieces.append(ReplayPiece(start_ns=begin_ns, rate_hz=own_hz, accel_ms2=accel_ms2))
        start_ns = pieces[-1].end_ns
    upward = [i for i, axis in enumerate(first.axes) if axis.orientation.vertical]
    node = ReplayNode(
        code="",
        name=first.axes[0].place or first.name,
        role=Role.GROUND,
        level=0,
        axes=tuple(axis.channel for axis in first.axes),
        vertical=upward[0] if upward else None,
        rate_hz=rate_hz,
        offset_ms2=offset_of(rows[0], rate_hz).accel_ms2,
        pieces=tuple(sorted(pieces, key=lambda piece: piece.start_ns)),
    )
    return node, notes


def _unwritten(rows: NDArray[np.float64]) -> int:
    """Return how many first samples are zero on every axis though an axis has an offset.

    Recorders that write a row before the first measurement leave one; it would be a step.
    """
    offset = np.abs(np.median(rows, axis=-1)) > rows.std(axis=-1)
    if not np.any(offset):
        return 0
    return int(np.argmax(np.any(rows != 0, axis=0)))


def _rows(station: Station) -> NDArray[np.float64]:
    if _by_shape(station):
        return np.array([axis.values for axis in station.axes])
    return station.si()


def _rate_hz(spans: Sequence[Station]) -> float:
    """Return one rate for all spans: those of packet files are counted and differ a little."""
    samples = sum(station.axes[0].values.size for station in spans)
    return samples / sum(station.axes[0].duration_s for station in spans)
