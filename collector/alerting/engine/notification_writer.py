"""Notification writer: text, sender and time to live of each message put into the outbox."""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from plumbline.collector.alerting.settings import AlertingSettings, Person, SenderName
from plumbline.collector.alerting.store import incidents, outbox
from plumbline.collector.alerting.store.incident import Incident
from plumbline.collector.alerting.store.notification import CALLS, Notification, Purpose
from plumbline.collector.alerting.text.sms_segments import segments
from plumbline.collector.alerting.text.wording import Wording
from plumbline.collector.events.model import AlarmLevel
from plumbline.wire.block import NS

_ANSWER_TTL_S = 600.0
"""A reply that comes later than this answers nothing any more. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationWriter:
    """Writes the messages to people into the outbox.

    Attributes
    ----------
    zones
        Time zone of each structure; UTC where none is known.
    """

    settings: AlertingSettings
    zones: Mapping[str, dt.tzinfo] = field(default_factory=dict)

    def wording(self, person: Person, structure: str | None) -> Wording:
        """Return the wording of messages to a person about a structure."""
        zone = self.zones.get(structure or "", dt.UTC)
        exercise = self.settings.exercise
        return Wording(language=person.language, zone=zone, exercise=exercise)

    def notify(
        self,
        tx: sqlite3.Connection,
        incident: Incident,
        purpose: Purpose,
        people: Iterable[Person],
        call: str,
        now_ns: int,
    ) -> int:
        """Queue one message about an incident to each person; return how many are new.

        Earlier messages about the incident that have not left yet are withdrawn.
        """
        facts = incidents.lead(tx, incident)
        if facts is not None and (others := incidents.structures_of(tx, incident)[1:]):
            facts = replace(facts, structure=f"{incident.structure} +{len(others)}")
        queued = 0
        for person in people:
            wording = self.wording(person, incident.structure)
            if facts is None:
                text = wording.test_call(incident.structure, incident.code, incident.opened_ns)
            else:
                text = wording.alarm(purpose, facts, incident.level, incident.code)
            superseded = frozenset({*CALLS, Purpose.LOWERED})
            outbox.withdraw(tx, incident.id, superseded, now_ns, person.name)
            queued += self._queue(tx, incident, purpose, person, text, call, now_ns)
        return queued

    def write_to(
        self,
        tx: sqlite3.Connection,
        person: Person,
        purpose: Purpose,
        text: str,
        key: str,
        now_ns: int,
    ) -> None:
        """Queue a message that belongs to no incident: a reply, or a bundle."""
        sender = self.settings.senders_of(person)[0]
        outbox.queue(
            tx,
            key=key,
            incident_id=None,
            person=person.name,
            phone=person.phone,
            sender=sender,
            purpose=purpose,
            level=AlarmLevel.GREEN,
            text=text,
            segments=segments(text),
            call="",
            created_ns=now_ns,
            expires_ns=now_ns + round(_ANSWER_TTL_S * NS),
        )

    def by_next_sender(self, tx: sqlite3.Connection, lost: Notification, now_ns: int) -> str | None:
        """Queue a lost message again by the person's next sender; return its name, or None."""
        person = self.settings.named(lost.person)
        senders = self.settings.senders_of(person) if person else ()
        if person is None or lost.sender not in senders[:-1]:
            return None
        sender = senders[senders.index(SenderName(lost.sender)) + 1]
        outbox.queue(
            tx,
            key=f"{lost.key}>{sender}",
            incident_id=lost.incident_id,
            person=lost.person,
            phone=person.phone,
            sender=sender,
            purpose=lost.purpose,
            level=lost.level,
            text=lost.text,
            segments=lost.segments,
            call=lost.call,
            created_ns=now_ns,
            expires_ns=now_ns + self._ttl_ns(lost.level, sender, person),
        )
        return sender

    def _queue(
        self,
        tx: sqlite3.Connection,
        incident: Incident,
        purpose: Purpose,
        person: Person,
        text: str,
        call: str,
        now_ns: int,
    ) -> int:
        sender = self.settings.senders_of(person)[0]
        return outbox.queue(
            tx,
            key=f"{incident.id}/{call}/{purpose}/{person.name}",
            incident_id=incident.id,
            person=person.name,
            phone=person.phone,
            sender=sender,
            purpose=purpose,
            level=incident.level,
            text=text,
            segments=segments(text),
            call=call,
            created_ns=now_ns,
            expires_ns=now_ns + self._ttl_ns(incident.level, sender, person),
        )

    def _ttl_ns(self, level: AlarmLevel, sender: SenderName, person: Person) -> int:
        """Return how long a sender may take: not long while there is another to try. [ns]"""
        ttl_s = self.settings.ttl_s.of(level)
        if sender != self.settings.senders_of(person)[-1]:
            ttl_s = min(ttl_s, self.settings.confirm_s)
        return round(ttl_s * NS)
