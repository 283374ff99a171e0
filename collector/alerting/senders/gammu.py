"""The file spool of gammu-smsd: a file in ``outbox``, found again in ``sent`` or ``error``.

The daemon takes ``OUT<priority><date>_<time>_<serial>_<number>_<note>.txt`` and moves the file by
its name; our name of the message is the note. It takes only names that begin with OUT, so that
a hidden file being written is left alone.
"""

import datetime as dt
from pathlib import Path

from plumbline.collector.alerting.errors import GatewayAway
from plumbline.collector.alerting.senders.message import Handed, Message, Receipt
from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.storage.atomic import write_whole
from plumbline.wire.block import NS

_PRIORITY: dict[AlarmLevel, str] = {
    AlarmLevel.BLACK: "A",
    AlarmLevel.RED: "B",
    AlarmLevel.AMBER: "C",
    AlarmLevel.GREEN: "D",
}
# In the order the daemon moves a file: searched in this order, none is missed on its way.
_PLACES: dict[str, Receipt] = {
    "outbox": Receipt.PENDING,
    "sent": Receipt.CONFIRMED,
    "error": Receipt.GIVEN_BACK,
}


class GammuSpool:
    """Writes messages into the spool of a gammu-smsd that runs beside the collector.

    Parameters
    ----------
    spool
        The folder that holds ``outbox``, ``sent`` and ``error``.
    """

    def __init__(self, spool: Path) -> None:
        self._spool = spool

    def submit(self, message: Message, now_ns: int) -> Handed:
        """Put the message into the outbox, unless the daemon has had it already."""
        created = dt.datetime.fromtimestamp(message.created_ns // NS, tz=dt.UTC)
        name = (
            f"OUT{_PRIORITY[message.level]}{created:%Y%m%d_%H%M%S}_00_{message.phone}"
            f"_{message.name}.txt"
        )
        found = self._found(name)
        if found is None:
            outbox = self._spool / "outbox"
            if not outbox.is_dir():
                raise GatewayAway(
                    f"{outbox}: no such folder; start gammu-smsd or set alerting.gammu.spool"
                )
            # UTF-16 with its mark: the daemon then never guesses, and picks GSM-7 where it fits.
            write_whole(outbox / name, ("\ufeff" + message.text).encode("utf-16-be"))
        return Handed(ref=name, receipt=found or Receipt.PENDING)

    def receipt(self, ref: str) -> Receipt:
        """Return where the daemon has put the file; gone altogether counts as given back."""
        return self._found(ref) or self._found(ref) or Receipt.GIVEN_BACK

    def withdraw(self, ref: str) -> bool:
        """Remove the file from the outbox; False when the daemon has moved it."""
        try:
            (self._spool / "outbox" / ref).unlink()
        except FileNotFoundError:
            return False
        return True

    def _found(self, name: str) -> Receipt | None:
        places = (
            receipt for place, receipt in _PLACES.items() if (self._spool / place / name).exists()
        )
        return next(places, None)
