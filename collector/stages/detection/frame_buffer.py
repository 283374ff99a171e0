"""Buffer of the newest trigger frames of a node, packed so that a snapshot does not take long."""

import struct
from collections.abc import Iterator

from plumbline.collector.stages.detection.frames import TriggerFrame

_FORM = struct.Struct("<3q4d")


class FrameBuffer:
    """Trigger frames in the order they came, the oldest forgotten.

    Parameters
    ----------
    capacity
        Number of frames remembered.
    """

    __slots__ = ("_most", "_packed")

    def __init__(self, capacity: int, packed: bytes = b"") -> None:
        self._most = capacity * _FORM.size
        self._packed = bytearray(packed)

    def add(self, frame: TriggerFrame) -> None:
        """Remember a frame."""
        self._packed += _FORM.pack(*frame)
        if len(self._packed) >= 2 * self._most:  # rare and in bulk
            del self._packed[: -self._most]

    def __iter__(self) -> Iterator[TriggerFrame]:
        return map(TriggerFrame._make, _FORM.iter_unpack(self.packed()))

    def __len__(self) -> int:
        return len(self.packed()) // _FORM.size

    def packed(self) -> bytes:
        """Return the frames as bytes, which the constructor takes back."""
        return bytes(self._packed[-self._most :])
