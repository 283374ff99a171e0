"""What can be wrong with what crosses the wire.

::

    WireError
     ├ NotARecord       bytes that are not miniSEED 3 of ours   -> quarantine, keep the bytes
     ├ CorruptRecord    CRC, length or content wrong            -> quarantine, ask for it again
     ├ BadIdentity      a code too long or with strange letters -> refuse, name the code
     └ BadMessage       a birth, heartbeat, ... that cannot be read
"""


class WireError(Exception):
    """Something on the wire cannot be taken as it is; the text is the reason."""


class NotARecord(WireError):
    """The bytes are not a message of miniSEED 3 records as Plumbline writes them."""


class CorruptRecord(WireError):
    """A record is damaged: CRC, length or content."""


class BadIdentity(WireError, ValueError):
    """A network, structure, node or channel code breaks the naming rules."""


class BadMessage(WireError):
    """A JSON message is not one of ours, or not whole."""
