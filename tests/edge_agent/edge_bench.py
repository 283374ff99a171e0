"""A bench for the edge agent: a real broker, the agent as a process, and patience."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE_S = 90.0


def wait_for(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait until something is so; a loaded machine may take long."""
    give_up = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > give_up:
            pytest.fail(f"waited {deadline_s:g} s in vain for: {what}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mosquitto:
    """A broker of our own on a free port of this machine."""

    def __init__(self, folder: Path, password_file: str = "", tls: str = "") -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.skip("mosquitto is not installed: apt-get install mosquitto")
        self.port = free_port()
        self._program = program
        self._config = folder / f"mosquitto-{self.port}.conf"
        access = f"password_file {password_file}" if password_file else "allow_anonymous true"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\n{access}\n{tls}persistence false\nuser root\n"
            "max_queued_messages 0\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Mosquitto":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.answers(self.port), "mosquitto to listen")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @staticmethod
    def answers(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


class AgentProcess:
    """``plumbline edge run`` in a process of its own."""

    def __init__(self, folder: Path, config: str, name: str = "edge") -> None:
        self.folder = folder
        self.config = folder / f"{name}.toml"
        self.config.write_text(config)
        self.log_path = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "AgentProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.kill()

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "plumbline.cli", "edge", "run", "--config", self.config],
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def terminate(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(DEADLINE_S)
        self._process = None
        return code

    def wait(self) -> int:
        """Wait until it ends by itself and return its exit code."""
        assert self._process is not None
        code = self._process.wait(DEADLINE_S)
        self._process = None
        return code

    @property
    def log(self) -> str:
        return self.log_path.read_text()


def edge_toml(
    node_port: Path, broker_port: int, *, spool: str = "spool.db", extra: str = ""
) -> str:
    """Return a configuration of one node."""
    return f"""
agent = "pi-ground"
network = "XX"
structure = "TWR01"
[broker]
port = {broker_port}
{extra}
[spool]
path = "{spool}"
[[instrument]]
driver = "adxl355_node"
port = "{node_port}"
node = "0A"
map = "zxy"
"""
