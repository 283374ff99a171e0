"""Lines of ASCII, and the checksum of NMEA sentences."""

from collections.abc import Iterator

from plumbline.edge_agent.framing.rejected import Rejected

LONGEST = 200


class LineReader:
    """Incremental reader of lines that end in CR LF or LF.

    Notes
    -----
    What stands before the first line end is not believed: the line may have begun before the port
    was opened, and ``36.026`` looks as good as ``-236.026``.
    """

    __slots__ = ("_is_whole", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._is_whole = False

    def feed(self, piece: bytes) -> Iterator[str | Rejected]:
        """Take the bytes that arrived; yield each whole line without its end, or what was wrong."""
        *lines, rest = (self._rest + piece).split(b"\n")
        for line in lines:
            yield from self._line(line)
        while len(rest) > LONGEST:
            self._is_whole = False
            yield Rejected(reason="line too long", raw=rest[:LONGEST])
            rest = rest[LONGEST:]
        self._rest = rest

    def reset(self) -> Iterator[Rejected]:
        """Forget the half line that is left when the port is opened again; yield it."""
        rest, self._rest, self._is_whole = self._rest, b"", False
        if rest:
            yield Rejected(reason="line cut off", raw=rest)

    def _line(self, line: bytes) -> Iterator[str | Rejected]:
        while len(line) > LONGEST:
            self._is_whole = False
            yield Rejected(reason="line too long", raw=line[:LONGEST])
            line = line[LONGEST:]
        text = line.removesuffix(b"\r")
        was_whole, self._is_whole = self._is_whole, True
        if not was_whole:
            if line:
                yield Rejected(reason="line without its beginning", raw=line)
        elif not all(0x20 <= byte < 0x7F for byte in text):
            yield Rejected(reason="line with bytes that are no text", raw=line)
        elif text:
            yield text.decode("ascii")


def body(sentence: str) -> str | None:
    """Return what stands between ``$`` and ``*hh`` if hh is the XOR of it, else None."""
    text, star, given = sentence.removeprefix("$").partition("*")
    if not sentence.startswith("$") or not star or len(given) != 2:
        return None
    xor = 0
    for byte in text.encode("ascii"):
        xor ^= byte
    return text if f"{xor:02X}" == given.upper() else None
