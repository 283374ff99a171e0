"""The ``[episodes]`` section: how episodes are measured."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from plumbline.analysis.long_period import PERIODS_S
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.settings import Problem, Settings


class OwnPeriod(Settings):
    """The period of a building's first mode, and how it is known."""

    structure: str
    period_s: Annotated[float, Field(ge=PERIODS_S[0], le=PERIODS_S[-1])]
    """Inside the periods of JMA's class; the response at it is told beside the class. [s]"""
    source: Annotated[str, Field(min_length=1)]


class EpisodesSettings(Settings):
    """How episodes are measured."""

    lead_s: Annotated[float, Field(ge=10, le=300)] = 30.0
    """How much before the onset is read: its mean is the baseline. [s]"""
    own_period: tuple[OwnPeriod, ...] = ()


def episode_problems(settings: EpisodesSettings, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what the inventory does not bear out."""
    known = {place.structure.code for place in places.values()}
    for number, own in enumerate(settings.own_period):
        if own.structure not in known:
            yield Problem(
                where=f"episodes.own_period[{number}]",
                what=f"structure {own.structure!r} is not in the inventory; it has "
                f"{', '.join(sorted(known))}",
            )
