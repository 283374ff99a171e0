"""A folder with a file for each message: for the demo, for tests, and to see what would go out."""

import datetime as dt
from pathlib import Path

from plumbline.collector.alerting.senders.message import Handed, Message, Receipt
from plumbline.collector.storage.atomic import write_whole
from plumbline.wire.block import NS


class OutboxFolder:
    """Writes each message to a file of its own; it has gone out once the file is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def submit(self, message: Message, now_ns: int) -> Handed:
        """Write the message, unless it is there already."""
        created = dt.datetime.fromtimestamp(message.created_ns // NS, tz=dt.UTC)
        path = self._folder / f"{created:%Y%m%dT%H%M%SZ}_{message.name}.txt"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            head = (
                f"To: {message.phone}\nPerson: {message.person}\nLevel: {message.level}\n"
                f"Segments: {message.segments}\n\n"
            )
            write_whole(path, (head + message.text + "\n").encode())
        return Handed(ref=path.name, receipt=Receipt.CONFIRMED)

    def receipt(self, ref: str) -> Receipt:
        """Return confirmed while the file is there."""
        return Receipt.CONFIRMED if (self._folder / ref).exists() else Receipt.GIVEN_BACK

    def withdraw(self, ref: str) -> bool:
        """Return False: a file that was read is not taken back."""
        return False
