"""Everything that decides whether a change of frequency calls anybody is in this table."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plumbline.analysis.modal.tracking import Shift, lasting

RECOVERY_S = 3600.0
"""Frequencies sink while a structure shakes and come back over minutes (Millikan Library: 17 %
lower during one earthquake, then a log-linear recovery). One hour after the last shaking."""

LEAST_MODES = 2


class Health(StrEnum):
    """What a change of modal frequencies means."""

    NORMAL = "normal"
    ALARM = "alarm"
    ONE_MODE = "one mode changed, not confirmed"
    RECOVERING = "recovering after shaking"
    APPARENT = "apparent frequency during shaking"
    SUSPENDED = "suspended: construction stage changed, no baseline yet"
    UNKNOWN = "too few modes identified"


class Phase(StrEnum):
    """When the identification was made."""

    SHAKING = "shaking"
    RECOVERY = "recovery"
    QUIET = "quiet"


class ModalEvidence(StrEnum):
    """What was found against the baseline."""

    NO_BASELINE = "no baseline of this stage"
    TOO_FEW = "fewer than two modes matched"
    NONE = "no mode beyond its guard"
    ONE = "one mode beyond its guard"
    SEVERAL = "two or more modes beyond their guards"


TABLE: dict[tuple[Phase, ModalEvidence], Health] = {
    (Phase.QUIET, ModalEvidence.NO_BASELINE): Health.SUSPENDED,
    (Phase.QUIET, ModalEvidence.TOO_FEW): Health.UNKNOWN,
    (Phase.QUIET, ModalEvidence.NONE): Health.NORMAL,
    (Phase.QUIET, ModalEvidence.ONE): Health.ONE_MODE,
    (Phase.QUIET, ModalEvidence.SEVERAL): Health.ALARM,
    (Phase.RECOVERY, ModalEvidence.NO_BASELINE): Health.SUSPENDED,
    (Phase.RECOVERY, ModalEvidence.TOO_FEW): Health.UNKNOWN,
    (Phase.RECOVERY, ModalEvidence.NONE): Health.NORMAL,
    (Phase.RECOVERY, ModalEvidence.ONE): Health.RECOVERING,
    (Phase.RECOVERY, ModalEvidence.SEVERAL): Health.RECOVERING,
    **{(Phase.SHAKING, evidence): Health.APPARENT for evidence in ModalEvidence},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalHealth:
    """The verdict and what it rests on.

    Attributes
    ----------
    health
        What the change means.
    phase, evidence
        The row of the table.
    shifts
        One entry a tracked mode; None where the mode was not identified.
    """

    health: Health
    phase: Phase
    evidence: ModalEvidence
    shifts: tuple[Shift | None, ...]


def phase_of(since_shaking_s: float | None) -> Phase:
    """Return the phase; 0 s is during shaking, None is no shaking on record."""
    if since_shaking_s is None or since_shaking_s >= RECOVERY_S:
        return Phase.QUIET
    return Phase.RECOVERY if since_shaking_s > 0 else Phase.SHAKING


def evidence_of(
    shifts: Sequence[Shift | None], baseline_stage: str | None, stage: str
) -> ModalEvidence:
    """Return what the shifts show, for the stage the structure is in now."""
    if baseline_stage != stage:
        return ModalEvidence.NO_BASELINE
    if sum(one is not None for one in shifts) < LEAST_MODES:
        return ModalEvidence.TOO_FEW
    beyond = lasting(shifts)
    if beyond == 0:
        return ModalEvidence.NONE
    return ModalEvidence.ONE if beyond < LEAST_MODES else ModalEvidence.SEVERAL


def modal_health(
    shifts: Sequence[Shift | None],
    baseline_stage: str | None,
    stage: str,
    since_shaking_s: float | None,
) -> ModalHealth:
    """Judge a change of modal frequencies.

    Parameters
    ----------
    shifts
        One entry a tracked mode; None where the mode was not identified.
    baseline_stage
        Construction stage of the baseline; None if there is none.
    stage
        Construction stage now. Another one suspends the comparison until a new baseline is fitted.
    since_shaking_s
        Time since the last shaking ended; 0 while it lasts, None if there was none. [s]
    """
    phase = phase_of(since_shaking_s)
    evidence = evidence_of(shifts, baseline_stage, stage)
    return ModalHealth(
        health=TABLE[(phase, evidence)], phase=phase, evidence=evidence, shifts=tuple(shifts)
    )
