"""The inbox of gammu-smsd: a file for each message that came in."""

import hashlib
import re
from pathlib import Path

from plumbline.collector.alerting.senders.inbox import Received

# IN<date>_<time>_<serial>_<sender>_<part>.txt; date and time are the service centre's.
_NAME = re.compile(r"IN(?P<sent>\d{8}_\d{6})_\d+_(?P<phone>.+)_\d+\.txt")


class GammuInbox:
    """Reads the inbox of a gammu-smsd, and puts away what was taken.

    The daemon writes a file in place: it is read once its size has not changed between two polls.
    The same message may come twice under another serial number, so that its key is made of
    sender, service centre time and text.
    """

    def __init__(self, spool: Path) -> None:
        self._inbox = spool / "inbox"
        self._taken = spool / "taken"
        self._sizes: dict[str, int] = {}

    def messages(self) -> list[Received]:
        """Return the messages that are whole."""
        sizes: dict[str, int] = {}
        received: list[Received] = []
        for path in sorted(self._inbox.glob("IN*.txt")):
            sizes[path.name] = path.stat().st_size
            found = _NAME.fullmatch(path.name)
            if found and sizes[path.name] == self._sizes.get(path.name):
                text = _text(path.read_bytes())
                same = "|".join((found["phone"], found["sent"], text))
                key = hashlib.sha256(same.encode()).hexdigest()[:16]
                received.append(Received(key=key, phone=found["phone"], text=text, name=path.name))
        self._sizes = sizes
        return received

    def put_away(self, received: Received) -> None:
        """Move a message that was taken out of the inbox."""
        self._taken.mkdir(exist_ok=True)
        (self._inbox / received.name).replace(self._taken / received.name)


def _text(content: bytes) -> str:
    """Return the text of a file: UTF-16 with its mark (padded with zeros), or UTF-8."""
    utf16 = content.startswith((b"\xfe\xff", b"\xff\xfe"))
    decoded = content.decode("utf-16" if utf16 else "utf-8", errors="replace")
    return decoded.partition("\0")[0]
