"""Retry: the one place that decides what is temporary, and how long to wait."""

import errno
import hashlib

from plumbline.collector.alerting.errors import GatewayAway, MessageRefused
from plumbline.wire.block import NS

FIRST_S = 2.0
LONGEST_S = 120.0
_JITTER = 0.25
# A name the file system cannot hold will not be held in a minute either.
_LASTING = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP})


def is_temporary(error: BaseException) -> bool:
    """Return whether trying the same again may help."""
    if isinstance(error, MessageRefused):
        return False
    if isinstance(error, OSError):
        return error.errno not in _LASTING
    return isinstance(error, GatewayAway)


def pause_ns(attempts: int, key: str) -> int:
    """Return how long to wait after so many attempts. [ns]

    Doubles from 2 s to 2 min, give or take a quarter. The jitter comes from the message's key, so
    that a replay waits as long, and two messages do not come back together.
    """
    pause_s = min(FIRST_S * 2.0 ** (attempts - 1), LONGEST_S)
    digest = hashlib.sha256(f"{key}|{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    return round(pause_s * (1 + _JITTER * (2 * share - 1)) * NS)
