"""Rate limits of messages to one person: when the next may go, what becomes one message."""

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.settings import Cap
from plumbline.collector.alerting.store import incidents, outbox
from plumbline.collector.alerting.store.incident import UNSEEN
from plumbline.collector.alerting.store.notification import (
    CALLS,
    Notification,
    NotificationState,
    NotificationStep,
    Purpose,
)
from plumbline.collector.events.model import AlarmLevel
from plumbline.wire.block import NS


def free_at_ns(handed_ns: Sequence[int], caps: Sequence[Cap], now_ns: int) -> int:
    """Return when a person may be written to again: now, or later. [ns since 1970]

    ``handed_ns`` are the times of the messages before, in order.
    """
    waits = [
        handed_ns[-cap.messages] + round(cap.within_s * NS)
        for cap in caps
        if len(handed_ns) >= cap.messages
    ]
    return max([now_ns, *waits])


def longest_ns(caps: Sequence[Cap]) -> int:
    """Return the longest period of the caps. [ns]"""
    return max((round(cap.within_s * NS) for cap in caps), default=0)


def is_exempt(one: Notification) -> bool:
    """Return whether no cap holds a message back: a black alarm always goes."""
    return one.level is AlarmLevel.BLACK and one.purpose in CALLS


def bundle_held(tx: sqlite3.Connection, writer: NotificationWriter, now_ns: int) -> None:
    """Make one message of those that caps held back and that may go now, for each person."""
    held = [
        one
        for one in outbox.in_state(tx, NotificationState.QUEUED)
        if one.created_ns < one.due_ns <= now_ns and one.attempts == 0 and one.incident_id
    ]
    held.sort(key=attrgetter("person", "id"))
    for name, group in groupby(held, key=attrgetter("person")):
        together = list(group)
        person = writer.settings.named(name)
        if person is None or len(together) < 2:
            continue
        concerned = dict.fromkeys(one.incident_id for one in together if one.incident_id)
        codes = [
            one.code
            for one in (incidents.get(tx, incident_id) for incident_id in concerned)
            if one.status in UNSEEN
        ]
        text = writer.wording(person, None).bundle(len(together), codes)
        for one in together:
            outbox.move(tx, one, NotificationStep.BUNDLE, now_ns)
        key = f"bundle/{name}/{together[-1].id}"
        writer.write_to(tx, person, Purpose.BUNDLE, text, key, now_ns)
