"""The supervisor of a collector: starts its processes, begins one that died again, and says so.

It imports no science and opens no alarm database: what ends a part must not end this. A death is a
condition on the health board within a second, from which alerting makes a RED event. Deaths that
repeat end the whole collector with a code of their own, so that systemd starts it again.
"""

import logging
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plumbline.collector.health.board import HealthBoard
from plumbline.collector.health.shared import SharedConditions
from plumbline.wire.block import NS

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
SHOWN_S = 3.0
"""A death is shown for at least so long, so that everyone who polls each second sees it. [s]"""
MOST_DEATHS, DEATHS_WITHIN_S = 6, 120.0
STOP_WITHIN_S = 8.0
"""Between SIGTERM and SIGKILL for all processes together. [s]"""
CONFIG_WRONG, DIES_AGAIN = 2, 70
"""Exit codes: the configuration or the folder is to be mended; a part dies again and again."""
PROCESS = "supervisor"
MEANS = {
    "intake": "no new data are taken; the agents hold them",
    "alerting": "nobody is called",
    "detection": "nothing is judged",
    "rest": "nothing is judged, archived or shown",
    "keepers": "nothing is archived; the journal holds it",
    "jobs": "episodes are not measured",
    "serving": "there is no page",
}
"""What it means that a process is down."""


@dataclass(slots=True)
class _Child:
    name: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = FIRST_PAUSE_S
    due: float = 0.0
    began: float = 0.0
    first_report_ns: int = 0
    deaths: deque[float] = field(default_factory=deque)
    reason: str = ""


class ProcessSupervisor:
    """Runs the processes of one collector until told to stop.

    Parameters
    ----------
    data
        The collector's data folder.
    commands
        Command line of each process by name, in the order of starting and of stopping.
    call_first
        Called with a text when alerting cannot be started: sends it by the first sender itself.
    alive
        Called about once a second while all is watched: the service manager's watchdog.
    """

    def __init__(
        self,
        data: Path,
        commands: Mapping[str, list[str]],
        *,
        now_ns: Callable[[], int],
        call_first: Callable[[str], None],
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._children = [_Child(name, words) for name, words in commands.items()]
        self._now_ns = now_ns
        self._call_first = call_first
        self._alive = alive
        self._board = HealthBoard(data / "state" / "health.db")
        self._board.forget(set())
        self._conditions = SharedConditions(self._board, PROCESS)
        self._called = False
        self.stopping = threading.Event()

    def stop(self) -> None:
        """Ask the loop to end."""
        self.stopping.set()

    def run(self) -> int:
        """Start everything and watch it; return the exit code."""
        code = 0
        published = 0.0
        try:
            while not self.stopping.is_set() and code == 0:
                code = self._watch(time.monotonic())
                if time.monotonic() - published >= 1.0:
                    published = time.monotonic()
                    self._conditions.publish(self._now_ns())
                    self._alive()
                self.stopping.wait(0.1)
        finally:
            self._end_all()
            self._board.close()
        return code

    def _watch(self, now: float) -> int:
        for child in self._children:
            if child.process is None:
                if now >= child.due:
                    child.process, child.began = subprocess.Popen(child.words), now
                continue
            status = child.process.poll()
            if status is None:
                self._sound(child, now)
            elif (code := self._died(child, status, now)) != 0:
                return code
        return 0

    def _died(self, child: _Child, status: int, now: float) -> int:
        child.process, child.first_report_ns = None, 0
        if status == CONFIG_WRONG:
            return CONFIG_WRONG  # it has said what to mend
        child.reason = f"signal {-status}" if status < 0 else f"exit code {status}"
        if now - child.began > DEATHS_WITHIN_S:
            child.pause_s = FIRST_PAUSE_S
        child.due, child.pause_s = now + child.pause_s, min(2 * child.pause_s, LONGEST_PAUSE_S)
        child.deaths.append(now)
        while now - child.deaths[0] > DEATHS_WITHIN_S:
            child.deaths.popleft()
        text = (
            f"the {child.name} process of the collector died ({child.reason}): meanwhile "
            f"{MEANS.get(child.name, 'a part of it does not work')}. It is started again by "
            "itself; if this comes again, see the collector's log and restart the machine."
        )
        self._conditions.set(f"process:{child.name}", text, self._now_ns())
        self._conditions.publish(self._now_ns())
        log.error("process %s died (%s)", child.name, child.reason)
        if child.name == "alerting" and len(child.deaths) > 1 and not self._called:
            self._called = True
            self._call_first(text)
        if len(child.deaths) >= MOST_DEATHS:
            log.error("process %s died %d times; the collector ends", child.name, MOST_DEATHS)
            return DIES_AGAIN
        return 0

    def _sound(self, child: _Child, now: float) -> None:
        """Clear a death once the process has reported for so long that alerting saw it too."""
        if not child.reason or now - child.began < SHOWN_S:
            return
        report = self._board.latest("conditions").get(child.name)
        if report is None or not report.fresh(self._now_ns()):
            return
        if not child.first_report_ns or report.at_ns < child.first_report_ns:
            child.first_report_ns = report.at_ns
        elif report.at_ns - child.first_report_ns >= SHOWN_S * NS:
            child.reason, child.first_report_ns = "", 0
            self._conditions.clear(f"process:{child.name}", self._now_ns())
            if child.name == "alerting":
                self._called = False

    def _end_all(self) -> None:
        """Stop in order: intake hands in first, then all others at once."""
        until = time.monotonic() + STOP_WITHIN_S
        for group in (self._children[:1], self._children[1:]):
            for child in group:
                if child.process is not None and child.process.poll() is None:
                    child.process.send_signal(signal.SIGTERM)
            for child in group:
                if child.process is not None:
                    _ended(child.process, until)


def _ended(process: subprocess.Popen[bytes], until: float) -> None:
    try:
        process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        log.exception("process %d does not end and is killed", process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
