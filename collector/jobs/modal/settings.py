"""The ``[modal]`` section: how often modes are identified, and who answers for the alarm."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plumbline.collector.jobs.modal.channel_selection import tracked_streams
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.settings import Problem, Settings

Words = Annotated[str, Field(min_length=1)]
HOUR_S = 3600.0


class ModalAlarm(Settings):
    """The alarm on a change of modes of one structure, adopted by a responsible engineer."""

    structure: str
    level: Literal["amber", "red"] = "amber"
    engineer: Words
    date: dt.date
    document: Words


class ModalSettings(Settings):
    """Settings of modal tracking."""

    structures: tuple[str, ...] | None = None
    """Which; all that have two horizontal channels above the base where it is not given."""
    every_s: Annotated[float, Field(ge=600, le=86_400)] = HOUR_S
    """One identification in each stretch of so long, on whole multiples of it. [s]"""
    window_s: Annotated[float, Field(ge=600, le=HOUR_S)] = 1200.0
    """Length of the record that is identified: the quietest of the stretch. [s]"""
    least_s: Annotated[float, Field(ge=600, le=HOUR_S)] = 600.0
    """A shorter quiet record is not identified. [s]"""
    low_hz: Annotated[float, Field(gt=0)] | None = None
    """Lowest frequency; 25 cycles in the record where it is not given. [Hz]"""
    high_hz: Annotated[float, Field(gt=0, le=10)] = 10.0
    """Highest frequency. [Hz]"""
    baseline_windows: Annotated[int, Field(ge=20)] = 48
    """Quiet identifications of a construction stage from which its baseline is learned."""
    confirm: Annotated[int, Field(ge=1, le=24)] = 2
    """So many in a row must show that two modes have shifted, and so many that they are back."""
    alarm: tuple[ModalAlarm, ...] = ()
    """Without one, a change is shown as a candidate and calls nobody."""

    @model_validator(mode="after")
    def _fits(self) -> "ModalSettings":
        if not self.least_s <= self.window_s <= self.every_s:
            raise ValueError("expected least_s <= window_s <= every_s")
        if self.low_hz is not None and self.low_hz >= self.high_hz:
            raise ValueError("expected low_hz < high_hz")
        return self

    def alarm_of(self, structure: str) -> ModalAlarm | None:
        """Return who adopted the alarm of a structure."""
        return next((each for each in self.alarm if each.structure == structure), None)


def modal_problems(settings: ModalSettings, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what the inventory does not bear out."""
    known = {place.structure.code for place in places.values()}
    tracked = tracked_streams(places, None)
    for code in settings.structures or ():
        if code not in known:
            yield Problem(where="modal.structures", what=_unknown(code, known))
        elif code not in tracked:
            yield Problem(
                where="modal.structures",
                what=f"{code} has fewer than two horizontal accelerometer channels above its base",
            )
    for number, alarm in enumerate(settings.alarm):
        where = f"modal.alarm[{number}]"
        if alarm.structure not in known:
            yield Problem(where=where, what=_unknown(alarm.structure, known))
        if alarm.structure in [each.structure for each in settings.alarm[:number]]:
            yield Problem(where=where, what=f"a second one of {alarm.structure}; keep one")


def _unknown(code: str, known: set[str]) -> str:
    return f"structure {code!r} is not in the inventory; it has {', '.join(sorted(known))}"
