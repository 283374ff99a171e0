"""Checking the frames of SQLite's write-ahead log, which SQLite itself drops silently from the
first damaged one on.

References
----------
.. [1] "The WAL File Format", https://www.sqlite.org/fileformat2.html#walformat
"""

import struct
from pathlib import Path

_HEAD = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of the checksum
_MASK = 0xFFFFFFFF
Sums = tuple[int, int]


def damaged_frame(path: Path) -> int | None:
    """Return the byte at which the first damaged frame begins; None if all of them are whole.

    Frames of an earlier round (with other salts) follow the last valid one and are no damage; a
    last frame that was cut off while it was written was never committed.
    """
    content = path.read_bytes()
    if len(content) < _HEAD.size:
        return None
    magic, _, page_size, _, *rest = _HEAD.unpack_from(content)
    order = _MAGIC.get(magic)
    if order is None or page_size not in {1 << n for n in range(9, 17)}:
        return 0
    salts, stated = rest[:2], (rest[2], rest[3])
    sums = _checksum(content[:24], order, (0, 0))
    if sums != stated:
        return 0
    step = _FRAME.size + page_size
    first_bad: int | None = None
    for at in range(_HEAD.size, len(content) - step + 1, step):
        _, _, salt_1, salt_2, sum_1, sum_2 = _FRAME.unpack_from(content, at)
        ours = [salt_1, salt_2] == salts
        if first_bad is None:
            body = content[at + _FRAME.size : at + step]
            sums = _checksum(body, order, _checksum(content[at : at + 8], order, sums))
            if not ours or sums != (sum_1, sum_2):
                first_bad = at
                if ours:
                    return at
        elif ours:  # frames of this round follow it, so it was one of them
            return first_bad
    return None


def _checksum(content: bytes, order: str, sums: Sums) -> Sums:
    s0, s1 = sums
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for x0, x1 in zip(words[::2], words[1::2], strict=True):
        s0 = (s0 + x0 + s1) & _MASK
        s1 = (s1 + x1 + s0) & _MASK
    return s0, s1
