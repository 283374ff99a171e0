"""The newest ticks of a node, kept packed: a snapshot of a thousand nodes must not take long."""

import struct
from collections.abc import Iterator

from plumbline.collector.stages.detection.frames import TriggerFrame

_FORM = struct.Struct("<3q4d")


class History:
    """Ticks in the order they came, the oldest forgotten.

    Parameters
    ----------
    kept
        How many ticks are remembered.
    """

    __slots__ = ("_most", "_packed")

    def __init__(self, kept: int, packed: bytes = b"") -> None:
        self._most = kept * _FORM.size
        self._packed = bytearray(packed)

    def add(self, tick: TriggerFrame) -> None:
        """Remember a tick."""
        self._packed += _FORM.pack(*tick)
        if len(self._packed) >= 2 * self._most:  # rare and in bulk
            del self._packed[: -self._most]

    def __iter__(self) -> Iterator[TriggerFrame]:
        return map(TriggerFrame._make, _FORM.iter_unpack(self.packed()))

    def __len__(self) -> int:
        return len(self.packed()) // _FORM.size

    def packed(self) -> bytes:
        """Return the ticks as bytes, which the constructor takes back."""
        return bytes(self._packed[-self._most :])
