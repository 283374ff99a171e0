"""State of a node: the intervals in which its triggers were on, and its newest frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.collector.stages.detection.frame_buffer import FrameBuffer
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.wire.block import NS

DETECTORS = ("short_period", "long_period")


@dataclass(slots=True, kw_only=True)
class TriggerInterval:
    """One interval in which a trigger was on.

    Attributes
    ----------
    onset_ns, known_ns, last_ns
        Begin of the motion, time it was proven, end of the trigger. [ns since 1970]
    ended
        Whether it went off.
    ratio
        Largest ratio. [1]
    peak_ms2
        Largest distance from the mean before. [m/s2]
    """

    onset_ns: int
    known_ns: int
    last_ns: int
    ended: bool = False
    ratio: float = 0.0
    peak_ms2: float = 0.0

    def touches(self, other: "TriggerInterval", slack_ns: int) -> bool:
        """Return whether two intervals overlap, or no more than a slack lies between them."""
        return (
            self.onset_ns <= other.last_ns + slack_ns and other.onset_ns <= self.last_ns + slack_ns
        )

    def state(self) -> list[Any]:
        """Return the fields in order."""
        return [getattr(self, slot) for slot in self.__slots__]

    @classmethod
    def from_state(cls, state: Sequence[Any]) -> "TriggerInterval":
        """Return the interval that :meth:`state` described."""
        return cls(**dict(zip(cls.__slots__, state, strict=True)))


@dataclass(slots=True)
class NodeState:
    """One node of a structure.

    Attributes
    ----------
    ground
        Whether it sits on the ground.
    capacity
        Number of frames remembered.
    front_ns
        End of its newest frame. [ns since 1970]
    intervals
        Trigger intervals by detector, oldest first.
    buffer
        The newest frames.
    """

    ground: bool
    capacity: int
    front_ns: int = 0
    intervals: dict[str, list[TriggerInterval]] = field(
        default_factory=lambda: {d: [] for d in DETECTORS}
    )
    buffer: FrameBuffer = field(init=False)

    def __post_init__(self) -> None:
        self.buffer = FrameBuffer(self.capacity)

    def update(self, frames: Iterable[TriggerFrame]) -> bool:
        """Take frames; return whether a trigger was on in any of them."""
        triggered = False
        for frame in frames:
            triggered = triggered or bool(frame.short_ns or frame.long_ns)
            self.buffer.add(frame)
            self.front_ns = max(self.front_ns, frame.end_ns)
            if frame.short_ns or self.intervals["short_period"]:
                self._extend_or_close("short_period", frame.short_ns, frame.short_ratio, frame)
            if frame.long_ns or self.intervals["long_period"]:
                self._extend_or_close("long_period", frame.long_ns, frame.long_ratio, frame)
        return triggered

    def active(self, detector: str) -> TriggerInterval | None:
        """Return the interval of a trigger that is on now."""
        intervals = self.intervals[detector]
        return intervals[-1] if intervals and not intervals[-1].ended else None

    @property
    def idle(self) -> bool:
        """Whether nothing is remembered that could still become an event."""
        return not any(self.intervals.values())

    def forget(self, before_ns: int) -> None:
        """Let go of intervals that were on last before a time."""
        for detector, intervals in self.intervals.items():
            self.intervals[detector] = [
                interval for interval in intervals if interval.last_ns >= before_ns
            ]

    def since(self, from_ns: int) -> list[TriggerFrame]:
        """Return the remembered frames that end after a time, in the order they came."""
        return [frame for frame in self.buffer if frame.end_ns > from_ns]

    def _extend_or_close(
        self, detector: str, onset_ns: int, ratio: float, frame: TriggerFrame
    ) -> None:
        intervals, end_ns = self.intervals[detector], frame.end_ns
        open_interval = intervals[-1] if intervals and not intervals[-1].ended else None
        if onset_ns == 0:
            if open_interval is not None:
                open_interval.ended = True
            return
        # An axis that joins later must not begin the interval anew; another, later one must.
        if open_interval is None or end_ns - open_interval.last_ns > NS * 2:
            if open_interval is not None:
                open_interval.ended = True
            open_interval = TriggerInterval(onset_ns=onset_ns, known_ns=end_ns, last_ns=end_ns)
            intervals.append(open_interval)
        open_interval.last_ns = max(open_interval.last_ns, end_ns)
        open_interval.ratio = max(open_interval.ratio, ratio)
        open_interval.peak_ms2 = max(open_interval.peak_ms2, frame.peak_ms2)

    def state(self) -> dict[str, Any]:
        """Return all but the frames, which are saved as bytes."""
        return {
            "front_ns": self.front_ns,
            "spans": {
                d: [interval.state() for interval in intervals]
                for d, intervals in self.intervals.items()
            },
        }

    def restore(self, state: dict[str, Any], packed: bytes) -> None:
        """Take back :meth:`state` and the packed frames."""
        self.front_ns = state["front_ns"]
        self.intervals = {
            d: [TriggerInterval.from_state(s) for s in intervals]
            for d, intervals in state["spans"].items()
        }
        self.buffer = FrameBuffer(self.capacity, packed)
