"""Alerting settings: who is called about what, in which order and how (``[alerting]``)."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from plumbline.collector.alerting.paging_rules import PagingRules
from plumbline.collector.alerting.roster import E164, Details, roster_problems
from plumbline.collector.events.model import AlarmLevel
from plumbline.wire.identity import code_problem
from plumbline.wire.settings import Settings


def _structure(code: str) -> str:
    if problem := code_problem("structure", code):
        raise ValueError(problem)
    return code


def _phone(number: str) -> str:
    if not E164.fullmatch(number):
        raise ValueError(
            f"phone {number!r}: expected E.164: a plus, the country code and the number, digits"
            " only, as +66812345678"
        )
    return number


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
StructureCode = Annotated[str, AfterValidator(_structure)]
Seconds = Annotated[float, Field(gt=0, le=7 * 86_400)]


class Language(StrEnum):
    """Languages there is a message table for."""

    THAI = "th"
    ENGLISH = "en"
    JAPANESE = "ja"


class SenderName(StrEnum):
    """Ways a message can leave."""

    OUTBOX_FOLDER = "outbox-folder"
    TERMINAL = "terminal"
    GAMMU_SMSD = "gammu-smsd"


HARMLESS = frozenset({SenderName.OUTBOX_FOLDER, SenderName.TERMINAL})
"""Senders that cannot reach a phone."""


class Person(Settings):
    """Somebody who is called.

    ``structures`` empty means all of them; ``senders`` empty means those of the section.
    """

    name: Name
    phone: Annotated[str, AfterValidator(_phone)]
    language: Language = Language.ENGLISH
    structures: tuple[StructureCode, ...] = ()
    senders: tuple[SenderName, ...] = ()
    may_inspect: bool = False
    """May record what an inspection found, and so release a STOP."""


class EscalationStep(Settings):
    """One step of the policy: these people, then a wait for an answer, so many times.

    ``delay_s`` not given means the time of the level, ``answer_s``.
    """

    people: Annotated[tuple[Name, ...], Field(min_length=1)]
    delay_s: Seconds | None = None
    repeat: Annotated[int, Field(ge=1, le=10)] = 1


class LevelTimes(Settings):
    """One time a level. [s]"""

    amber: Seconds
    red: Seconds
    black: Seconds

    def of(self, level: AlarmLevel) -> float:
        """Return the time of a level. [s]"""
        table = {AlarmLevel.BLACK: self.black, AlarmLevel.RED: self.red}
        return table.get(level, self.amber)


class Cap(Settings):
    """At most so many messages to one person in any such time; black alarms are exempt."""

    messages: Annotated[int, Field(ge=1)]
    within_s: Seconds


# The SMS caps of GoAlert (5 in 15 min, 11 in 1 h, 21 in 3 h).
_CAPS = (
    Cap(messages=5, within_s=900),
    Cap(messages=11, within_s=3_600),
    Cap(messages=21, within_s=10_800),
)


class GammuSettings(Settings):
    """The file spool of gammu-smsd: the folder with ``inbox``, ``outbox``, ``sent``, ``error``."""

    spool: Path = Path("/var/spool/gammu")


class AlertingSettings(Settings):
    """The ``[alerting]`` section of the collector's configuration."""

    senders: Annotated[tuple[SenderName, ...], Field(min_length=1)] = (SenderName.OUTBOX_FOLDER,)
    """In this order; the next is tried when one fails."""
    exercise: bool = False
    """Put the TEST mark before every message."""
    country_code: Annotated[str, Field(pattern=r"^[1-9]\d{0,2}$")] = "66"
    """Digits for the leading 0 of a number a gateway reports the national way."""
    person: tuple[Person, ...] = ()
    step: tuple[EscalationStep, ...] = ()
    """Not given: one person after the other, in the order of ``person``."""
    rounds: Annotated[int, Field(ge=1, le=10)] = 2
    """Times all steps are gone through before everybody is called every ``again_s``."""
    again_s: Seconds = 1_800
    """Time between the calls to everybody after the last round, of what must be seen. [s]"""
    rule: PagingRules = PagingRules()
    answer_s: LevelTimes = LevelTimes(amber=1_800, red=300, black=120)
    ttl_s: LevelTimes = LevelTimes(amber=3_600, red=1_800, black=900)
    """Age at which a message that did not go out is not sent any more."""
    confirm_s: Seconds = 120
    """Time one sender may take while another could be tried. [s]"""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 6
    caps: tuple[Cap, ...] = _CAPS
    settle_s: Seconds = 60
    """Time a level must stay lower before people are notified. [s]"""
    join_s: Seconds = 600
    """Time after its end in which the same cause is still the same incident. [s]"""
    stale_s: Seconds = 6 * 3_600
    """An event that ended longer ago than this calls nobody. [s]"""
    health_settle_s: Seconds = 15
    """Time a fault of ours must last before people are called. [s]"""
    late_page_s: Seconds = 6 * 3_600
    """What is found late and is older than this is told once, and nobody is called. [s]"""
    lapse_s: Seconds = 24 * 3_600
    """Time an incident that is over waits for an answer where none must be given. [s]"""
    gammu: GammuSettings = GammuSettings()

    @field_validator("senders")
    @classmethod
    def _each_once(cls, senders: tuple[SenderName, ...]) -> tuple[SenderName, ...]:
        if len(set(senders)) != len(senders):
            raise ValueError("a sender is named twice; name each once")
        return senders

    @model_validator(mode="wrap")
    @classmethod
    def _with_the_roster(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report what is wrong between the tables together with what is wrong in them."""
        problems: list[Any] = list(roster_problems(raw))
        try:
            settings = handler(raw)
        except ValidationError as error:
            problems = [_again(item) for item in error.errors()] + problems
        else:
            if not problems:
                return settings
        raise ValidationError.from_exception_data(cls.__name__, problems)

    def named(self, name: str) -> Person | None:
        """Return a person by name, or None."""
        return next((person for person in self.person if person.name == name), None)

    def senders_of(self, person: Person) -> tuple[SenderName, ...]:
        """Return the senders to try for a person, in order."""
        return person.senders or self.senders

    def in_house(self) -> "AlertingSettings":
        """Return the same without any sender that could reach a phone, as the demo uses it."""
        harmless = tuple(name for name in self.senders if name in HARMLESS)
        people = tuple(person.model_copy(update={"senders": ()}) for person in self.person)
        return self.model_copy(
            update={"senders": harmless or (SenderName.OUTBOX_FOLDER,), "person": people}
        )


def _again(item: Any) -> Details:
    return {key: item[key] for key in ("type", "loc", "input", "ctx") if key in item}
