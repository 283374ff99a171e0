"""The ``[strong_motion]`` section: how episodes are measured, and drift limits for inspection."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, model_validator

from plumbline.analysis.drift import MEDIANS, ProjectDrifts
from plumbline.analysis.ground_motion.long_period import PERIODS_S
from plumbline.analysis.ground_motion.measures_report import KnownPeriod
from plumbline.analysis.limit_standing import Adoption
from plumbline.analysis.modal.first_guess import SOURCE as FIRST_GUESS_SOURCE
from plumbline.analysis.modal.first_guess import first_guesses
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Structure
from plumbline.wire.settings import Problem, Settings

Words = Annotated[str, Field(min_length=1)]


class OwnPeriod(Settings):
    """The period of a building's first mode, and how it is known."""

    structure: str
    period_s: Annotated[float, Field(ge=PERIODS_S[0], le=PERIODS_S[-1])]
    """Inside the periods of JMA's class; the response at it is reported beside the class. [s]"""
    source: Words


class ProjectDriftLimit(Settings):
    """Drift ratios at which an engineer wants a structure inspected, at any stage of it."""

    structure: str
    yellow_ratio: Annotated[float, Field(gt=0, lt=0.2)]
    red_ratio: Annotated[float, Field(gt=0, lt=0.2)]
    engineer: Words
    date: dt.date
    document: Words

    @model_validator(mode="after")
    def _rises(self) -> "ProjectDriftLimit":
        if self.yellow_ratio >= self.red_ratio:
            raise ValueError("expected yellow_ratio < red_ratio")
        return self

    def adopted(self) -> ProjectDrifts:
        """Return the limits as the analysis takes them."""
        by = Adoption(engineer=self.engineer, date=self.date.isoformat(), document=self.document)
        return ProjectDrifts(yellow_ratio=self.yellow_ratio, red_ratio=self.red_ratio, adoption=by)


class StrongMotionSettings(Settings):
    """How episodes are measured."""

    lead_s: Annotated[float, Field(ge=10, le=300)] = 30.0
    """How much before the onset is read: its mean is the baseline. [s]"""
    own_period: tuple[OwnPeriod, ...] = ()
    drift_limit: tuple[ProjectDriftLimit, ...] = ()

    def own_period_s(self, structure: str) -> float | None:
        """Return the period of a structure's first mode, if it is known. [s]"""
        own = {each.structure: each.period_s for each in self.own_period}
        return own.get(structure)

    def own_period_of(self, structure: Structure) -> KnownPeriod | None:
        """Return a structure's own period, else the first guess from its size in the inventory.

        A first guess is good for a figure beside the class, never for a corner of a filter.
        """
        for each in self.own_period:
            if each.structure == structure.code:
                return KnownPeriod(each.period_s, each.source)
        guesses = first_guesses(height_m=structure.height_m, storeys=structure.storeys)
        if not guesses:
            return None
        return KnownPeriod(
            1 / guesses[0].frequency_hz, f"first guess {guesses[0].rule}: {FIRST_GUESS_SOURCE}"
        )

    def drifts_of(self, structure: str) -> ProjectDrifts | None:
        """Return the drift limits an engineer has set for a structure."""
        own = {each.structure: each.adopted() for each in self.drift_limit}
        return own.get(structure)


def episode_problems(
    settings: StrongMotionSettings, places: Mapping[str, Place]
) -> Iterator[Problem]:
    """Yield what the inventory does not bear out."""
    structures = {place.structure.code: place.structure for place in places.values()}
    named: tuple[tuple[str, Sequence[OwnPeriod | ProjectDriftLimit]], ...] = (
        ("own_period", settings.own_period),
        ("drift_limit", settings.drift_limit),
    )
    for section, entries in named:
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            where = f"strong_motion.{section}[{number}]"
            if entry.structure not in structures:
                yield Problem(
                    where=where,
                    what=f"structure {entry.structure!r} is not in the inventory; it has "
                    f"{', '.join(sorted(structures))}",
                )
            if entry.structure in seen:
                yield Problem(where=where, what=f"a second one of {entry.structure}; keep one")
            seen.add(entry.structure)
    for code, structure in sorted(structures.items()):
        if structure.hazus_class is not None and structure.hazus_class not in MEDIANS:
            yield Problem(
                where=f"inventory: structure {code}: hazus_class",
                what=f"no drift medians were read for {structure.hazus_class!r}; there are "
                f"{', '.join(MEDIANS)}; leave it out, or set [[strong_motion.drift_limit]]",
            )
