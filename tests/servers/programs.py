"""Finding a server's program, or skipping by name with the line that installs it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = {
    "mosquitto": "mosquitto",
    "influxd": "influxdb",
    "gammu-smsd": "gammu-smsd gammu",
    "chromium": "chromium",
    "systemd-analyze": "systemd",
}


def program(name: str) -> str:
    """Return the path of a server's program, or skip the test that needs it."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        pytest.skip(
            f"{name} is not installed; run: "
            f"sudo apt-get install -y --no-install-recommends {PACKAGES[name]}"
        )
    return path


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    """Tell whether somebody accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what: Callable[[], bool], timeout_s: float = 90.0, every_s: float = 0.02) -> None:
    """Wait until something holds; fail the test when it does not; a busy machine may take long."""
    deadline = time.monotonic() + timeout_s
    while not what():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come true within {timeout_s:g} s: {what}")
        time.sleep(every_s)


def stop(process: "subprocess.Popen[bytes]", timeout_s: float = 10.0) -> None:
    """End a server: politely, then not."""
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout_s)


def started(words: list[str], log: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start a server that listens on a port, and wait until it does."""
    with log.open("ab") as out:
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 30
    while not listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"{words[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    return process
