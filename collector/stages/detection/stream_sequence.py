"""Continuity of one stream: is the next block contiguous, after a gap, a restart, or late?"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from plumbline.analysis.dsp.filters import LONGEST_BRIDGE_S
from plumbline.wire.block import NS, Block

AGREES_S = 0.5
"""Predicted and stated start may part by this much in consecutive blocks: a clock that is
being corrected, not a gap. [s]"""


class Continuity(Enum):
    """How a block fits behind the one before."""

    CONTIGUOUS = "contiguous"
    GAP_BRIDGED = "gap bridged"
    RESTART = "restart"
    LATE = "late"


@dataclass(slots=True, kw_only=True)
class StreamSequence:
    """Position of a stream: where its next sample is due, forward only.

    Attributes
    ----------
    due_ns
        Time at which the next sample is due; None before the first block. [ns since 1970]
    boot, seq
        Boot counter and number of the last block.
    last
        The last sample of each axis. [m/s2]
    """

    due_ns: int | None = None
    boot: int = 0
    seq: int = -1
    last: list[float] = field(default_factory=list)

    def continuity(self, block: Block) -> tuple[Continuity, int]:
        """Return how a block follows the one before, and how many samples are missing between.

        Notes
        -----
        A block that follows its predecessor by number is new, whatever its clock says. Any
        other that starts before the time due has come late.
        """
        if self.due_ns is None:
            return Continuity.RESTART, 0
        ahead_ns = block.start_ns - self.due_ns
        follows = (block.boot, block.seq) == (self.boot, self.seq + 1)
        if ahead_ns < -round(0.5 * NS / block.rate_hz) and not follows:
            return Continuity.LATE, 0
        if ahead_ns > LONGEST_BRIDGE_S * NS or ahead_ns < -LONGEST_BRIDGE_S * NS:
            return Continuity.RESTART, 0
        n_missing = round(ahead_ns * block.rate_hz / NS)
        if n_missing <= 0 or (follows and ahead_ns < AGREES_S * NS):
            return Continuity.CONTIGUOUS, 0
        return Continuity.GAP_BRIDGED, n_missing

    def advance(self, block: Block, last: list[float]) -> None:
        """Move behind a block that was taken."""
        self.due_ns, self.boot, self.seq, self.last = block.end_ns, block.boot, block.seq, last

    def state(self) -> list[Any]:
        """Return what :meth:`from_state` takes."""
        return [self.due_ns, self.boot, self.seq, self.last]

    @classmethod
    def from_state(cls, state: list[Any]) -> "StreamSequence":
        """Return the sequence that :meth:`state` described."""
        due_ns, boot, seq, last = state
        return cls(due_ns=due_ns, boot=boot, seq=seq, last=last)
