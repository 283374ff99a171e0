"""Lines for a terminal: incidents, silences and people."""

import datetime as dt
from collections.abc import Iterator, Sequence

from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store.audit import AuditLine
from plumbline.collector.alerting.store.notification import Notification
from plumbline.collector.alerting.store.silences import Silence
from plumbline.collector.alerting.views.queries import IncidentView
from plumbline.collector.alerting.views.web import title
from plumbline.wire.block import NS


def clock(at_ns: int) -> str:
    """Return a time in the zone of this machine, with its offset."""
    return dt.datetime.fromtimestamp(at_ns // NS).astimezone().isoformat(" ", "seconds")


def incident_lines(one: IncidentView) -> Iterator[str]:
    """Yield an incident in a line, then a line for each message."""
    incident = one.incident
    answer = f"answered by {incident.answered_by}" if incident.answered_by else "no answer"
    silent = f"; silent: {one.silence.reason}" if one.silence else ""
    yield (
        f"{incident.code}  {incident.level.upper():<5} {title(incident, one.facts)}"
        f"  {incident.status}, since {clock(incident.opened_ns)}, {answer}{silent}"
    )
    yield from (f"      {_notification_line(sent)}" for sent in one.notifications)


def incident_details(one: IncidentView, log: Sequence[AuditLine]) -> Iterator[str]:
    """Yield everything about an incident, its messages and its log."""
    incident, facts = one.incident, one.facts
    yield f"{incident.code} {incident.level.upper()} {title(incident, facts)}"
    yield f"status    {incident.status}, opened {clock(incident.opened_ns)}"
    if facts and facts.limit:
        limit = facts.limit
        edition = f" ({limit.edition})" if limit.edition else ""
        yield f"limit     {limit.value:g} {limit.unit}, {limit.standing}, {limit.source}{edition}"
        yield from (
            f"{label:<9} {text}"
            for label, text in (
                ("named", limit.name),
                ("owner", limit.owner),
                ("to do", limit.action),
            )
            if text
        )
    if one.nodes:
        yield f"nodes     {' '.join(one.nodes)}"
    if incident.answered_by and incident.answered_ns:
        yield f"answered  {incident.answered_by}, {clock(incident.answered_ns)}"
    for sent in one.notifications:
        yield ""
        where = f"to {sent.phone} by {sent.sender}, segments: {sent.segments}"
        yield f"{_notification_line(sent)}, {where}"
        yield from (f"  | {line}" for line in sent.text.splitlines())
    yield ""
    for line in log:
        evidence = {key: value for key, value in line.detail.items() if key != "text"}
        text = " ".join(f"{key}={value}" for key, value in evidence.items())
        yield f"{clock(line.at_ns)}  {line.entry:<18} {line.person or '':<12} {text}".rstrip()


def silence_line(one: Silence) -> str:
    """Return a silence in a line."""
    what = " ".join(filter(None, (one.structure, one.kind, one.node))) or "everything"
    return (
        f"{one.id}  {what} up to {one.up_to}, until {clock(one.until_ns)}:"
        f" {one.reason} ({one.author})"
    )


def roster_lines(settings: AlertingSettings) -> Iterator[str]:
    """Yield who is called, and in which order."""
    for person in settings.person:
        where = " ".join(person.structures) or "all structures"
        ways = ", ".join(settings.senders_of(person))
        yield f"{person.name:<16} {person.phone:<16} {person.language}  {where}  by {ways}"
    for number, step in enumerate(settings.step, start=1):
        wait = f"{step.delay_s:g} s" if step.delay_s else "the time of the level"
        times = f", {step.repeat} times" if step.repeat > 1 else ""
        yield f"step {number}: {', '.join(step.people)}{times}, then {wait} for an answer"


def _notification_line(sent: Notification) -> str:
    when = clock(sent.handed_ns or sent.created_ns)
    fault = f" ({sent.error})" if sent.error else ""
    return f"{sent.person}: {sent.purpose}, {sent.state} {when}{fault}"
