"""Everything that may change the state of a notification is in this table.

A notification is one message to one person by one sender. It is written in the transaction of what
it tells, and sent later: a crash in between loses nothing, and what a sender has confirmed is
never sent again.
"""

from dataclasses import dataclass
from enum import StrEnum

from plumbline.collector.alerting.errors import StepRefused
from plumbline.collector.events.model import Level


class State(StrEnum):
    """How far a notification has come."""

    QUEUED = "queued"
    LEASED = "leased"
    """A dispatcher has it in hand; the lease ends by itself when that one dies."""
    SUBMITTED = "submitted"
    """The gateway has it."""
    SENT = "sent"
    """The gateway says it went out."""
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """No longer wanted, as after an answer, before it left."""
    BUNDLED = "bundled"
    """Told in a message that tells several."""


class Step(StrEnum):
    """What can befall a notification."""

    LEASE = "lease"
    LEASE_ENDED = "lease ended"
    HANDED_OVER = "handed over"
    CONFIRMED = "confirmed"
    TRY_AGAIN = "try again"
    REFUSED = "refused"
    TOO_OLD = "too old"
    WITHDRAW = "withdraw"
    BUNDLE = "bundle"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.QUEUED, Step.LEASE): State.LEASED,
    (State.QUEUED, Step.TOO_OLD): State.EXPIRED,
    (State.QUEUED, Step.WITHDRAW): State.WITHDRAWN,
    (State.QUEUED, Step.BUNDLE): State.BUNDLED,
    (State.LEASED, Step.LEASE_ENDED): State.QUEUED,
    (State.LEASED, Step.HANDED_OVER): State.SUBMITTED,
    (State.LEASED, Step.CONFIRMED): State.SENT,
    (State.LEASED, Step.TRY_AGAIN): State.QUEUED,
    (State.LEASED, Step.REFUSED): State.FAILED,
    (State.SUBMITTED, Step.CONFIRMED): State.SENT,
    (State.SUBMITTED, Step.TRY_AGAIN): State.QUEUED,
    (State.SUBMITTED, Step.REFUSED): State.FAILED,
    (State.SUBMITTED, Step.TOO_OLD): State.EXPIRED,
}

GONE_OUT = frozenset({State.SUBMITTED, State.SENT})
LOST = frozenset({State.FAILED, State.EXPIRED})


def after(state: State, step: Step) -> State:
    """Return the state that follows.

    Raises
    ------
    StepRefused
        If the table does not know the step.
    """
    try:
        return TRANSITIONS[state, step]
    except KeyError as error:
        raise StepRefused(f"a notification that is {state} cannot take: {step}") from error


class Purpose(StrEnum):
    """What a message is for."""

    ALARM = "alarm"
    RAISED = "raised"
    LOWERED = "lowered"
    CLEAR = "clear"
    TEST = "test"
    REPLY = "reply"
    HELP = "help"
    BUNDLE = "bundle"


CALLS = frozenset({Purpose.ALARM, Purpose.RAISED, Purpose.TEST})
"""Messages that ask for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one person by one sender.

    Attributes
    ----------
    key
        What makes it this message and no other: two of one key cannot be queued.
    call
        The call of the policy it belongs to, as ``0.2`` (walk, position), or an empty text.
    due_ns, expires_ns
        When it may be tried next, and when it is too old to be sent. [ns since 1970]
    attempts, returned
        How often it was tried in vain, and how often a gateway that had taken it gave it back.
    lease_ns
        Until when the dispatcher that has it in hand owns it. [ns since 1970]
    handed_ns, done_ns
        When the gateway took it, and when its last state was reached. [ns since 1970]
    ref
        The sender's own name of it.
    """

    id: int
    key: str
    incident_id: int | None
    person: str
    phone: str
    sender: str
    purpose: Purpose
    level: Level
    text: str
    segments: int
    call: str
    state: State
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
