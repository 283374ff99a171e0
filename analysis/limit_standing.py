"""Whose word a limit is, and whether that word may wake anybody."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How far a limit can be relied on.

    ``VERIFIED`` values were read in the source named beside them; ``PROJECT`` values were adopted
    for one site by a named responsible engineer; ``CANDIDATE`` values are common literature that
    nobody here has read in the original.
    """

    VERIFIED = "verified"
    PROJECT = "project"
    CANDIDATE = "candidate"


PAGES: dict[Standing, bool] = {
    Standing.VERIFIED: True,
    Standing.PROJECT: True,
    Standing.CANDIDATE: False,
}


def may_page(standing: Standing) -> bool:
    """Say whether a limit of this standing may call a person; a candidate is only ever shown."""
    return PAGES[standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Who made a limit the project's own, when, and in which document.

    Attributes
    ----------
    engineer
        The responsible engineer, by name.
    date
        Day of the decision, ISO 8601.
    document
        The paper that holds it, so that it can be found again.

    Raises
    ------
    ValueError
        If any of the three is empty (an anonymous adoption is none) or the date is no date.
    """

    engineer: str
    date: str
    document: str

    def __post_init__(self) -> None:
        for name in ("engineer", "date", "document"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must be named before a limit can be adopted")
        date.fromisoformat(self.date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a limit comes from.

    Attributes
    ----------
    source
        Standard or paper, and where its values were read.
    edition
        Edition or year.
    standing
        How far it can be relied on.
    adoption
        Who adopted it; present exactly when the standing is ``project``.

    Raises
    ------
    ValueError
        If a project limit names no adoption, or another limit names one.
    """

    source: str
    edition: str
    standing: Standing
    adoption: Adoption | None = None

    def __post_init__(self) -> None:
        if (self.standing is Standing.PROJECT) != (self.adoption is not None):
            raise ValueError("a project limit, and only a project limit, names who adopted it")
