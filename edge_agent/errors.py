"""What can go wrong at the edge.

::

    EdgeError                 operator-facing: what is wrong; what to do
     ├ InUse                  another agent has the spool          -> stop one of them
     ├ SpoolTrouble           the spool cannot be opened or written -> disk, rights, space
     ├ PortTrouble            a port cannot be opened             -> tried again with backoff
     │  └ PortAbsent          it is not there, or was unplugged   -> the same
     └ BrokerTrouble          the broker refuses or is not there   -> tried again with backoff
"""


class EdgeError(Exception):
    """Base of the agent's errors that a person can mend; the text names cause and remedy."""


class InUse(EdgeError):
    """Another agent runs on the same spool."""


class SpoolTrouble(EdgeError):
    """The spool cannot be opened or written."""


class PortTrouble(EdgeError):
    """A serial port cannot be opened, or is gone."""


class PortAbsent(PortTrouble):
    """A serial port is not there, or was unplugged."""


class BrokerTrouble(EdgeError):
    """The broker cannot be reached, or refuses."""
