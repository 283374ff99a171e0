"""What is remembered of a node: when its triggers were on, and its last minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.collector.stages.detection.frame_buffer import History
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.wire.block import NS

DETECTORS = ("short_period", "long_period")


@dataclass(slots=True, kw_only=True)
class TriggerInterval:
    """One time a trigger was on.

    Attributes
    ----------
    onset_ns, known_ns, last_ns
        When the motion began, when it was proven, until when it was on. [ns since 1970]
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
        """Tell whether two spans overlap, or no more than a slack lies between them."""
        return (
            self.onset_ns <= other.last_ns + slack_ns and other.onset_ns <= self.last_ns + slack_ns
        )

    def state(self) -> list[Any]:
        """Return the fields in order."""
        return [getattr(self, slot) for slot in self.__slots__]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> "TriggerInterval":
        """Return the span that :meth:`state` described."""
        return cls(**dict(zip(cls.__slots__, state, strict=True)))


@dataclass(slots=True)
class NodeState:
    """One node of a structure.

    Attributes
    ----------
    ground
        Whether it sits on the ground.
    kept
        How many ticks are remembered, and for how long spans are.
    front_ns
        End of its newest tick. [ns since 1970]
    spans
        By detector, oldest first.
    history
        The newest ticks.
    """

    ground: bool
    kept: int
    front_ns: int = 0
    spans: dict[str, list[TriggerInterval]] = field(
        default_factory=lambda: {d: [] for d in DETECTORS}
    )
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.kept)

    def hear(self, ticks: Iterable[TriggerFrame]) -> bool:
        """Take ticks; tell whether a trigger was on in any of them."""
        triggered = False
        for tick in ticks:
            triggered = triggered or bool(tick.short_ns or tick.long_ns)
            self.history.add(tick)
            self.front_ns = max(self.front_ns, tick.end_ns)
            if tick.short_ns or self.spans["short_period"]:
                self._follow("short_period", tick.short_ns, tick.short_ratio, tick)
            if tick.long_ns or self.spans["long_period"]:
                self._follow("long_period", tick.long_ns, tick.long_ratio, tick)
        return triggered

    def on(self, detector: str) -> TriggerInterval | None:
        """Return the span of a trigger that is on now."""
        spans = self.spans[detector]
        return spans[-1] if spans and not spans[-1].ended else None

    @property
    def idle(self) -> bool:
        """Whether nothing is remembered that could still become an event."""
        return not any(self.spans.values())

    def forget(self, before_ns: int) -> None:
        """Let go of spans that were on last before a time."""
        for detector, spans in self.spans.items():
            self.spans[detector] = [span for span in spans if span.last_ns >= before_ns]

    def since(self, from_ns: int) -> list[TriggerFrame]:
        """Return the remembered ticks that end after a time, in the order they came."""
        return [tick for tick in self.history if tick.end_ns > from_ns]

    def _follow(self, detector: str, onset_ns: int, ratio: float, tick: TriggerFrame) -> None:
        spans, end_ns = self.spans[detector], tick.end_ns
        current = spans[-1] if spans and not spans[-1].ended else None
        if onset_ns == 0:
            if current is not None:
                current.ended = True
            return
        # An axis that joins later must not begin the span anew; another, later one must.
        if current is None or end_ns - current.last_ns > NS * 2:
            if current is not None:
                current.ended = True
            current = TriggerInterval(onset_ns=onset_ns, known_ns=end_ns, last_ns=end_ns)
            spans.append(current)
        current.last_ns = max(current.last_ns, end_ns)
        current.ratio = max(current.ratio, ratio)
        current.peak_ms2 = max(current.peak_ms2, tick.peak_ms2)

    def state(self) -> dict[str, Any]:
        """Return all but the history, which is kept as bytes."""
        return {
            "front_ns": self.front_ns,
            "spans": {d: [span.state() for span in spans] for d, spans in self.spans.items()},
        }

    def restore(self, state: dict[str, Any], history: bytes) -> None:
        """Take back :meth:`state` and the packed ticks."""
        self.front_ns = state["front_ns"]
        self.spans = {
            d: [TriggerInterval.restored(s) for s in spans] for d, spans in state["spans"].items()
        }
        self.history = History(self.kept, history)
