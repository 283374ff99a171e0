"""Classification of a replayed episode, or of the largest motion where none opened."""

from typing import Any

import numpy as np

from plumbline.analysis.classify import Classification, ClassifySettings, NodeMotion, classified
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.wire.block import NS

BEFORE_S = 20.0
"""Time before an onset that is taken as rest. [s]"""

LONGEST_S = 300.0
"""Of a longer episode only the first part is classified. [s]"""

LOUDEST_S = 60.0
"""Where nothing opened, so much around the largest value is classified. [s]"""

WORTH_MS2 = 0.02
"""... if it is at least so large: 2 gal. [m/s2]"""


def motion_of(structure: ReplayStructure, onset_ns: int, end_ns: int) -> list[NodeMotion]:
    """Return what each node did from an onset on, with the rest before it.

    Notes
    -----
    A node with a gap inside gives the piece in which the onset lies, or the first after it;
    one with less than a second of motion gives nothing.
    """
    found = []
    for node in structure.nodes:
        piece = next((p for p in node.pieces if p.end_ns > onset_ns and p.start_ns < end_ns), None)
        if piece is not None and (motion := _cut(node, piece, onset_ns, end_ns)) is not None:
            found.append(motion)
    return found


def explained(
    structure: ReplayStructure, onset_ns: int, end_ns: int, settings: ClassifySettings | None = None
) -> dict[str, Any] | None:
    """Return the classifier's verdict of a span as a report; None where there is too little."""
    nodes = motion_of(structure, onset_ns, min(end_ns, onset_ns + round(LONGEST_S * NS)))
    return reported(classified(nodes, settings)) if nodes else None


def largest_motion(structure: ReplayStructure) -> tuple[int, int] | None:
    """Return the span around the largest value of any node; None where hardly anything moves."""
    best_ms2, best_ns = 0.0, 0
    for node in structure.nodes:
        for piece in node.pieces:
            away = np.abs(piece.accel_ms2 - node.offset_ms2[:, np.newaxis]).max(axis=0)
            at = int(np.argmax(away))
            if away[at] > best_ms2:
                best_ms2, best_ns = float(away[at]), piece.time_ns(at)
    if best_ms2 < WORTH_MS2:
        return None
    half_ns = round(LOUDEST_S / 2 * NS)
    return max(best_ns - half_ns, structure.start_ns), min(best_ns + half_ns, structure.end_ns)


def reported(verdict: Classification) -> dict[str, Any]:
    """Return a verdict as a report."""
    return {
        "cause": str(verdict.cause),
        "variant": str(verdict.variant),
        "because": verdict.because,
        "points": {str(cause): points for cause, points in verdict.points.items()},
        "evidence": [
            {"cause": str(e.cause), "points": e.points, "found": e.words} for e in verdict.evidence
        ],
    }


def _cut(node: ReplayNode, piece: ReplayPiece, onset_ns: int, end_ns: int) -> NodeMotion | None:
    def index(time_ns: int) -> int:
        return round((time_ns - piece.start_ns) * piece.rate_hz / NS)

    first = max(0, index(onset_ns - round(BEFORE_S * NS)))
    onset = max(first, index(onset_ns))
    last = min(piece.n_samples, index(end_ns))
    if last - onset < 2 * piece.rate_hz:
        return None
    return NodeMotion(
        code=node.code,
        ground=node.ground,
        accel_ms2=piece.accel_ms2[:, first:last],
        rate_hz=piece.rate_hz,
        before_s=(onset - first) / piece.rate_hz,
        vertical=node.vertical,
    )
