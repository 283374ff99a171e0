"""Threshold detector: acceleration over a bound on several nodes for a while."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.analysis.constants import GAL_MS2
from plumbline.analysis.trigger.band_power import STEP_RATE_HZ, STEPS_A_TICK
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import DetectionSettings, ThresholdRule
from plumbline.wire.block import NS

FRAMES_A_SECOND = STEP_RATE_HZ / STEPS_A_TICK


@dataclass(slots=True)
class Exceedance:
    """One time the rule was broken.

    Attributes
    ----------
    onset_ns, over_ns
        Time the first node went over, time enough of them were over last. [ns since 1970]
    peaks_gal
        Peak by node. [gal]
    """

    onset_ns: int
    over_ns: int
    peaks_gal: dict[str, float] = field(default_factory=dict)
    closed_ns: int | None = None


class ThresholdDetector:
    """One threshold rule over the nodes of its structure.

    Notes
    -----
    A node is over while, of the frames of the last ``2 dwell_s``, those that reach the lowest
    bound and are clean of blows make up ``dwell_s``. The rule is broken while ``nodes`` are
    over in sample time, and is closed after ``quiet_s`` without that.
    """

    def __init__(self, rule: ThresholdRule, settings: DetectionSettings, *, late: bool) -> None:
        self.rule = rule
        self._late = late
        self._quiet_ns = round(settings.quiet_s * NS)
        self._slack_ns = round(settings.coincidence_s * NS)
        self._lowest_ms2 = rule.bounds()[0][1] * GAL_MS2
        self._needed = max(1, round(rule.dwell_s * FRAMES_A_SECOND))
        self._recent: dict[str, deque[float]] = {}
        self._over: dict[str, tuple[int, int]] = {}
        self._exceedance: Exceedance | None = None

    def update(self, name: str, frames: Sequence[TriggerFrame]) -> Event | None:
        """Take the frames of a node; return the event if they changed it."""
        changed = False
        for frame in frames:
            idle = self._exceedance is None and name not in self._recent
            if idle and frame.steady_ms2 < self._lowest_ms2:
                continue
            recent = self._recent.setdefault(name, deque(maxlen=2 * self._needed))
            recent.append(frame.steady_ms2)
            if sum(value >= self._lowest_ms2 for value in recent) >= self._needed:
                first = self._over.get(name, (frame.end_ns, 0))[0]
                self._over[name] = (first, frame.end_ns)
            elif max(recent) < self._lowest_ms2:
                del self._recent[name]
            changed |= self._evaluate(name, frame)
        return self._event() if changed and self._exceedance is not None else None

    def _evaluate(self, name: str, frame: TriggerFrame) -> bool:
        now_ns = frame.end_ns
        self._over = {
            node: span for node, span in self._over.items() if span[1] >= now_ns - self._slack_ns
        }
        exceedance = self._exceedance
        if exceedance is not None and exceedance.closed_ns is not None:
            exceedance = self._exceedance = None
        if len(self._over) >= self.rule.nodes:
            if exceedance is None:
                onset_ns = min(first for first, _ in self._over.values())
                exceedance = self._exceedance = Exceedance(onset_ns=onset_ns, over_ns=now_ns)
            lasts = sorted((last for _, last in self._over.values()), reverse=True)
            exceedance.over_ns = max(exceedance.over_ns, lasts[self.rule.nodes - 1])
        if exceedance is None:
            return False
        for node, recent in self._recent.items():
            peak_gal = max(recent) / GAL_MS2
            exceedance.peaks_gal[node] = max(peak_gal, exceedance.peaks_gal.get(node, 0.0))
        if now_ns >= exceedance.over_ns + self._quiet_ns:
            exceedance.closed_ns = exceedance.over_ns + self._quiet_ns
        return True

    def close_stale(self, now_ns: int) -> Event | None:
        """Close an exceedance whose nodes have all fallen below or send nothing any more."""
        exceedance = self._exceedance
        if exceedance is None or exceedance.closed_ns is not None:
            return None
        if now_ns < exceedance.over_ns + self._quiet_ns:
            return None
        exceedance.closed_ns = exceedance.over_ns + self._quiet_ns
        return self._event()

    def open_id(self) -> str | None:
        """Return the id of the event that goes on, if one does."""
        exceedance = self._exceedance
        return None if exceedance is None or exceedance.closed_ns else self._event().id

    def _event(self) -> Event:
        exceedance, rule = self._exceedance, self.rule
        assert exceedance is not None  # noqa: S101 - called only while there is one
        # The bound that enough nodes reached, not the one that a single node did.
        counted = sorted(exceedance.peaks_gal.values(), reverse=True)
        value = counted[min(rule.nodes, len(counted)) - 1]
        level, bound = rule.crossed(value) or (AlarmLevel.GREEN, rule.bounds()[0][1])
        return Event(
            id=finding_id(
                "threshold", f"{rule.structure}/{_bounds_in_ids(rule)}", exceedance.onset_ns
            ),
            kind=EventKind.THRESHOLD,
            structure=rule.structure,
            onset_ns=exceedance.onset_ns,
            detector="threshold",
            level=level,
            value=round(value, 3),
            unit="gal",
            closed_ns=exceedance.closed_ns,
            late=self._late,
            limit=rule.event_limit(level, bound),
            nodes={
                name: {"peak_gal": round(peak, 3)} for name, peak in exceedance.peaks_gal.items()
            },
            evidence={"nodes_needed": rule.nodes, "dwell_s": rule.dwell_s, "band": "0.05-20 Hz"},
        )

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` takes."""
        exceedance = self._exceedance
        return {
            "recent": {name: list(values) for name, values in self._recent.items()},
            "over": {name: list(span) for name, span in self._over.items()},
            "crossing": None
            if exceedance is None
            else [
                exceedance.onset_ns,
                exceedance.over_ns,
                exceedance.peaks_gal,
                exceedance.closed_ns,
            ],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        length = 2 * self._needed
        self._recent = {n: deque(values, maxlen=length) for n, values in state["recent"].items()}
        self._over = {n: (first, last) for n, (first, last) in state["over"].items()}
        self._exceedance = None if state["crossing"] is None else Exceedance(*state["crossing"])


def _bounds_in_ids(rule: ThresholdRule) -> str:
    """Return the bounds as ids of events have them since 0.2.0: an id must outlive an upgrade."""
    pairs = (f"(<Level.{level.name}: '{level}'>, {bound!r})" for level, bound in rule.bounds())
    return f"[{', '.join(pairs)}]"
