"""The processes of the demonstration: started in order, watched, stopped in reverse."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


class ProcessDied(RuntimeError):
    """A process of the demonstration ended by itself; carries the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One running process and where it writes."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Processes:
    """Children with a log file each; leaving the ``with`` block stops whatever still runs."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Processes":
        """Return the group, to start children in."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, last started first."""
        for child in reversed(self._children):
            self.stop(child)

    def start(self, name: str, words: Sequence[str]) -> Child:
        """Start a process in a session of its own, so that Ctrl-C reaches us alone."""
        log = self._logs / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                list(words), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        child = Child(name=name, process=process, log=log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raise when a child has ended with an error.

        Raises
        ------
        ProcessDied
        """
        for child in self._children:
            if child.process.poll() not in (None, 0):
                raise ProcessDied(
                    f"{child.name} ended ({child.process.returncode}):\n{tail(child.log)}"
                )

    def wait_until(self, what: str, holds: Callable[[], bool], timeout_s: float) -> None:
        """Wait for something while the children live.

        Raises
        ------
        ProcessDied
            Also when it does not come true in time.
        """
        deadline = time.monotonic() + timeout_s
        while not holds():
            self.check()
            if time.monotonic() > deadline:
                raise ProcessDied(f"{what}: not within {timeout_s:g} s; logs in {self._logs}")
            time.sleep(0.1)

    def stop(self, child: Child, timeout_s: float = 20.0) -> int:
        """End a child politely, then not; return its exit code."""
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
            try:
                child.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait(5)
        return int(child.process.returncode)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
