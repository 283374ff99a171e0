"""Escalation policy as calls: whom, and how long to wait for an answer before the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.collector.alerting.settings import AlertingSettings, EscalationStep, Person
from plumbline.collector.alerting.store.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """These people at once, then a wait. [s]"""

    people: tuple[Person, ...]
    delay_s: float


def calls(
    settings: AlertingSettings, incident: Incident, structures: Sequence[str]
) -> tuple[Call, ...]:
    """Return every call of an incident's policy, in order.

    Steps that name nobody for the incident's structures are left out.
    """
    steps = settings.step or tuple(EscalationStep(people=(one.name,)) for one in settings.person)
    if incident.only is not None:
        steps = (EscalationStep(people=(incident.only,)),)
    rounds = 1 if incident.test else settings.rounds
    one_round = [
        _call(settings, step, incident, structures) for step in steps for _ in range(step.repeat)
    ]
    return tuple(call for call in one_round if call.people) * rounds


def everybody(policy: Sequence[Call], delay_s: float) -> Call:
    """Return one call to everybody the policy names."""
    people = {person.name: person for call in policy for person in call.people}
    return Call(people=tuple(people.values()), delay_s=delay_s)


def _call(
    settings: AlertingSettings, step: EscalationStep, incident: Incident, structures: Sequence[str]
) -> Call:
    named = (settings.named(name) for name in step.people)
    people = tuple(
        person
        for person in named
        if person and (not person.structures or not set(structures).isdisjoint(person.structures))
    )
    delay_s = step.delay_s or settings.answer_s.of(incident.level)
    return Call(people=people, delay_s=delay_s)
