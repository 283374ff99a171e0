"""Inspection priority: where to look first. No colour of it means that a building is safe."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plumbline.analysis.drift.hazus import Damage, fragility
from plumbline.analysis.limit_standing import Adoption

COMPLETE_STAGE = "complete"

# A state is taken into account when it is at least this likely at the upper end of the drift's
# uncertainty: one building in ten is worth a look that day.
LIKELY = 0.10
SLIGHT_LIKELY = 0.50  # slight damage alone, only when it is more likely than not

THAI: dict[str, str] = {"green": "เขียว", "yellow": "เหลือง", "red": "แดง"}


class Priority(StrEnum):
    """Where to look first."""

    NOT_APPLICABLE = "not applicable"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


RANK: dict[Priority, int] = {
    Priority.NOT_APPLICABLE: 0,
    Priority.GREEN: 1,
    Priority.YELLOW: 2,
    Priority.RED: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftEvidence:
    """One finding that speaks for a priority.

    Attributes
    ----------
    what
        The finding in words, with value, unit and uncertainty.
    priority
        What it alone would ask for.
    """

    what: str
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The priority and everything it rests on.

    Attributes
    ----------
    priority
        The most urgent one any evidence asks for.
    evidence
        All of it, most urgent first.
    """

    priority: Priority
    evidence: tuple[DriftEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDrifts:
    """Drift ratios at which an engineer wants the structure looked at.

    Attributes
    ----------
    yellow_ratio, red_ratio
        Roof-drift ratios.
    adoption
        Who set them, when, where.

    Raises
    ------
    ValueError
        If they are not ``0 < yellow < red``.
    """

    yellow_ratio: float
    red_ratio: float
    adoption: Adoption

    def __post_init__(self) -> None:
        if not 0 < self.yellow_ratio < self.red_ratio:
            raise ValueError("drift ratios need 0 < yellow_ratio < red_ratio")


def drift_evidence(
    ratio: float | None,
    uncertainty: float,
    building_class: str,
    stage: str,
    project: ProjectDrifts | None = None,
    what: str = "roof drift",
) -> DriftEvidence:
    """Return what a drift ratio asks for.

    Parameters
    ----------
    ratio
        Largest drift over height; None if the height is not known.
    uncertainty
        Of that ratio, one side.
    building_class
        HAZUS class, for example ``C2.H.MC``; may be empty if the project has its own limits.
    stage
        Construction stage; fragilities describe finished buildings only.
    project
        Limits a responsible engineer has set; they go before HAZUS at any stage.
    what
        What drifted. The medians are of the roof's drift, which already allows for storeys that
        bend more than the mean; held against one pair of levels they ask for a look early.
    """
    if ratio is None:
        return _silent(f"{what}: no height given, so no ratio")
    upper = ratio + uncertainty
    stated = f"{what} {ratio:.3%} ± {uncertainty:.3%}"
    if project is not None:
        limits = f"{project.yellow_ratio:.3%} / {project.red_ratio:.3%}"
        by = f"{project.adoption.engineer}, {project.adoption.document}"
        return DriftEvidence(
            what=f"{stated}; project limits {limits} ({by})", priority=_by_project(upper, project)
        )
    if stage != COMPLETE_STAGE:
        return _silent(f"{stated}; HAZUS describes finished buildings, this stage is {stage!r}")
    if not building_class:
        return _silent(f"{stated}; no building class given, so no fragility")
    chances = fragility(building_class, upper).probability
    text = ", ".join(f"{state} {chance:.0%}" for state, chance in chances.items())
    return DriftEvidence(
        what=f"{stated}; at its upper end HAZUS {building_class}: {text}",
        priority=_by_chances(chances),
    )


def inspection(evidence: Sequence[DriftEvidence]) -> Inspection:
    """Return the most urgent priority any evidence asks for."""
    ranked = sorted(evidence, key=lambda one: -RANK[one.priority])
    first = ranked[0].priority if ranked else Priority.NOT_APPLICABLE
    return Inspection(priority=first, evidence=tuple(ranked))


def _silent(why: str) -> DriftEvidence:
    return DriftEvidence(what=why, priority=Priority.NOT_APPLICABLE)


def _by_project(ratio: float, project: ProjectDrifts) -> Priority:
    if ratio >= project.red_ratio:
        return Priority.RED
    return Priority.YELLOW if ratio >= project.yellow_ratio else Priority.GREEN


def _by_chances(chances: dict[Damage, float]) -> Priority:
    if chances[Damage.EXTENSIVE] >= LIKELY:
        return Priority.RED
    if chances[Damage.MODERATE] >= LIKELY or chances[Damage.SLIGHT] >= SLIGHT_LIKELY:
        return Priority.YELLOW
    return Priority.GREEN
