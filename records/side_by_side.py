"""Pieces of one place cut so that its axes stand side by side, sample for sample.

An axis with a gap, or one that begins late or ends early, must not cost the others what they
recorded meanwhile: all are cut where one of them begins or ends, and every span is kept with the
axes it has. Only a span shorter than `KEPT_S` that lacks an axis is left out, with a note.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.record import Record

WITHIN_SAMPLES = 1.5
"""Edges this near to one another are one. [samples]"""

KEPT_S = 10.0
NOTED_S = 1.0
"""What is left out is noted from this length on. [s]"""


def common_spans(records: Iterable[Record]) -> list[Record]:
    """Return the records of one place, each cut where another axis of its rate begins or ends.

    Records without a start time are not touched.
    """
    every = list(records)
    timed: dict[float, list[Record]] = {}
    for record in every:
        if record.start_ns is not None:
            timed.setdefault(round(record.rate_hz, 6), []).append(record)
    out = [record for record in every if record.start_ns is None]
    for alike in timed.values():
        out += _aligned(alike)
    return out


def _aligned(records: Sequence[Record]) -> list[Record]:
    near_ns = WITHIN_SAMPLES / records[0].rate_hz * 1e9
    edges: dict[str, list[float]] = {}
    for record in records:
        edges.setdefault(record.channel, []).extend(_edges_ns(record))
    by_channel = {channel: np.sort(own) for channel, own in edges.items()}
    cuts = {channel: _only_others(channel, by_channel, near_ns) for channel in by_channel}
    if not any(one.size for one in cuts.values()):
        return list(records)
    pieces = [piece for record in records for piece in _cut(record, cuts[record.channel], near_ns)]
    return _noted(pieces, _kept(pieces, near_ns))


def _edges_ns(record: Record) -> tuple[float, float]:
    begin_ns = float(record.start_ns or 0)
    return begin_ns, begin_ns + record.duration_s * 1e9


def _only_others(channel: str, edges: dict[str, Floats], near_ns: float) -> Floats:
    """Return where another channel begins or ends and this one does not. [ns]"""
    own = edges[channel]
    others = np.unique(
        np.concatenate([one for name, one in edges.items() if name != channel] or [np.zeros(0)])
    )
    after = np.searchsorted(own, others).clip(1, own.size - 1)
    away = np.minimum(np.abs(others - own[after]), np.abs(others - own[after - 1]))
    kept: Floats = others[away > near_ns]
    return kept


def _cut(record: Record, at_ns: Floats, near_ns: float) -> list[Record]:
    begin_ns, end_ns = _edges_ns(record)
    inside = at_ns[(at_ns > begin_ns + near_ns) & (at_ns < end_ns - near_ns)]
    inside = inside[np.diff(inside, prepend=begin_ns) > near_ns]
    first = np.rint((inside - begin_ns) / 1e9 * record.rate_hz).astype(int)
    strongest = int(np.abs(record.values - np.median(record.values)).argmax())
    pieces = []
    for begin, end in zip([0, *first], [*first, record.values.size], strict=True):
        moved = round(begin / record.rate_hz * 1e9)
        pieces.append(
            replace(
                record,
                values=record.values[begin:end],
                start_ns=None if record.start_ns is None else record.start_ns + moved,
                peak=record.peak if begin <= strongest < end else None,
            )
        )
    return pieces


def _kept(pieces: Sequence[Record], near_ns: float) -> list[Record]:
    """Return the pieces beside which all axes have one, and the long ones of the others."""
    starts = sorted((piece.start_ns or 0, piece.channel) for piece in pieces)
    times = [start for start, _ in starts]
    company = []
    for piece in pieces:
        start_ns = piece.start_ns or 0
        low, high = bisect_left(times, start_ns - near_ns), bisect_right(times, start_ns + near_ns)
        company.append(len({channel for _, channel in starts[low:high]}))
    full = max(company)
    return [
        piece
        for piece, beside in zip(pieces, company, strict=True)
        if beside == full or piece.duration_s >= KEPT_S
    ]


def _noted(pieces: Sequence[Record], kept: Sequence[Record]) -> list[Record]:
    lost_s = sum(one.duration_s for one in pieces) - sum(one.duration_s for one in kept)
    if lost_s < NOTED_S:
        return list(kept)
    note = f"{lost_s:.1f} s of single axes were left out: not all axes have samples then"
    return [replace(one, notes=(*one.notes, note)) for one in kept]
