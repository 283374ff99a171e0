"""Telling systemd that the agent is ready, lives, and stops."""

import os
import socket


def notify(words: str) -> None:
    """Send ``READY=1``, ``WATCHDOG=1`` or ``STOPPING=1`` where systemd listens, else nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.connect(address)
            line.send(words.encode())
        except OSError:
            return  # systemd went away; the agent goes on
