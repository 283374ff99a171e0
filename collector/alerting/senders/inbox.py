"""An inbox: where answers by SMS come in, whatever brings them."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that came in.

    Attributes
    ----------
    key
        Identity of the message: the same when it comes twice.
    name
        Name the inbox has for it.
    """

    key: str
    phone: str
    text: str
    name: str


class Inbox(Protocol):
    """Where messages come in."""

    def messages(self) -> list[Received]:
        """Return the messages that have not been put away."""
        ...

    def put_away(self, received: Received) -> None:
        """Remove a message that was taken."""
        ...
