"""Stopping on SIGTERM or Ctrl-C: an Event set from a thread of its own.

A handler runs between two instructions of the main thread. Where that thread is inside
``Event.wait``, it may hold the Event's lock, and a handler that calls ``Event.set`` itself then
waits for ever.
"""

import signal
import threading


def set_on_signal(stop: threading.Event) -> threading.Event:
    """Set an Event on SIGTERM and on Ctrl-C; return it."""

    def handle(*_: object) -> None:
        threading.Thread(target=stop.set, name="stop-signal", daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    return stop
