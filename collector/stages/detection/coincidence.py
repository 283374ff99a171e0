"""When triggers of nodes are shaking of a structure, and when they are sway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plumbline.collector.events.model import EventKind
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState, TriggerInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Triggers that belong together.

    Attributes
    ----------
    onset_ns
        Of the trigger that decided. [ns since 1970]
    nodes
        Who took part, the one that decided first.
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
        Largest time between two spans that belong together.
    straggler_ns
        How long the ground is waited for.
    sway_ns, sway_ms2
        How long sway must last, and how large it must become. [ns, m/s2]
    """

    detectors: tuple[str, ...]
    slack_ns: int
    straggler_ns: int
    sway_ns: int
    sway_ms2: float


Taken = Sequence[tuple[int, int]]
"""Times that belong to episodes already: a trigger proven in one opens no other. [ns]"""


def shaking(
    nodes: Mapping[str, NodeState], rules: CoincidenceRules, taken: Taken
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
            for span in node.spans[detector]:
                if _is_taken(span, taken):
                    continue
                others = [] if alone else _company(nodes, name, span, rules)
                if alone or others:
                    finding = Detection(
                        kind=EventKind.SHAKING,
                        detector=detector,
                        onset_ns=span.onset_ns,
                        nodes=(name, *others),
                    )
                    found.append((span.known_ns, rank, finding))
                    break
    return min(found, key=lambda item: item[:2])[2] if found else None


def sway(nodes: Mapping[str, NodeState], rules: CoincidenceRules, taken: Taken) -> Detection | None:
    """Return the motion of the structure alone: the long-period trigger, off the ground, lasting.

    Notes
    -----
    The ground is waited for no longer than ``straggler_ns``; one that has said nothing since
    before the onset does not prevent sway, which never calls itself an earthquake.
    """
    if "long_period" not in rules.detectors or len(nodes) == 1:
        return None
    newest_ns = max(node.front_ns for node in nodes.values())
    grounds = [node for node in nodes.values() if node.ground]
    for name, node in nodes.items():
        span = None if node.ground else node.on("long_period")
        if span is None or not _sways(nodes, span, rules, taken):
            continue
        heard_ns = span.onset_ns + rules.sway_ns
        waited = newest_ns >= heard_ns + rules.straggler_ns
        if waited or all(ground.front_ns >= heard_ns for ground in grounds):
            return _sway(nodes, name, span, rules)
    return None


def sway_in_hindsight(
    nodes: Mapping[str, NodeState], rules: CoincidenceRules, taken: Taken
) -> Detection | None:
    """Return the first sway among all that is remembered, when no ground node can still speak."""
    if "long_period" not in rules.detectors or len(nodes) == 1:
        return None
    found = [
        (span.onset_ns, name, span)
        for name, node in nodes.items()
        if not node.ground
        for span in node.spans["long_period"]
        if _sways(nodes, span, rules, taken)
    ]
    if not found:
        return None
    _, name, span = min(found, key=lambda item: item[:2])
    return _sway(nodes, name, span, rules)


def _sways(
    nodes: Mapping[str, NodeState], span: TriggerInterval, rules: CoincidenceRules, taken: Taken
) -> bool:
    """Tell whether a span off the ground is long and large enough, and the ground was still."""
    return (
        not _is_taken(span, taken)
        and span.last_ns - span.onset_ns >= rules.sway_ns
        and span.peak_ms2 >= rules.sway_ms2
        and not any(_any_touches(n, span, rules.slack_ns) for n in nodes.values() if n.ground)
    )


def _sway(
    nodes: Mapping[str, NodeState], name: str, span: TriggerInterval, rules: CoincidenceRules
) -> Detection:
    return Detection(
        kind=EventKind.SWAY,
        detector="long_period",
        onset_ns=span.onset_ns,
        nodes=(name, *_company(nodes, name, span, rules)),
    )


def _is_taken(span: TriggerInterval, taken: Taken) -> bool:
    return any(from_ns <= span.known_ns <= to_ns for from_ns, to_ns in taken)


def _company(
    nodes: Mapping[str, NodeState], name: str, span: TriggerInterval, rules: CoincidenceRules
) -> list[str]:
    """Return the other nodes of which a trigger belongs to a span."""
    return [
        other
        for other, node in nodes.items()
        if other != name and _any_touches(node, span, rules.slack_ns)
    ]


def _any_touches(node: NodeState, span: TriggerInterval, slack_ns: int) -> bool:
    return any(
        own.touches(span, slack_ns) for detector in DETECTORS for own in node.spans[detector]
    )
