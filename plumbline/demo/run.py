"""Running the demonstration: every process for real, watched, stopped, counted."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plumbline.demo.broker import broker_command
from plumbline.demo.processes import Child, Processes
from plumbline.demo.site import DemoSite, scaling
from plumbline.demo.summary import summary
from plumbline.demo.tower import AGENTS
from plumbline.demo.watching import Screen, print_line
from plumbline.simulator.scenario import rows

READY_S = 60.0
LAST_BLOCK_S = 3.0  # the rig gives its listeners 2 s to read what was sent last


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_demo(site: DemoSite, web_port: int) -> dict[str, Any]:
    """Run a prepared demonstration to its end, or to Ctrl-C; return the summary."""
    url = f"http://127.0.0.1:{web_port}/"
    name, broker = broker_command(site.broker_port, site.folder)
    print_line(f"broker: {name}; files: {site.folder}")
    print_line(scaling())
    with Processes(site.folder / "logs") as processes, interruptible() as stop:
        processes.start("broker", broker)
        processes.wait_until(
            "the broker listens", lambda: accepts_connections(site.broker_port), READY_S
        )
        children: dict[str, Child] = {}
        for child, words in site.commands().items():
            children[child] = processes.start(child, words)
            if child == "collector":
                processes.wait_until("the collector is ready", lambda: answers(url), READY_S)
        rig = children["rig"]
        processes.wait_until("the instruments are read", lambda: began(rig) is not None, READY_S)
        print_line(f"live page: {url}  (stop or not, waveforms, tilt, events, who was told)")
        watch(site, processes, rig, Screen(url, rows(site.acts)), stop)
        processes.stop(rig)
        time.sleep(LAST_BLOCK_S)
        for agent in AGENTS:
            processes.stop(children[agent])
        time.sleep(1.0)
        processes.stop(children["collector"])
    return summary(site.folder)


def watch(
    site: DemoSite, processes: Processes, rig: Child, screen: Screen, stop: list[int]
) -> None:
    """Poll the collector every second until the rig has ended or somebody pressed Ctrl-C."""
    begun_s = (began(rig) or time.time_ns()) / 1e9
    while rig.process.poll() is None and not stop:
        processes.check()
        screen.poll(time.time() - begun_s)
        time.sleep(1.0)
    if stop:
        print_line("stopping: taking in what is held, closing the archive")
    screen.poll(min(time.time() - begun_s, site.seconds))


def began(rig: Child) -> int | None:
    """Return when the site's time began, None until the rig has printed it. [ns since 1970]"""
    for line in rig.log.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            message = json.loads(line)
            if "started_ns" in message:
                return int(message["started_ns"])
    return None


def accepts_connections(port: int) -> bool:
    """Return whether a program accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Return whether the collector's page answers."""
    try:
        with urllib.request.urlopen(url + "api/status", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Collect Ctrl-C and SIGTERM in a list instead of dying of them."""
    caught: list[int] = []
    before = {
        number: signal.signal(number, lambda n, _frame: caught.append(n))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def fresh_folder(base: Path) -> Path:
    """Return a new folder below a base, named by the time."""
    folder = base / time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while folder.exists():
        number += 1
        folder = base / f"{time.strftime('%Y%m%d-%H%M%S')}-{number}"
    folder.mkdir(parents=True)
    return folder.resolve()
