"""Telling systemd that a service is ready, lives, and stops (``Type=notify``, ``WatchdogSec``).

For whoever owns a main loop: `notify` ``READY=1`` once everything runs, ``WATCHDOG=1`` while it
does (see `watchdog_s`), ``STOPPING=1`` at the end. Without systemd nothing happens.
"""

import os
import socket


def notify(words: str) -> None:
    """Send ``READY=1``, ``WATCHDOG=1``, ``STOPPING=1`` or ``STATUS=...`` where systemd listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            line.connect(address)
            line.send(words.encode())
        except OSError:
            return  # systemd went away, or is busy: the service goes on


def watchdog_s() -> float | None:
    """Return how often ``WATCHDOG=1`` is due: a third of systemd's patience; None without one. [s]

    Of a process that systemd does not mean (``WATCHDOG_PID``), nothing is due.
    """
    patience_us = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not patience_us.isdecimal() or int(patience_us) == 0 or meant != str(os.getpid()):
        return None
    return int(patience_us) / 1e6 / 3
