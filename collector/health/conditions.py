"""Conditions: what the operator must know, each reported once until it is over.

A condition is what is wrong, and what to do. Whoever finds it sets it, and clears it when it is
over; the log gets one line each time; status page, metrics and health events read the list.
"""

import logging
import threading
from dataclasses import dataclass, replace

log = logging.getLogger(__name__)

ENDED_RETAINED = 200
"""Conditions that are over and still shown on the status page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing the operator must know.

    Attributes
    ----------
    key
        What it is about, as ``unknown-stream:XX.TWR01.3A.HN``: reported once while it is open.
    text
        What is wrong, and what to do.
    since_ns, last_ns, ended_ns
        When it began, was last seen, and ended (None while it goes on). [ns since 1970]
    times
        How often it was seen.
    """

    key: str
    text: str
    since_ns: int
    last_ns: int
    times: int = 1
    ended_ns: int | None = None


class Conditions:
    """The open conditions and the latest ended ones; any thread may set, clear and read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Condition] = {}
        self._ended: list[Condition] = []

    def set(self, key: str, text: str, now_ns: int) -> bool:
        """Note that something is wrong; return whether it was not known."""
        with self._lock:
            known = self._open.get(key)
            if known is not None:
                self._open[key] = replace(known, text=text, last_ns=now_ns, times=known.times + 1)
                return False
            self._open[key] = Condition(key=key, text=text, since_ns=now_ns, last_ns=now_ns)
        log.warning("%s", text)
        return True

    def clear(self, key: str, now_ns: int) -> None:
        """Note that it is over, if it was on."""
        with self._lock:
            known = self._open.pop(key, None)
            if known is None:
                return
            self._ended = [*self._ended[1 - ENDED_RETAINED :], replace(known, ended_ns=now_ns)]
        log.warning("over: %s", known.text)

    def open(self) -> list[Condition]:
        """Return what is wrong now, oldest first."""
        with self._lock:
            return sorted(self._open.values(), key=lambda condition: condition.since_ns)

    def ended(self) -> list[Condition]:
        """Return the latest conditions that are over, oldest first."""
        with self._lock:
            return list(self._ended)
