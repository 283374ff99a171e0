"""A real mosquitto on a free loopback port."""

import subprocess
from pathlib import Path

from servers.programs import free_port, program, started, stop


class Mosquitto:
    """One broker that can be stopped, killed and started again with its persistence."""

    def __init__(self, folder: Path, extra: str = "allow_anonymous true\n") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._folder = folder
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\n{extra}"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n"
            "max_queued_messages 0\nuser root\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Mosquitto":
        """Start, and return when it listens."""
        words = [program("mosquitto"), "-c", str(self._config)]
        self._process = started(words, self._folder / "mosquitto.log", self.port)
        return self

    def kill(self) -> None:
        """SIGKILL: whatever it held in memory is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self._process = None

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._process is not None:
            stop(self._process)
            self._process = None
