"""COBS frames that end in a zero byte and carry a CRC-16.

References
----------
.. [1] S. Cheshire and M. Baker, "Consistent overhead byte stuffing," IEEE/ACM Trans. Networking,
   7(2), 159-172, 1999.
"""

import binascii
from collections.abc import Generator, Iterator

from plumbline.edge_agent.framing.rejected import Rejected

LONGEST_STUFFED = 251  # message and CRC of at most 250 bytes, one byte of stuffing
CRC_BYTES = 2


class CobsReader:
    """Incremental reader of ``COBS(message || CRC-16/IBM-3740, low byte first) || 0x00``.

    A damaged frame is handed back as `Rejected`; reading goes on behind the next zero byte.
    """

    __slots__ = ("_overlong", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._overlong = False

    def feed(self, piece: bytes) -> Iterator[bytes | Rejected]:
        """Take the bytes that arrived; yield each complete message, or what was wrong."""
        *whole, self._rest = (self._rest + piece).split(b"\0")
        for stuffed in whole:
            left = yield from self._cut(stuffed)
            if self._overlong:
                self._overlong = False
                if left:
                    yield Rejected(reason="frame too long", raw=left)
            elif left:
                yield unstuffed(left)
        self._rest = yield from self._cut(self._rest)

    def reset(self) -> Iterator[Rejected]:
        """Forget the half frame that is left when the line is opened again; yield it."""
        rest, self._rest, self._overlong = self._rest, b"", False
        if rest:
            yield Rejected(reason="frame cut off", raw=rest)

    def _cut(self, stuffed: bytes) -> Generator[Rejected, None, bytes]:
        """Yield what is beyond the longest frame in pieces of fixed length; return the rest."""
        while len(stuffed) > LONGEST_STUFFED:
            self._overlong = True
            yield Rejected(reason="frame too long", raw=stuffed[:LONGEST_STUFFED])
            stuffed = stuffed[LONGEST_STUFFED:]
        return stuffed


def unstuffed(stuffed: bytes) -> bytes | Rejected:
    """Return the message of one frame, given without its zero byte, if COBS and CRC are right."""
    plain = bytearray()
    at = 0
    while at < len(stuffed):
        code = stuffed[at]
        end = at + code
        if end > len(stuffed):
            return Rejected(reason="COBS malformed", raw=stuffed)
        plain += stuffed[at + 1 : end]
        at = end
        if code < 0xFF and at < len(stuffed):
            plain.append(0)
    if len(plain) <= CRC_BYTES:
        return Rejected(reason="frame too short", raw=stuffed)
    message = bytes(plain[:-CRC_BYTES])
    if binascii.crc_hqx(message, 0xFFFF) != int.from_bytes(plain[-CRC_BYTES:], "little"):
        return Rejected(reason="CRC wrong", raw=stuffed)
    return message
