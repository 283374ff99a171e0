"""Reading stream, boot and seq off a message without decoding its samples.

For rebuilding the ledger from the journal, and for naming a damaged message as well as it can be.
"""

import base64
import re
from typing import NamedTuple

from plumbline.wire.errors import BadIdentity
from plumbline.wire.identity import axis_of
from plumbline.wire.record import FIXED_HEADER_BYTES

_P = re.compile(rb'"P":"([A-Za-z0-9_-]{11}) ([0-9a-f]{1,14}) ')
_ID_LENGTH_AT, _EXTRA_LENGTH_AT = 33, 34  # miniSEED 3 fixed header


class Key(NamedTuple):
    """What names a block for good."""

    stream: str
    boot: int
    seq: int


def record_key(message: bytes) -> Key | None:
    """Return the key that a message's first record claims, or None if it cannot be read."""
    if len(message) < FIXED_HEADER_BYTES or message[:3] != b"MS\x03":
        return None
    id_end = FIXED_HEADER_BYTES + message[_ID_LENGTH_AT]
    extra_length = int.from_bytes(message[_EXTRA_LENGTH_AT : _EXTRA_LENGTH_AT + 2], "little")
    found = _P.search(message, id_end, id_end + extra_length)
    if not found:
        return None
    try:
        who = axis_of(message[FIXED_HEADER_BYTES:id_end].decode("ascii"))
        boot = int.from_bytes(base64.urlsafe_b64decode(found[1] + b"="), "big")
    except (BadIdentity, ValueError):
        return None
    return Key(".".join(who[:4]), boot, int(found[2], 16))
