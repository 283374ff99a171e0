"""Messages and senders: what a sender takes, and what it must promise."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from plumbline.collector.events.model import AlarmLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to hand over.

    Attributes
    ----------
    id
        The notification; with ``attempt`` it names the message for ever.
    attempt
        From 1; the next one only after the gateway gave an earlier one back.
    phone
        E.164.
    created_ns
        Time at which it was written. [ns since 1970]
    """

    id: int
    attempt: int
    person: str
    phone: str
    text: str
    segments: int
    level: AlarmLevel
    created_ns: int

    @property
    def name(self) -> str:
        """Name of this attempt, the same after any restart, as ``n12a1``."""
        return f"n{self.id}a{self.attempt}"


class Receipt(StrEnum):
    """State of a message at the gateway."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    GIVEN_BACK = "given back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A message the sender took: the name the sender has for it, and its receipt so far."""

    ref: str
    receipt: Receipt


class Sender(Protocol):
    """A way a message can leave.

    Handing over the same attempt twice must not send it twice where the way can know: a crash may
    come between the hand-over and our note of it.
    """

    def submit(self, message: Message, now_ns: int) -> Handed:
        """Hand a message over.

        Raises
        ------
        SendError, OSError
            If it was not taken; `retry.is_temporary` decides whether to try again.
        """
        ...

    def receipt(self, ref: str) -> Receipt:
        """Return what is known of a message that was taken."""
        ...

    def withdraw(self, ref: str) -> bool:
        """Take a message back; False when it has left already."""
        ...
