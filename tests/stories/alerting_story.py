"""A story harness for alarms: a moved clock, a phone network, and no SMS nobody expected."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plumbline.collector.alerting.engine.acknowledgement import Acknowledgement, acknowledge
from plumbline.collector.alerting.engine.engine import AlertEngine
from plumbline.collector.alerting.errors import GatewayAway, MessageRefused
from plumbline.collector.alerting.senders.inbox import Received
from plumbline.collector.alerting.senders.message import Handed, Message, Receipt
from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import (
    AlarmLevel,
    Event,
    EventKind,
    Limit,
    Standing,
    finding_id,
)
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import NS

START_NS = 1_743_142_831 * NS  # 2025-03-28 13:20:31 +07:00
PROJECT = Limit(value=8.0, unit="gal", source="Site rules 3", standing=Standing.PROJECT)
CANDIDATE = replace(PROJECT, standing=Standing.CANDIDATE)

TWO_PEOPLE: dict[str, Any] = {
    "person": [
        {"name": "Somchai", "phone": "+66812345678", "language": "th"},
        {"name": "Mali", "phone": "+66898765432", "language": "en"},
    ],
    "step": [{"people": ["Somchai"], "delay_s": 120}, {"people": ["Mali"], "delay_s": 120}],
    "rounds": 1,
    "senders": ["gammu-smsd"],
}


class PhoneNetwork:
    """A gateway that delivers at once, unless a story makes it away, refuse or hold messages.

    It knows a message by its name, as a spool of files does.
    """

    def __init__(self) -> None:
        self.delivered: list[Message] = []
        self.away = False
        self.refuses: set[str] = set()
        self.holds = False
        self._held: dict[str, Message] = {}
        self._known: dict[str, Receipt] = {}

    def submit(self, message: Message, now_ns: int) -> Handed:
        if self.away:
            raise GatewayAway("no signal")
        if message.phone in self.refuses:
            raise MessageRefused("no such number")
        if message.name not in self._known:
            self._known[message.name] = Receipt.PENDING
            self._held[message.name] = message
        if not self.holds:
            self.deliver()
        return Handed(ref=message.name, receipt=self._known[message.name])

    def deliver(self) -> None:
        """Send what it holds."""
        for name, message in self._held.items():
            self.delivered.append(message)
            self._known[name] = Receipt.CONFIRMED
        self._held.clear()

    def give_back(self) -> None:
        """Return what it holds as not sendable."""
        self._known.update(dict.fromkeys(self._held, Receipt.GIVEN_BACK))
        self._held.clear()

    def receipt(self, ref: str) -> Receipt:
        return self._known[ref]

    def withdraw(self, ref: str) -> bool:
        return self._held.pop(ref, None) is not None


class Mailbox:
    """An inbox in memory."""

    def __init__(self) -> None:
        self.waiting: list[Received] = []

    def messages(self) -> list[Received]:
        return list(self.waiting)

    def put_away(self, received: Received) -> None:
        self.waiting.remove(received)


class Story:
    """People, a policy, events and a clock; leaving it fails on any SMS nobody expected."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.folder = folder
        self.settings = AlertingSettings.model_validate({**TWO_PEOPLE, **changes})
        self.events = EventStore(folder / "events.db")
        self.network = PhoneNetwork()
        self.backup = PhoneNetwork()
        self.mailbox = Mailbox()
        self.now_ns = START_NS
        self.clock_error_ns = 0
        self.path = folder / "alerting.db"
        self._seen = {"network": 0, "backup": 0}
        self._start()

    def _start(self) -> None:
        self.store = AlertStore(self.path)
        self.engine = AlertEngine(
            store=self.store,
            events=self.events,
            settings=self.settings,
            senders={
                SenderName.GAMMU_SMSD: self.network,
                SenderName.OUTBOX_FOLDER: self.backup,
            },
            inbox=self.mailbox,
            zones={"TWR01": ZoneInfo("Asia/Bangkok")},
            steady_ns=lambda: self.now_ns - self.clock_error_ns,
        )

    def __enter__(self) -> "Story":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.forward(0)
            unexpected = [
                f"{one.person}: {one.text}"
                for name, seen in self._seen.items()
                for one in getattr(self, name).delivered[seen:]
            ]
            assert unexpected == [], "SMS nobody expected"
        self.store.close()
        self.events.close()

    def restart(self) -> None:
        """Let the engine die and begin anew from what is stored."""
        self.store.close()
        self._start()

    def forward(self, seconds: float, every_s: float = 1.0) -> None:
        """Move the clock, ticking on the way as the runner would."""
        end_ns = self.now_ns + round(seconds * NS)
        self.engine.tick(self.now_ns)
        while self.now_ns < end_ns:
            self.now_ns = min(self.now_ns + round(every_s * NS), end_ns)
            self.engine.tick(self.now_ns)

    def clock_steps(self, seconds: float) -> None:
        """Let the time of day step; the time since boot does not."""
        self.clock_error_ns += round(seconds * NS)
        self.now_ns += round(seconds * NS)

    def happens(self, name: str = "quake", **changes: Any) -> Event:
        """Save an event, as a detector would, and tick the engine."""
        event = self.event(name, **changes)
        self.events.save(event)
        self.forward(0)
        return event

    def event(self, name: str = "quake", **changes: Any) -> Event:
        given = {
            "id": finding_id(name, "TWR01", START_NS),
            "kind": EventKind.SHAKING,
            "structure": "TWR01",
            "onset_ns": self.now_ns,
            "detector": "long_period",
            "level": AlarmLevel.RED,
            "value": 12.34,
            "unit": "gal",
            "limit": PROJECT,
            "nodes": {"0A": {"peak_gal": 12.34}, "3A": {"peak_gal": 9.0}},
        }
        return Event(**{**given, **changes})

    def revises(self, event: Event, **changes: Any) -> Event:
        """Save a later revision of an event."""
        revised = replace(event, **changes)
        self.events.save(revised)
        self.forward(0)
        return revised

    def ends(self, event: Event) -> Event:
        """Close an event now."""
        return self.revises(event, closed_ns=self.now_ns)

    def expect_sms(self, person: str, *words: str, by: str = "network") -> str:
        """Return the next SMS; it must be to this person and hold these words."""
        delivered = getattr(self, by).delivered
        assert len(delivered) > self._seen[by], f"no SMS came; expected one to {person}: {words}"
        message = delivered[self._seen[by]]
        assert message.person == person, f"SMS to {message.person}, not {person}: {message.text}"
        missing = [word for word in words if word not in message.text]
        assert missing == [], f"missing: {missing} in {message.text!r}"
        assert message.segments <= 2
        self._seen[by] += 1
        return message.text

    def expect_no_sms(self) -> None:
        """Fail when an SMS came."""
        for name, seen in self._seen.items():
            rest = getattr(self, name).delivered[seen:]
            assert not rest, f"SMS nobody expected: {[one.text for one in rest]}"

    def receives_reply(self, phone: str, text: str, key: str | None = None) -> None:
        """Let an SMS come in."""
        key = key or f"{phone}|{text}|{self.now_ns}"
        self.mailbox.waiting.append(Received(key=key, phone=phone, text=text, name="IN"))
        self.forward(0)

    def acknowledge(self, code: str | None = None, by: str = "Somchai") -> Acknowledgement:
        """Answer as the command line does, from another connection."""
        store = AlertStore(self.path)
        try:
            with store.transaction() as tx:
                given = code or self.code()
                return acknowledge(tx, given, by=by, via="command line", now_ns=self.now_ns)
        finally:
            store.close()

    def code(self) -> str:
        """Return the code of the one incident that is not closed."""
        (only,) = self.open()
        return only.incident.code

    def open(self) -> Sequence[queries.IncidentView]:
        return queries.open_incidents(self.path, self.now_ns)

    def log(self) -> list[str]:
        """Return the kinds of entries of the log, in order."""
        return [line.entry.value for line in queries.log(self.path)]
