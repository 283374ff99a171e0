"""Message tables: one file a language, and their reader."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.store.inspections import InspectionFinding
from plumbline.collector.events.model import AlarmLevel, EventKind, Standing
from plumbline.wire.settings import Settings


class Review(StrEnum):
    """State of the review of a table by somebody who grew up with the language."""

    NEEDED = "needs native review"
    DONE = "reviewed"


class Lines(Settings):
    """The lines a message is put together from; names in braces are filled in."""

    alarm: str
    raised: str
    lowered: str
    clear: str
    back: str
    late: str
    test: str
    measured: str
    limit: str
    no_limit: str
    day: str
    clock: str
    when: str
    span: str
    where: str
    places: str
    reply: str


class AnswerWords(Settings):
    """The words of answers people send; any of each list, in any case."""

    seen: tuple[str, ...]
    negation: tuple[str, ...]
    inspected: tuple[str, ...]
    fit: tuple[str, ...]
    not_fit: tuple[str, ...]
    instrument_fault: tuple[str, ...]
    false_alarm: tuple[str, ...]


class Replies(Settings):
    """The replies to those who answer."""

    acknowledged: str
    stop_stays: str
    inspected: str
    how_to_inspect: str
    may_not_inspect: str
    already: str
    closed: str
    help: str
    open: str
    bundle: str


class FaultWords(Settings):
    """What a fault of ours is, before the name of its part, and what to do about it."""

    what: str
    action: str


class MessageTable(Settings):
    """Everything one language needs."""

    language: Language
    review: Review
    mark: str
    no_action: str
    level: dict[AlarmLevel, str]
    kind: dict[EventKind, str]
    standing: dict[Standing, str]
    line: Lines
    reply: Replies
    answer: AnswerWords
    finding: dict[InspectionFinding, str]
    action: dict[EventKind, dict[AlarmLevel, str]]
    fault: dict[str, FaultWords]
    """By the part of a condition's key before the colon."""
    after: dict[EventKind, str]


@cache
def table(language: Language) -> MessageTable:
    """Return the message table of a language."""
    path = files("plumbline.collector.alerting.text.messages") / f"{language}.toml"
    return MessageTable.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
