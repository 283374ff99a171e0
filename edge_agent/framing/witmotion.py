"""WitMotion's 11-byte frames: ``55 TT d1..d8 SUM``, SUM the low byte of the sum of the others."""

from collections.abc import Iterator

from plumbline.edge_agent.framing.rejected import Rejected

HEAD = 0x55
FRAME_BYTES = 11
MOST_JUNK = 256


class WitMotionReader:
    """Incremental reader of WitMotion frames.

    Notes
    -----
    Data holds 0x55 too, and one byte of sum lets one false frame in 256 through. Out of step, a
    frame is therefore believed only when the byte behind it begins another.
    """

    __slots__ = ("_in_step", "_junk", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._junk = b""
        self._in_step = False

    def feed(self, piece: bytes) -> Iterator[bytes | Rejected]:
        """Take the bytes that arrived; yield each whole frame, or what was wrong."""
        buffer = self._rest + piece
        at = 0
        while len(buffer) - at >= FRAME_BYTES + (not self._in_step):
            frame = buffer[at : at + FRAME_BYTES]
            is_frame = (
                frame[0] == HEAD and frame[1] >> 4 == 5 and sum(frame[:10]) & 255 == frame[10]
            )
            if is_frame and (self._in_step or buffer[at + FRAME_BYTES] == HEAD):
                yield from self._give_up_junk()
                self._in_step = True
                yield frame
                at += FRAME_BYTES
                continue
            self._in_step = False
            self._junk += frame[:1]
            at += 1
            if len(self._junk) == MOST_JUNK:
                yield from self._give_up_junk()
        self._rest = buffer[at:]

    def reset(self) -> Iterator[Rejected]:
        """Forget the half frame that is left when the line is opened again; yield it."""
        self._junk += self._rest
        self._rest = b""
        self._in_step = False
        yield from self._give_up_junk()

    def _give_up_junk(self) -> Iterator[Rejected]:
        junk, self._junk = self._junk, b""
        if junk:
            yield Rejected(reason="no frame or wrong sum", raw=junk)
