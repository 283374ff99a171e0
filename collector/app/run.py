"""Running a collector: in one process, as supervised processes, or one of these."""

import ctypes
import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from plumbline.collector.app.context import Context, Part
from plumbline.collector.app.layout import Layout
from plumbline.collector.app.processes import PROCESSES, command, default_layout, parts_of
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.app.supervisor import ProcessSupervisor
from plumbline.collector.journal import JournalLocked
from plumbline.collector.serving.web.server import PageAddressError
from plumbline.wire.inventory import Inventory
from plumbline.wire.notify import notify
from plumbline.wire.stopping import set_on_signal

log = logging.getLogger(__name__)

GARBAGE_AFTER = 50_000
"""New objects before Python looks for dead cycles: blocks by the thousand hold none. [objects]"""
ALIVE_S = 2.0
"""How often systemd is told that the collector lives. [s]"""
_PR_SET_PDEATHSIG = 1
HELD_S = 3.0
"""How long journal and port may still be held by a process that is ending. [s]"""


def layout_of(settings: CollectorSettings) -> Layout:
    """Return how many processes this collector is on this machine."""
    given = settings.processes
    return default_layout(os.cpu_count() or 1) if given is None else given


def run_in_one(
    settings: CollectorSettings, inventory: Inventory, announce: Callable[[str], None]
) -> int:
    """Run all parts as threads of this process, until SIGTERM or Ctrl-C."""
    from plumbline.collector.app.collector import Collector

    collector = Collector(settings, inventory, time.time_ns)
    stop = set_on_signal(threading.Event())
    collector.start()
    _spare_the_garbage_collector()
    announce(f"collecting; the page is at {collector.web.url}")
    notify("READY=1")
    while not stop.wait(ALIVE_S):
        if collector.data.worker.alive():
            notify("WATCHDOG=1")
    notify("STOPPING=1")
    collector.stop()
    return 0


def run_supervised(
    config: Path, settings: CollectorSettings, layout: Layout, *, verbose: bool
) -> int:
    """Run the processes of a layout, until SIGTERM or Ctrl-C; return the exit code."""
    settings.data.mkdir(parents=True, exist_ok=True)

    def call_first(text: str) -> None:
        from plumbline.collector.app.last_resort import call_everybody

        log.error("%s", text)
        call_everybody(settings.alerting, settings.data)

    supervisor = ProcessSupervisor(
        settings.data,
        {name: command(str(config), name, verbose=verbose) for name in PROCESSES[layout]},
        now_ns=time.time_ns,
        call_first=call_first,
        alive=lambda: notify("READY=1\nWATCHDOG=1"),
    )
    set_on_signal(supervisor.stopping)
    code = supervisor.run()
    notify("STOPPING=1")
    return code


def run_process(
    settings: CollectorSettings,
    inventory: Inventory,
    layout: Layout,
    process: str,
    announce: Callable[[str], None],
) -> int:
    """Run one process of a layout, until SIGTERM; it ends with its supervisor."""
    from plumbline.collector.app.collector import Running
    from plumbline.collector.app.parts import ServingPart

    _end_with_parent()
    stop = set_on_signal(threading.Event())
    context = Context.open(settings, inventory, time.time_ns, process)
    parts = _built(context, PROCESSES[layout][process])
    running = Running(context, parts)
    running.start()
    _spare_the_garbage_collector()
    for part in parts:
        if isinstance(part, ServingPart):
            announce(f"collecting; the page is at {part.web.url}")
    stop.wait()
    running.stop()
    return 0


def _built(context: Context, names: tuple[str, ...]) -> list[Part]:
    """Build the parts; what an earlier process of this collector still holds is waited for."""
    until = time.monotonic() + HELD_S
    while True:
        try:
            return parts_of(context, names)
        except (JournalLocked, PageAddressError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _end_with_parent() -> None:
    """Be killed when the supervisor dies: nobody else would stop this process, and the next
    collector must find journal and port free at once.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _spare_the_garbage_collector() -> None:
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
