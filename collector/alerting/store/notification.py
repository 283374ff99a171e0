"""Everything that may change the state of a notification is in this table.

A notification is one message to one person by one sender. It is written in the transaction of what
it reports, and sent later: a crash in between loses nothing, and what a sender has confirmed is
never sent again.
"""

from dataclasses import dataclass
from enum import StrEnum

from plumbline.collector.events.model import AlarmLevel


class NotificationState(StrEnum):
    """State of a notification on its way out."""

    QUEUED = "queued"
    LEASED = "leased"
    """A dispatcher has it in hand; the lease ends by itself when that one dies."""
    SUBMITTED = "submitted"
    """The gateway has it."""
    SENT = "sent"
    """The gateway has confirmed that it went out."""
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """No longer wanted, as after an answer, before it left."""
    BUNDLED = "bundled"
    """Replaced by one message that stands for several."""


class NotificationStep(StrEnum):
    """Step of a notification on its way out."""

    LEASE = "lease"
    LEASE_ENDED = "lease ended"
    HANDED_OVER = "handed over"
    CONFIRMED = "confirmed"
    TRY_AGAIN = "try again"
    REFUSED = "refused"
    TOO_OLD = "too old"
    WITHDRAW = "withdraw"
    BUNDLE = "bundle"


TRANSITIONS: dict[tuple[NotificationState, NotificationStep], NotificationState] = {
    (NotificationState.QUEUED, NotificationStep.LEASE): NotificationState.LEASED,
    (NotificationState.QUEUED, NotificationStep.TOO_OLD): NotificationState.EXPIRED,
    (NotificationState.QUEUED, NotificationStep.WITHDRAW): NotificationState.WITHDRAWN,
    (NotificationState.QUEUED, NotificationStep.BUNDLE): NotificationState.BUNDLED,
    (NotificationState.LEASED, NotificationStep.LEASE_ENDED): NotificationState.QUEUED,
    (NotificationState.LEASED, NotificationStep.HANDED_OVER): NotificationState.SUBMITTED,
    (NotificationState.LEASED, NotificationStep.CONFIRMED): NotificationState.SENT,
    (NotificationState.LEASED, NotificationStep.TRY_AGAIN): NotificationState.QUEUED,
    (NotificationState.LEASED, NotificationStep.REFUSED): NotificationState.FAILED,
    (NotificationState.SUBMITTED, NotificationStep.CONFIRMED): NotificationState.SENT,
    (NotificationState.SUBMITTED, NotificationStep.TRY_AGAIN): NotificationState.QUEUED,
    (NotificationState.SUBMITTED, NotificationStep.REFUSED): NotificationState.FAILED,
    (NotificationState.SUBMITTED, NotificationStep.TOO_OLD): NotificationState.EXPIRED,
}

GONE_OUT = frozenset({NotificationState.SUBMITTED, NotificationState.SENT})
LOST = frozenset({NotificationState.FAILED, NotificationState.EXPIRED})


class Purpose(StrEnum):
    """Purpose of a message."""

    ALARM = "alarm"
    RAISED = "raised"
    LOWERED = "lowered"
    CLEAR = "clear"
    TEST = "test"
    REPLY = "reply"
    HELP = "help"
    BUNDLE = "bundle"


CALLS = frozenset({Purpose.ALARM, Purpose.RAISED, Purpose.TEST})
"""Messages that need an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one person by one sender.

    Attributes
    ----------
    key
        Identity of the message: two of one key cannot be queued.
    call
        The call of the policy it belongs to, as ``0.2`` (repeat, position), or an empty text.
    due_ns, expires_ns
        Time of the next attempt, and time from which it is too old to be sent. [ns since 1970]
    attempts, returned
        Number of attempts in vain, and of times a gateway that had taken it gave it back.
    lease_ns
        Time until which the dispatcher that has it in hand owns it. [ns since 1970]
    handed_ns, done_ns
        Time at which the gateway took it, and at which its last state was reached.
        [ns since 1970]
    ref
        Name the sender has for it.
    """

    id: int
    key: str
    incident_id: int | None
    person: str
    phone: str
    sender: str
    purpose: Purpose
    level: AlarmLevel
    text: str
    segments: int
    call: str
    state: NotificationState
    created_ns: int
    due_ns: int
    expires_ns: int
    attempts: int
    returned: int
    lease_ns: int | None
    handed_ns: int | None
    done_ns: int | None
    ref: str | None
    error: str | None
