"""Events of the gravest conditions, so that a full disk reaches a phone and not only a log."""

from collections.abc import Sequence
from dataclasses import replace

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.condition_table import condition_kind, condition_level
from plumbline.collector.health.conditions import Condition, Conditions
from plumbline.wire.block import NS

DETECTOR = "health"
NOT_MENDED = AlarmLevel.RED
MENDS_ITSELF_NS = 120 * NS
"""A stage that has not come back after so long needs somebody: its level rises. [ns]"""


class ConditionEvents:
    """Opens an event for a grave condition and closes it when the condition ends.

    Parameters
    ----------
    structures
        Codes of the structures; each gets an event of a fault of ours.
    """

    def __init__(
        self, conditions: Conditions, events: EventStore, structures: Sequence[str]
    ) -> None:
        self._conditions = conditions
        self._events = events
        self._structures = structures
        self._open = {
            (str(event.evidence["key"]), event.structure): event
            for event in events.open()
            if event.kind is EventKind.HEALTH
        }

    def poll(self, now_ns: int) -> None:
        """Open, raise and close what has changed."""
        graves = {
            condition.key: condition
            for condition in self._conditions.open()
            if _level(condition, now_ns)
        }
        changed: list[Event] = []
        for key, event in list(self._open.items()):
            if key[0] not in graves:
                changed.append(replace(self._open.pop(key), closed_ns=now_ns))
            elif (level := _level(graves[key[0]], now_ns)) is not None and level != event.level:
                self._open[key] = replace(event, level=level)
                changed.append(self._open[key])
        for condition in graves.values():
            for structure in self._structures:
                if (condition.key, structure) not in self._open:
                    event = _event(condition, structure, now_ns)
                    self._open[condition.key, structure] = event
                    changed.append(event)
        if changed:
            self._events.save(*changed)


def _level(condition: Condition, now_ns: int) -> AlarmLevel | None:
    """Return the level of a condition, or None where it is no event."""
    sort = condition_kind(condition.key)
    if sort == "stage" and now_ns - condition.since_ns > MENDS_ITSELF_NS:
        return NOT_MENDED
    return condition_level(condition.key)


def _event(condition: Condition, structure: str, now_ns: int) -> Event:
    level = _level(condition, now_ns)
    assert level is not None  # noqa: S101  (only grave conditions come here)
    return Event(
        id=finding_id(DETECTOR, f"{structure}|{condition.key}", condition.since_ns),
        kind=EventKind.HEALTH,
        structure=structure,
        onset_ns=condition.since_ns,
        detector=DETECTOR,
        level=level,
        value=0.0,
        unit="",
        evidence={"key": condition.key, "text": condition.text},
    )
