"""Arrival of an episode at each node of a replay: onset and the first seconds of P."""

from typing import Any

import numpy as np

from plumbline.analysis.trigger.arrival_report import arrival_report
from plumbline.research.replay.material import ReplayNode, ReplayStructure
from plumbline.wire.block import NS


def arrivals(structure: ReplayStructure, onset_ns: int) -> list[dict[str, Any]]:
    """Return the arrival at every node where one is found around an episode's onset.

    Parameters
    ----------
    structure
        As it was read.
    onset_ns
        Onset of the episode. [ns since 1970]
    """
    found = ((node, _arrival(node, onset_ns, structure)) for node in structure.nodes)
    return [{"node": node.code, **one} for node, one in found if one is not None]


def _arrival(node: ReplayNode, onset_ns: int, structure: ReplayStructure) -> dict[str, Any] | None:
    piece = next((one for one in node.pieces if one.start_ns <= onset_ns < one.end_ns), None)
    if piece is None:
        return None
    away = np.abs(piece.accel_ms2 - node.offset_ms2[:, np.newaxis]).max(axis=1)
    row = int(away.argmax()) if node.vertical is None else node.vertical
    report = arrival_report(
        piece.accel_ms2[row],
        piece.rate_hz,
        round((onset_ns - piece.start_ns) / NS * piece.rate_hz),
        # Where the unit is not known, displacement in metres is none.
        vertical=node.vertical is not None and not structure.by_shape,
        ground=node.ground,
    )
    if report is None:
        return None
    at_s = (piece.start_ns - structure.start_ns) / NS + report["at_s"]
    return {"channel": node.axes[row], **report, "at_s": at_s}
