"""The terminal: each message is printed where the collector runs."""

import sys
from typing import TextIO

from plumbline.collector.alerting.senders.message import Handed, Message, Receipt


class Terminal:
    """Prints each message; after a crash in between, one may be printed twice."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def submit(self, message: Message, now_ns: int) -> Handed:
        """Print the message."""
        stream = self._stream or sys.stdout
        indented = message.text.replace("\n", "\n  | ")
        cost = f"{message.segments} segment{'s' if message.segments > 1 else ''}"
        stream.write(f"SMS to {message.person} {message.phone} ({cost})\n  | {indented}\n")
        stream.flush()
        return Handed(ref=message.name, receipt=Receipt.CONFIRMED)

    def receipt(self, ref: str) -> Receipt:
        """Return confirmed: it was printed."""
        return Receipt.CONFIRMED

    def withdraw(self, ref: str) -> bool:
        """Return False: it was printed."""
        return False
