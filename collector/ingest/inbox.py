"""Message inbox between the broker's thread and the ingest thread: bounded, emptied in one go.

Whoever puts does not wake the other side for each message: the ingest thread sleeps while a group
gathers and then takes it whole, so that two busy threads do not fight over every message.
"""

import threading
from collections import deque

from plumbline.collector.ingest.validation import Incoming


class MessageInbox:
    """Messages waiting for ingest, at most ``maxsize``; one thread puts, one takes."""

    def __init__(self, maxsize: int) -> None:
        self._maxsize = maxsize
        self._waiting: deque[Incoming] = deque()
        self._changed = threading.Condition()

    def put(self, message: Incoming, timeout_s: float) -> bool:
        """Add a message, waiting for room; False if there was none in time."""
        if len(self._waiting) >= self._maxsize:
            with self._changed:
                if not self._changed.wait_for(self._has_room, timeout_s):
                    return False
        self._waiting.append(message)
        if len(self._waiting) == 1:
            with self._changed:
                self._changed.notify_all()
        return True

    def wait(self, timeout_s: float) -> bool:
        """Wait until something is there; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting), timeout_s)

    def take(self, most: int) -> list[Incoming]:
        """Return what is there, oldest first, at most so many messages."""
        taken: list[Incoming] = []
        while self._waiting and len(taken) < most:
            taken.append(self._waiting.popleft())
        with self._changed:
            self._changed.notify_all()
        return taken

    def qsize(self) -> int:
        """Return how many messages wait."""
        return len(self._waiting)

    def empty(self) -> bool:
        """Return whether nothing waits."""
        return not self._waiting

    def _has_room(self) -> bool:
        return len(self._waiting) < self._maxsize
