"""The verdict: points of every cause, and which clues gave them."""

from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.analysis.classify.causes import Cause, Variant
from plumbline.analysis.classify.evidence_rules import CLUES, impulsive, repeated, walking
from plumbline.analysis.classify.features import Features, features
from plumbline.analysis.classify.motion import NodeMotion
from plumbline.analysis.classify.settings import ClassifySettings

CAUSES = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)

CRANE_S = 120.0
"""A sway that begins at its largest and is over within this is taken for a crane's. [s]"""

EARLY = 0.25
"""Its largest half second lies in this first share of it. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassEvidence:
    """One clue that held.

    Attributes
    ----------
    cause, points
        For what it speaks (or against, if negative), and how much.
    words
        What was found, with the numbers.
    """

    cause: Cause
    points: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What most likely moved it, and why.

    Attributes
    ----------
    cause
        UNKNOWN where no cause has enough points, or two have nearly the same.
    variant
        A closer guess; it decides nothing.
    points
        By cause.
    evidence
        Every clue that held, the decisive first.
    """

    cause: Cause
    variant: Variant
    points: dict[Cause, float]
    evidence: tuple[ClassEvidence, ...]

    @property
    def because(self) -> str:
        """What decided, in words: what speaks for the cause."""
        mine = [e.words for e in self.evidence if e.cause is self.cause and e.points > 0]
        return "; ".join(dict.fromkeys(mine)) or "nothing speaks clearly for one cause"


def classified(
    nodes: Sequence[NodeMotion], settings: ClassifySettings | None = None
) -> Classification:
    """Return what most likely moved the nodes of a structure."""
    settings = ClassifySettings() if settings is None else settings
    return verdict(features(nodes, settings), settings)


def verdict(found: Features, settings: ClassifySettings | None = None) -> Classification:
    """Return what the features speak for."""
    settings = ClassifySettings() if settings is None else settings
    held = [clue for clue in CLUES if clue.holds(found, settings)]
    points: dict[Cause, float] = dict.fromkeys(CAUSES, 0.0)
    for clue in held:
        points[clue.cause] += clue.points
    best, second = sorted(points, key=lambda cause: -points[cause])[:2]
    clear = points[best] >= settings.least and points[best] - points[second] >= settings.lead
    cause = best if clear else Cause.UNKNOWN
    evidence = [
        ClassEvidence(cause=clue.cause, points=clue.points, words=clue.words(found, settings))
        for clue in held
    ]
    evidence.sort(key=lambda e: (e.cause is not cause, -e.points))
    return Classification(
        cause=cause,
        variant=_variant(cause, found, settings),
        points=points,
        evidence=tuple(evidence),
    )


def _variant(cause: Cause, f: Features, s: ClassifySettings) -> Variant:
    match cause:
        case Cause.SWAY:
            return Variant.CRANE if f.span_s <= CRANE_S and f.swell <= EARLY else Variant.WIND
        case Cause.CONSTRUCTION:
            return Variant.BLOWS if repeated(f, s) or impulsive(f, s) else Variant.MACHINE
        case Cause.TRANSIENT:
            return Variant.FOOTFALL if walking(f, s) or impulsive(f, s) else Variant.VEHICLE
        case Cause.FAULT:
            return _fault(f, s)
        case _:
            return Variant.NONE


def _fault(f: Features, s: ClassifySettings) -> Variant:
    x = f.faults
    if x.stuck_share >= s.stuck_share:
        return Variant.STUCK
    if x.spike_share >= s.spike_share:
        return Variant.SPIKES
    if x.hum_ms2 is not None and x.hum_ms2 >= s.hum_ms2:
        return Variant.HUM
    if x.jump_ratio is not None and x.jump_ratio >= s.jump_ratio:
        return Variant.STEP
    return Variant.ONE_AXIS
