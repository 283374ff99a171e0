"""Episode of shaking or sway of one structure, with the motion that each node recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.analysis.constants import GAL_MS2
from plumbline.analysis.trigger.shaking import LONG_PERIOD, SHORT_PERIOD
from plumbline.collector.events.model import Event, EventKind, finding_id
from plumbline.collector.stages.detection.alarm_level import alarm_level_of
from plumbline.collector.stages.detection.coincidence import Detection
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.wire.block import NS

BEFORE_NS = NS
"""Peaks count from this long before the onset: the trigger's delay. [ns]"""
LEAD_NS = 30 * NS
"""A trigger that went on longer before the onset belongs to something earlier. [ns]"""
CODED = ("kind", "opened_by", "felt")
"""Keys of a stored state that are not the attribute of that name as it is."""


@dataclass(slots=True, kw_only=True)
class NodeMotionSummary:
    """Motion that a node recorded in an episode.

    Attributes
    ----------
    short_ns, long_ns
        Onset of each trigger, 0 where it did not go on. [ns since 1970]
    short_before, long_before
        Whether it was on from something earlier.
    late
        Whether its samples came after the episode was published; 0 or 1.
    """

    peak_ms2: float = 0.0
    steady_ms2: float = 0.0
    short_ratio: float = 0.0
    long_ratio: float = 0.0
    short_ns: int = 0
    long_ns: int = 0
    short_before: int = 0
    long_before: int = 0
    late: int = 0

    def add(self, frame: TriggerFrame, from_ns: int) -> None:
        """Count a frame in; triggers on from before a time belong to something earlier."""
        self.peak_ms2 = max(self.peak_ms2, frame.peak_ms2)
        self.steady_ms2 = max(self.steady_ms2, frame.steady_ms2)
        self.short_ratio = max(self.short_ratio, frame.short_ratio)
        self.long_ratio = max(self.long_ratio, frame.long_ratio)
        if frame.short_ns >= from_ns:
            self.short_ns = _earlier(self.short_ns, frame.short_ns)
        elif frame.short_ns:
            self.short_before = 1
        if frame.long_ns >= from_ns:
            self.long_ns = _earlier(self.long_ns, frame.long_ns)
        elif frame.long_ns:
            self.long_before = 1


@dataclass(slots=True, kw_only=True)
class Episode:
    """One time a structure shook or swayed.

    Attributes
    ----------
    active_ns
        Time a trigger that holds it open was on last. [ns since 1970]
    closed_ns
        None while it goes on. [ns since 1970]
    ended
        Reason it was closed.
    motion
        Motion by node.
    """

    kind: EventKind
    structure: str
    detector: str
    onset_ns: int
    opened_by: tuple[str, ...]
    known_ns: int
    active_ns: int
    late: bool
    closed_ns: int | None = None
    ended: str = ""
    motion: dict[str, NodeMotionSummary] = field(default_factory=dict)

    @classmethod
    def from_detection(
        cls, detection: Detection, structure: str, nodes: Mapping[str, NodeState], *, late: bool
    ) -> "Episode":
        """Return the episode a detection opens, with the frames remembered since its onset."""
        known_ns = max(nodes[name].front_ns for name in detection.nodes)
        episode = cls(
            kind=detection.kind,
            structure=structure,
            detector=detection.detector,
            onset_ns=detection.onset_ns,
            opened_by=detection.nodes,
            known_ns=known_ns,
            active_ns=detection.onset_ns,
            late=late,
        )
        for name, node in nodes.items():
            episode.add(name, node.since(detection.onset_ns - BEFORE_NS))
        return episode

    @property
    def id(self) -> str:
        """Hash of detector, structure and onset."""
        return finding_id(self.detector, self.structure, self.onset_ns)

    def add(self, name: str, frames: Iterable[TriggerFrame]) -> None:
        """Count frames of a node that belong to this time."""
        until_ns = self.active_ns if self.closed_ns is not None else None
        for frame in frames:
            if frame.end_ns > self.onset_ns - BEFORE_NS and (
                until_ns is None or frame.end_ns <= until_ns + NS
            ):
                self.motion.setdefault(name, NodeMotionSummary()).add(
                    frame, self.onset_ns - LEAD_NS
                )

    def close(self, closed_ns: int, ended: str) -> None:
        """Close the episode."""
        self.closed_ns, self.ended = closed_ns, ended

    def event(
        self,
        grounds: Sequence[str],
        settings: DetectionSettings,
        evidence: Mapping[str, Any],
    ) -> Event:
        """Return the episode as everyone else sees it.

        Parameters
        ----------
        grounds
            Nodes by which its size is stated; all nodes where none of them recorded it.
        evidence
            Further evidence.
        """
        peaks = {name: motion.peak_ms2 / GAL_MS2 for name, motion in self.motion.items()}
        counted = [peaks[name] for name in grounds if name in peaks] or list(peaks.values())
        value = round(max(counted, default=0.0), 3)
        level, limit, shown = alarm_level_of(value, self.structure, settings)
        return Event(
            id=self.id,
            kind=self.kind,
            structure=self.structure,
            onset_ns=self.onset_ns,
            detector=self.detector,
            level=level,
            value=value,
            unit="gal",
            closed_ns=self.closed_ns,
            late=self.late,
            limit=limit,
            nodes={name: node_report(motion) for name, motion in sorted(self.motion.items())},
            evidence={
                "opened_by": {"detector": self.detector, "nodes": list(self.opened_by)},
                "known_after_s": round((self.known_ns - self.onset_ns) / NS, 2),
                "peak_gal_anywhere": round(max(peaks.values(), default=0.0), 3),
                **{detector: self._detector_evidence(detector, settings) for detector in DETECTORS},
                **({"candidate_limits": shown} if shown else {}),
                **({"ended": self.ended} if self.ended else {}),
                **evidence,
            },
        )

    def _detector_evidence(self, detector: str, settings: DetectionSettings) -> dict[str, Any]:
        """Return what a detector found in the samples of this episode."""
        short = detector == "short_period"
        ratios = [f.short_ratio if short else f.long_ratio for f in self.motion.values()]
        onsets = {
            name: f.short_ns if short else f.long_ns
            for name, f in sorted(self.motion.items())
            if (f.short_ns if short else f.long_ns)
        }
        before = [
            name
            for name, f in sorted(self.motion.items())
            if (f.short_before if short else f.long_before)
        ]
        return {
            "triggered": bool(onsets),
            **({"on_from_before": before} if before else {}),
            "largest_ratio": round(max(ratios, default=0.0), 2),
            "on_ratio": settings.short_ratio if short else settings.long_ratio,
            "least_gal": settings.short_gal if short else settings.long_gal,
            "least_share": (SHORT_PERIOD if short else LONG_PERIOD).gates.share,
            "seconds_after_onset": {
                name: round((onset_ns - self.onset_ns) / NS, 2) for name, onset_ns in onsets.items()
            },
        }

    def state(self) -> dict[str, Any]:
        """Return what :meth:`from_state` takes."""
        names = (
            *("structure", "detector", "onset_ns", "opened_by", "known_ns", "active_ns"),
            *("late", "closed_ns", "ended"),
        )
        motion = {
            name: [getattr(f, slot) for slot in NodeMotionSummary.__slots__]
            for name, f in self.motion.items()
        }
        return {
            **{name: getattr(self, name) for name in names},
            "kind": str(self.kind),
            "felt": motion,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Episode":
        """Return the episode that :meth:`state` described."""
        motion = {
            name: NodeMotionSummary(**dict(zip(NodeMotionSummary.__slots__, values, strict=True)))
            for name, values in state["felt"].items()
        }
        plain = {name: value for name, value in state.items() if name not in CODED}
        return cls(
            **plain,
            kind=EventKind(state["kind"]),
            opened_by=tuple(state["opened_by"]),
            motion=motion,
        )


def node_report(motion: NodeMotionSummary) -> dict[str, float | int | str]:
    """Return the motion of a node as an event reports it."""
    onsets = [onset for onset in (motion.short_ns, motion.long_ns) if onset]
    report: dict[str, float | int | str] = {
        "peak_gal": round(motion.peak_ms2 / GAL_MS2, 3),
        "short_period_ratio": round(motion.short_ratio, 2),
        "long_period_ratio": round(motion.long_ratio, 2),
    }
    if onsets:
        report["onset_ns"] = min(onsets)
        first_is_short = motion.short_ns == min(onsets)
        report["detector"] = "short_period" if first_is_short else "long_period"
    if motion.late:
        report["late"] = 1
    return report


def _earlier(left_ns: int, right_ns: int) -> int:
    if left_ns == 0 or right_ns == 0:
        return max(left_ns, right_ns)
    return min(left_ns, right_ns)
