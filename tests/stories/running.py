"""The processes of a story: started, killed, ended, each with its log."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from servers.programs import listening, wait_until
from where import REPO

STARTED_S = 180.0  # a process starts in seconds; on two cores that six others use, in a minute
OURS = [sys.executable, "-m", "plumbline.cli"]


class Running:
    """Processes by name; leaving the ``with`` block kills what still runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, words: Sequence[str]) -> None:
        """Start a process; its output is appended to ``NAME.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)

    def collector(self, config: Path, web: int) -> None:
        """Start a collector, and return when its page listens."""
        self.start("collector", [*OURS, "collector", "run", str(config), "--verbose"])
        wait_until(lambda: listening(web), STARTED_S)

    def edge(self, name: str, config: Path) -> None:
        """Start an agent."""
        self.start(name, [*OURS, "edge", "run", "--config", str(config)])

    def rig(self, config: Path) -> None:
        """Start the instruments."""
        self.start("rig", [sys.executable, "-m", "plumbline.simulator.rig", str(config)])

    def kill(self, name: str) -> None:
        """SIGKILL."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(10)

    def end(self, name: str, patience_s: float = STARTED_S) -> int:
        """SIGTERM; return the exit code."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(patience_s)

    def wait(self, name: str, patience_s: float = STARTED_S) -> int:
        """Wait until it ends by itself; return the exit code."""
        return self._processes.pop(name).wait(patience_s)

    def runs(self, name: str) -> bool:
        """Tell whether a process was started and has not ended."""
        return name in self._processes and self._processes[name].poll() is None

    def pid(self, name: str) -> int:
        """Return the process id."""
        return self._processes[name].pid

    def log(self, name: str) -> str:
        """Return the output of a process."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Kill whatever still runs."""
        for process in self._processes.values():
            process.kill()
            process.wait(10)
        self._processes.clear()


def page_answer(web: int, what: str) -> Any:
    """Return what a collector's page answers to a path, as ``api/status``."""
    with urllib.request.urlopen(f"http://127.0.0.1:{web}/{what}", timeout=10) as answer:
        return json.load(answer)


def recounted(archive: Path, truth: Path) -> dict[str, Any]:
    """Let somebody else count what became of every sample."""
    words = [sys.executable, str(REPO / "tests" / "recount.py"), "--json"]
    words += [str(archive), str(truth)]
    counted = subprocess.run(words, capture_output=True, text=True, check=False)
    assert counted.returncode in (0, 1), counted.stderr
    counts: dict[str, Any] = json.loads(counted.stdout)
    return counts
