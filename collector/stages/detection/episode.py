"""An episode: one time a structure shook or swayed, with what each node felt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.analysis.trigger.shaking import LONG_PERIOD, SHORT_PERIOD
from plumbline.collector.events.model import Event, EventKind, finding_id
from plumbline.collector.stages.detection.alarm_level import alarm_level_of
from plumbline.collector.stages.detection.coincidence import Detection
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState
from plumbline.collector.stages.detection.settings import GAL, DetectionSettings
from plumbline.wire.block import NS

BEFORE_NS = NS
"""Peaks count from this long before the onset: the trigger's delay. [ns]"""


LEAD_NS = 30 * NS
"""A trigger that went on longer before the onset belongs to something earlier. [ns]"""


@dataclass(slots=True, kw_only=True)
class NodeMotionSummary:
    """What a node felt in an episode.

    Attributes
    ----------
    short_ns, long_ns
        Onset of each trigger, 0 where it did not go on. [ns since 1970]
    short_before, long_before
        Whether it was on from something earlier.
    late
        Whether it was told afterwards.
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

    def add(self, tick: TriggerFrame, from_ns: int) -> None:
        """Count a tick in; triggers on from before a time are something earlier's."""
        self.peak_ms2 = max(self.peak_ms2, tick.peak_ms2)
        self.steady_ms2 = max(self.steady_ms2, tick.steady_ms2)
        self.short_ratio = max(self.short_ratio, tick.short_ratio)
        self.long_ratio = max(self.long_ratio, tick.long_ratio)
        if tick.short_ns >= from_ns:
            self.short_ns = _earlier(self.short_ns, tick.short_ns)
        elif tick.short_ns:
            self.short_before = 1
        if tick.long_ns >= from_ns:
            self.long_ns = _earlier(self.long_ns, tick.long_ns)
        elif tick.long_ns:
            self.long_before = 1


@dataclass(slots=True, kw_only=True)
class Episode:
    """One episode of one structure.

    Attributes
    ----------
    active_ns
        When a trigger that keeps it open was on last. [ns since 1970]
    closed_ns
        None while it goes on. [ns since 1970]
    ended
        Why it was closed.
    felt
        By node.
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
    felt: dict[str, NodeMotionSummary] = field(default_factory=dict)

    @classmethod
    def opened(
        cls, finding: Detection, structure: str, nodes: Mapping[str, NodeState], *, late: bool
    ) -> "Episode":
        """Return the episode a finding opens, with what is remembered since its onset."""
        known_ns = max(nodes[name].front_ns for name in finding.nodes)
        episode = cls(
            kind=finding.kind,
            structure=structure,
            detector=finding.detector,
            onset_ns=finding.onset_ns,
            opened_by=finding.nodes,
            known_ns=known_ns,
            active_ns=finding.onset_ns,
            late=late,
        )
        for name, node in nodes.items():
            episode.add(name, node.since(finding.onset_ns - BEFORE_NS))
        return episode

    @property
    def id(self) -> str:
        """Hash of detector, structure and onset."""
        return finding_id(self.detector, self.structure, self.onset_ns)

    def add(self, name: str, ticks: Iterable[TriggerFrame]) -> None:
        """Count ticks of a node that belong to this time."""
        until_ns = self.active_ns if self.closed_ns is not None else None
        for tick in ticks:
            if tick.end_ns > self.onset_ns - BEFORE_NS and (
                until_ns is None or tick.end_ns <= until_ns + NS
            ):
                self.felt.setdefault(name, NodeMotionSummary()).add(tick, self.onset_ns - LEAD_NS)

    def close(self, closed_ns: int, ended: str) -> None:
        """End it."""
        self.closed_ns, self.ended = closed_ns, ended

    def event(
        self,
        grounds: Sequence[str],
        settings: DetectionSettings,
        said: Mapping[str, Any],
    ) -> Event:
        """Return the episode as everyone else sees it.

        Parameters
        ----------
        grounds
            Nodes by which its size is told; all nodes where none of them felt it.
        said
            Further evidence.
        """
        peaks = {name: felt.peak_ms2 / GAL for name, felt in self.felt.items()}
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
            nodes={name: node_report(felt) for name, felt in sorted(self.felt.items())},
            evidence={
                "opened_by": {"detector": self.detector, "nodes": list(self.opened_by)},
                "known_after_s": round((self.known_ns - self.onset_ns) / NS, 2),
                "peak_gal_anywhere": round(max(peaks.values(), default=0.0), 3),
                **{detector: self._said(detector, settings) for detector in DETECTORS},
                **({"candidate_limits": shown} if shown else {}),
                **({"ended": self.ended} if self.ended else {}),
                **said,
            },
        )

    def _said(self, detector: str, settings: DetectionSettings) -> dict[str, Any]:
        """Return what a detector said of the samples of this episode."""
        short = detector == "short_period"
        ratios = [f.short_ratio if short else f.long_ratio for f in self.felt.values()]
        onsets = {
            name: f.short_ns if short else f.long_ns
            for name, f in sorted(self.felt.items())
            if (f.short_ns if short else f.long_ns)
        }
        before = [
            name
            for name, f in sorted(self.felt.items())
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
        """Return what :meth:`restored` takes."""
        names = (
            *("structure", "detector", "onset_ns", "opened_by", "known_ns", "active_ns"),
            *("late", "closed_ns", "ended"),
        )
        felt = {
            name: [getattr(f, slot) for slot in NodeMotionSummary.__slots__]
            for name, f in self.felt.items()
        }
        return {
            **{name: getattr(self, name) for name in names},
            "kind": str(self.kind),
            "felt": felt,
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Episode":
        """Return the episode that :meth:`state` described."""
        felt = {
            name: NodeMotionSummary(**dict(zip(NodeMotionSummary.__slots__, values, strict=True)))
            for name, values in state["felt"].items()
        }
        changed = {"kind": EventKind(state["kind"]), "opened_by": tuple(state["opened_by"])}
        return cls(**{**state, **changed, "felt": felt})


def node_report(felt: NodeMotionSummary) -> dict[str, float | int | str]:
    """Return what a node felt as an event tells it."""
    onsets = [onset for onset in (felt.short_ns, felt.long_ns) if onset]
    told: dict[str, float | int | str] = {
        "peak_gal": round(felt.peak_ms2 / GAL, 3),
        "short_period_ratio": round(felt.short_ratio, 2),
        "long_period_ratio": round(felt.long_ratio, 2),
    }
    if onsets:
        told["onset_ns"] = min(onsets)
        first_is_short = felt.short_ns == min(onsets)
        told["detector"] = "short_period" if first_is_short else "long_period"
    if felt.late:
        told["late"] = 1
    return told


def _earlier(left_ns: int, right_ns: int) -> int:
    if left_ns == 0 or right_ns == 0:
        return max(left_ns, right_ns)
    return min(left_ns, right_ns)
