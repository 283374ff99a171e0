"""Acceleration over a bound on several nodes for a while: a detector of its own."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.analysis.trigger.band_power import STEP_RATE_HZ, STEPS_A_TICK
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import GAL, DetectionSettings, ThresholdRule
from plumbline.wire.block import NS

TICKS_A_S = STEP_RATE_HZ / STEPS_A_TICK


@dataclass(slots=True)
class Exceedance:
    """One time the rule was broken.

    Attributes
    ----------
    onset_ns, over_ns
        When the first node went over, when enough of them were last. [ns since 1970]
    peaks_gal
        By node. [gal]
    """

    onset_ns: int
    over_ns: int
    peaks_gal: dict[str, float] = field(default_factory=dict)
    closed_ns: int | None = None


class ThresholdDetector:
    """One threshold rule over the nodes of its structure.

    Notes
    -----
    A node is over while, of the ticks of the last ``2 dwell_s``, those that reach the lowest
    bound and are clean of blows make up ``dwell_s``. The rule is broken while ``nodes`` are
    over in sample time, and is closed after ``quiet_s`` without that.
    """

    def __init__(self, rule: ThresholdRule, settings: DetectionSettings, *, late: bool) -> None:
        self.rule = rule
        self._late = late
        self._quiet_ns = round(settings.quiet_s * NS)
        self._slack_ns = round(settings.coincidence_s * NS)
        self._lowest_ms2 = rule.bounds()[0][1] * GAL
        self._needed = max(1, round(rule.dwell_s * TICKS_A_S))
        self._recent: dict[str, deque[float]] = {}
        self._over: dict[str, tuple[int, int]] = {}
        self._crossing: Exceedance | None = None

    def hear(self, name: str, ticks: Sequence[TriggerFrame]) -> Event | None:
        """Take the ticks of a node; return the event if they changed it."""
        changed = False
        for tick in ticks:
            idle = self._crossing is None and name not in self._recent
            if idle and tick.steady_ms2 < self._lowest_ms2:
                continue
            recent = self._recent.setdefault(name, deque(maxlen=2 * self._needed))
            recent.append(tick.steady_ms2)
            if sum(value >= self._lowest_ms2 for value in recent) >= self._needed:
                first = self._over.get(name, (tick.end_ns, 0))[0]
                self._over[name] = (first, tick.end_ns)
            elif max(recent) < self._lowest_ms2:
                del self._recent[name]
            changed |= self._judge(name, tick)
        return self._event() if changed and self._crossing is not None else None

    def _judge(self, name: str, tick: TriggerFrame) -> bool:
        now_ns = tick.end_ns
        self._over = {
            node: span for node, span in self._over.items() if span[1] >= now_ns - self._slack_ns
        }
        crossing = self._crossing
        if crossing is not None and crossing.closed_ns is not None:
            crossing = self._crossing = None
        if len(self._over) >= self.rule.nodes:
            if crossing is None:
                onset_ns = min(first for first, _ in self._over.values())
                crossing = self._crossing = Exceedance(onset_ns=onset_ns, over_ns=now_ns)
            lasts = sorted((last for _, last in self._over.values()), reverse=True)
            crossing.over_ns = max(crossing.over_ns, lasts[self.rule.nodes - 1])
        if crossing is None:
            return False
        for node, recent in self._recent.items():
            peak_gal = max(recent) / GAL
            crossing.peaks_gal[node] = max(peak_gal, crossing.peaks_gal.get(node, 0.0))
        if now_ns >= crossing.over_ns + self._quiet_ns:
            crossing.closed_ns = crossing.over_ns + self._quiet_ns
        return True

    def tick_past(self, now_ns: int) -> Event | None:
        """Close a crossing whose nodes have all fallen below and keep silent about it."""
        crossing = self._crossing
        if crossing is None or crossing.closed_ns is not None:
            return None
        if now_ns < crossing.over_ns + self._quiet_ns:
            return None
        crossing.closed_ns = crossing.over_ns + self._quiet_ns
        return self._event()

    def _event(self) -> Event:
        crossing, rule = self._crossing, self.rule
        assert crossing is not None  # noqa: S101 - asked only while there is one
        # The bound that enough nodes reached, not the one that a single node did.
        counted = sorted(crossing.peaks_gal.values(), reverse=True)
        value = counted[min(rule.nodes, len(counted)) - 1]
        level, bound = rule.crossed(value) or (AlarmLevel.GREEN, rule.bounds()[0][1])
        return Event(
            id=finding_id("threshold", f"{rule.structure}/{rule.bounds()}", crossing.onset_ns),
            kind=EventKind.THRESHOLD,
            structure=rule.structure,
            onset_ns=crossing.onset_ns,
            detector="threshold",
            level=level,
            value=round(value, 3),
            unit="gal",
            closed_ns=crossing.closed_ns,
            late=self._late,
            limit=rule.told(level, bound),
            nodes={name: {"peak_gal": round(peak, 3)} for name, peak in crossing.peaks_gal.items()},
            evidence={"nodes_needed": rule.nodes, "dwell_s": rule.dwell_s, "band": "0.05-20 Hz"},
        )

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` takes."""
        crossing = self._crossing
        return {
            "recent": {name: list(values) for name, values in self._recent.items()},
            "over": {name: list(span) for name, span in self._over.items()},
            "crossing": None
            if crossing is None
            else [crossing.onset_ns, crossing.over_ns, crossing.peaks_gal, crossing.closed_ns],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        length = 2 * self._needed
        self._recent = {n: deque(values, maxlen=length) for n, values in state["recent"].items()}
        self._over = {n: (first, last) for n, (first, last) in state["over"].items()}
        self._crossing = None if state["crossing"] is None else Exceedance(*state["crossing"])
