"""Pseudo-terminals under names that stay, as ``/dev/serial/by-id`` gives real ports."""

import contextlib
import fcntl
import os
import select
import struct
import termios
import time
import tty
from pathlib import Path

DRAIN_STEP_S = 0.005


class Port:
    """One end of a serial cable; the other end is the symlink ``link``.

    Parameters
    ----------
    link
        Path of the symlink. It is replaced if it is a symlink already.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self._master: int | None = None
        self.plug()

    @property
    def plugged(self) -> bool:
        """True while the cable is in."""
        return self._master is not None

    def plug(self) -> None:
        """Put the cable in: a new pseudo-terminal under the old name."""
        if self._master is not None:
            return
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        name = os.ttyname(slave)
        # Opened and closed once, the other end counts as hung up until somebody opens it.
        os.close(slave)
        beside = self.link.with_name(f".{self.link.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(name)
        beside.replace(self.link)

    def unplug(self, drain_s: float = 0.05) -> None:
        """Pull the cable out, after what was sent has been read or ``drain_s`` has passed."""
        if self._master is None:
            return
        self.drain(drain_s)
        self.link.unlink(missing_ok=True)
        os.close(self._master)
        self._master = None

    @property
    def is_open(self) -> bool:
        """True while a program has the other end open."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLOUT)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    def write(self, payload: bytes) -> bool:
        """Send; return False if nobody listens or the listener has let the buffer fill up.

        As on a real line, what is not taken is lost.
        """
        if self._master is None or not self.is_open:
            return False
        try:
            return os.write(self._master, payload) == len(payload)
        except OSError:
            return False

    def read(self) -> bytes:
        """Return what the host has written, maybe nothing."""
        if self._master is not None and self.is_open:
            with contextlib.suppress(OSError):
                return os.read(self._master, 4096)
        return b""

    def drain(self, longest_s: float) -> None:
        """Wait until the host has read everything sent: closing would take it away."""
        if self._master is None or not self.is_open:
            return
        slave = os.open(self.link, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            waited = 0.0
            while waited < longest_s and _unread(slave):
                time.sleep(DRAIN_STEP_S)
                waited += DRAIN_STEP_S
        finally:
            os.close(slave)


def _unread(slave: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0\0\0\0"))
    return int(count)
