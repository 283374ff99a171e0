"""Journal entry: one accepted message, with its offset, arrival time and mark."""

from dataclasses import dataclass, field
from enum import IntFlag

from plumbline.wire.block import NS, Block
from plumbline.wire.record import decode

FUTURE_NS = 60 * NS
"""Blocks that end this far ahead of the collector are stored, not judged (design, 5)."""


class Mark(IntFlag):
    """What ingest found about a message it accepted."""

    NONE = 0
    CONFLICT = 1
    """The same stream, boot and seq was there already with other content."""


def is_future(block: Block, received_ns: int) -> bool:
    """Return whether a block claims to be more than 60 s ahead of the collector's clock."""
    return block.end_ns > received_ns + FUTURE_NS


@dataclass(frozen=True, slots=True)
class Entry:
    """One message in the journal.

    Attributes
    ----------
    offset, next_offset
        Where it lies, and where the entry after it will. [bytes since the journal's birth]
    received_ns
        When the collector received it, by its own clock. [ns since 1970]
    payload
        The message as it came: a miniSEED 3 record an axis.
    mark
        What ingest flagged.
    """

    offset: int
    next_offset: int
    received_ns: int
    payload: bytes
    mark: Mark = Mark.NONE
    _decoded: list[Block] = field(default_factory=list, repr=False, compare=False)

    def block(self) -> Block:
        """Return the block, decoded once for all who share this entry."""
        if not self._decoded:
            self._decoded.append(decode(self.payload))
        return self._decoded[0]

    @property
    def held_out(self) -> bool:
        """True: archived, but not for detection and series; in the future, or in conflict."""
        if self.mark is not Mark.NONE and Mark.CONFLICT in self.mark:
            return True
        return is_future(self.block(), self.received_ns)
