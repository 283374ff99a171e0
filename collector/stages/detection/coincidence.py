"""Coincidence rules: when triggers of several nodes are shaking of a structure, and when sway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plumbline.collector.events.model import EventKind
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState, TriggerInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Triggers of several nodes that belong together.

    Attributes
    ----------
    onset_ns
        Onset of the trigger that decided. [ns since 1970]
    nodes
        Codes of the nodes that took part, first the one that decided.
    """

    kind: EventKind
    detector: str
    onset_ns: int
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoincidenceRules:
    """Times of the rules, and which detectors may open. [ns].

    Attributes
    ----------
    slack_ns
        Largest time between two trigger intervals that belong together.
    straggler_ns
        Longest wait for the ground.
    sway_ns, sway_ms2
        Least duration and least size of sway. [ns, m/s2]
    """

    detectors: tuple[str, ...]
    slack_ns: int
    straggler_ns: int
    sway_ns: int
    sway_ms2: float


EpisodeTimes = Sequence[tuple[int, int]]
"""Times that belong to episodes already: a trigger proven in one opens no other. [ns]"""


def shaking(
    nodes: Mapping[str, NodeState], rules: CoincidenceRules, episode_times: EpisodeTimes
) -> Detection | None:
    """Return the shaking that was known first.

    Notes
    -----
    It takes a ground node and any other whose triggers overlap. A structure with one node
    has only that to go by. One with several and none on the ground never has shaking.
    """
    alone = len(nodes) == 1
    found: list[tuple[int, int, Detection]] = []
    for name, node in nodes.items():
        if not (node.ground or alone):
            continue
        for rank, detector in enumerate(rules.detectors):
            for interval in node.intervals[detector]:
                if _is_explained(interval, episode_times):
                    continue
                others = [] if alone else _coinciding(nodes, name, interval, rules)
                if alone or others:
                    detection = Detection(
                        kind=EventKind.SHAKING,
                        detector=detector,
                        onset_ns=interval.onset_ns,
                        nodes=(name, *others),
                    )
                    found.append((interval.known_ns, rank, detection))
                    break
    return min(found, key=lambda item: item[:2])[2] if found else None


def sway(
    nodes: Mapping[str, NodeState], rules: CoincidenceRules, episode_times: EpisodeTimes
) -> Detection | None:
    """Return the motion of the structure alone: the long-period trigger, off the ground, lasting.

    Notes
    -----
    The ground is waited for no longer than ``straggler_ns``; one that has sent nothing since
    before the onset does not prevent sway, which never calls itself an earthquake.
    """
    if "long_period" not in rules.detectors or len(nodes) == 1:
        return None
    newest_ns = max(node.front_ns for node in nodes.values())
    grounds = [node for node in nodes.values() if node.ground]
    for name, node in nodes.items():
        interval = None if node.ground else node.active("long_period")
        if interval is None or not _sways(nodes, interval, rules, episode_times):
            continue
        decided_ns = interval.onset_ns + rules.sway_ns
        waited = newest_ns >= decided_ns + rules.straggler_ns
        if waited or all(ground.front_ns >= decided_ns for ground in grounds):
            return _sway(nodes, name, interval, rules)
    return None


def sway_in_hindsight(
    nodes: Mapping[str, NodeState], rules: CoincidenceRules, episode_times: EpisodeTimes
) -> Detection | None:
    """Return the first sway in late data, when no ground sample can come any more."""
    if "long_period" not in rules.detectors or len(nodes) == 1:
        return None
    found = [
        (interval.onset_ns, name, interval)
        for name, node in nodes.items()
        if not node.ground
        for interval in node.intervals["long_period"]
        if _sways(nodes, interval, rules, episode_times)
    ]
    if not found:
        return None
    _, name, interval = min(found, key=lambda item: item[:2])
    return _sway(nodes, name, interval, rules)


def _sways(
    nodes: Mapping[str, NodeState],
    interval: TriggerInterval,
    rules: CoincidenceRules,
    episode_times: EpisodeTimes,
) -> bool:
    """Return whether an interval off the ground is long and large enough, the ground still."""
    return (
        not _is_explained(interval, episode_times)
        and interval.last_ns - interval.onset_ns >= rules.sway_ns
        and interval.peak_ms2 >= rules.sway_ms2
        and not any(_any_touches(n, interval, rules.slack_ns) for n in nodes.values() if n.ground)
    )


def _sway(
    nodes: Mapping[str, NodeState], name: str, interval: TriggerInterval, rules: CoincidenceRules
) -> Detection:
    return Detection(
        kind=EventKind.SWAY,
        detector="long_period",
        onset_ns=interval.onset_ns,
        nodes=(name, *_coinciding(nodes, name, interval, rules)),
    )


def _is_explained(interval: TriggerInterval, episode_times: EpisodeTimes) -> bool:
    return any(from_ns <= interval.known_ns <= to_ns for from_ns, to_ns in episode_times)


def _coinciding(
    nodes: Mapping[str, NodeState], name: str, interval: TriggerInterval, rules: CoincidenceRules
) -> list[str]:
    """Return the other nodes of which a trigger coincides with an interval."""
    return [
        other
        for other, node in nodes.items()
        if other != name and _any_touches(node, interval, rules.slack_ns)
    ]


def _any_touches(node: NodeState, interval: TriggerInterval, slack_ns: int) -> bool:
    return any(
        own.touches(interval, slack_ns)
        for detector in DETECTORS
        for own in node.intervals[detector]
    )
