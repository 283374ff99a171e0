"""How much of the time a channel really covers."""

from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.analysis.quality.finding import Defect, Finding, fault, remark

SECOND_NS = 1_000_000_000
TOLERANCE_SAMPLES = 0.5  # a piece that begins this near to where the last one ended joins it
LEAST_COMPLETE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPiece:
    """One gap-free run.

    Attributes
    ----------
    start_ns
        Time of the first sample. [ns since 1970]
    samples
        How many.
    """

    start_ns: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGap:
    """Time that is missing or told twice.

    Attributes
    ----------
    start_s
        Where it begins, after the first sample of the first piece. [s]
    seconds
        Length; negative where pieces overlap. [s]
    """

    start_s: float
    seconds: float


def gaps(pieces: Sequence[RecordPiece], rate_hz: float) -> tuple[RecordGap, ...]:
    """Return the gaps and overlaps between pieces, in time order.

    Parameters
    ----------
    pieces
        The runs of one channel, in any order.
    rate_hz
        Sampling rate. [Hz]
    """
    ordered = sorted(pieces, key=lambda piece: piece.start_ns)
    found = []
    due_ns = 0
    for k, piece in enumerate(ordered):
        late_ns = piece.start_ns - due_ns
        if k and abs(late_ns) > TOLERANCE_SAMPLES * SECOND_NS / rate_hz:
            start_s = (due_ns - ordered[0].start_ns) / SECOND_NS
            found.append(RecordGap(start_s=start_s, seconds=late_ns / SECOND_NS))
        due_ns = max(due_ns, piece.start_ns + round(piece.samples * SECOND_NS / rate_hz))
    return tuple(found)


def completeness(pieces: Sequence[RecordPiece], rate_hz: float) -> float:
    """Return the share of the covered span that has samples."""
    if not pieces:
        return 0.0
    first = min(piece.start_ns for piece in pieces)
    last = max(piece.start_ns + piece.samples * SECOND_NS / rate_hz for piece in pieces)
    span_s = (last - first) / SECOND_NS
    missing = sum(gap.seconds for gap in gaps(pieces, rate_hz) if gap.seconds > 0)
    return 1.0 - missing / span_s if span_s > 0 else 0.0


def incomplete(pieces: Sequence[RecordPiece], rate_hz: float) -> Finding | None:
    """Return a finding if the channel has gaps or overlaps."""
    found = gaps(pieces, rate_hz)
    if not found:
        return None
    share = completeness(pieces, rate_hz)
    longest = max(found, key=lambda gap: abs(gap.seconds))
    reason = (
        f"{share:.2%} complete, {len(found)} gaps or overlaps, "
        f"the longest {longest.seconds:.3g} s at {longest.start_s:.3g} s"
    )
    made = remark if share >= LEAST_COMPLETE else fault
    return made(Defect.INCOMPLETE, reason, longest.start_s, longest.start_s + longest.seconds)
