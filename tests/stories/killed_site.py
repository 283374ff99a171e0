"""A whole site as processes that can be killed: instruments, agents, broker, collector."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from servers.mosquitto import Mosquitto
from servers.programs import free_port, listening, wait_until
from where import REPO

G = 9.80665
NODES = {"0A": ("pi-ground", "ground", 0), "3A": ("pi-roof", "roof", 30)}
OURS = [sys.executable, "-m", "plumbline.cli"]


class KilledSite:
    """Two ADXL355 nodes read by two agents, a persistent mosquitto, one collector."""

    def __init__(self, folder: Path, *, seconds: float) -> None:
        self.folder = folder
        self.broker = Mosquitto(folder / "broker").start()
        self._web = free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._write_files(seconds)

    def start(self) -> None:
        """Start everything, and return when blocks of every node have arrived."""
        self._start_collector()
        rig = [sys.executable, "-m", "plumbline.simulator.rig", str(self.folder / "rig.toml")]
        self._start("rig", rig)
        for agent, _, _ in NODES.values():
            self._start_agent(agent)
        wait_until(lambda: len(self.channels()) == 3 * len(NODES), 60)

    def kill(self, name: str) -> None:
        """SIGKILL one of broker, collector, pi-ground, pi-roof; start it again at once."""
        if name == "broker":
            self.broker.kill()
            self.broker.start()
            return
        self._running[name].kill()
        self._running[name].wait(10)
        if name == "collector":
            self._start_collector()
        else:
            self._start_agent(name)

    def kill_at_random(self, kills: int, seed: int, between_s: tuple[float, float]) -> list[str]:
        """Kill so many times at seeded random moments; return what was killed."""
        rng = random.Random(seed)
        names = ["broker", "collector", *(agent for agent, _, _ in NODES.values())]
        done = []
        for _ in range(kills):
            time.sleep(rng.uniform(*between_s))
            done.append(rng.choice(names))
            self.kill(done[-1])
        return done

    def finish(self) -> dict[str, Any]:
        """Stop the instruments, let everything be taken in, close the archive, recount."""
        self._end("rig", 30)
        time.sleep(2.0)
        wait_until(self._all_held, 90, every_s=0.5)
        for agent, _, _ in NODES.values():
            self._end(agent, 30)
        self._end("collector", 60)
        self.broker.stop()
        words = [sys.executable, str(REPO / "tests" / "recount.py"), "--json"]
        words += [str(self.folder / "data" / "archive"), str(self.folder / "truth")]
        counted = subprocess.run(words, capture_output=True, text=True, check=False)
        assert counted.returncode in (0, 1), counted.stderr
        told: dict[str, Any] = json.loads(counted.stdout)
        return told

    def stop(self) -> None:
        """Stop whatever still runs."""
        for process in self._running.values():
            process.kill()
            process.wait(10)
        self.broker.stop()

    def channels(self) -> list[dict[str, Any]]:
        """Return what the collector says of its channels; nothing while it is down."""
        try:
            with urllib.request.urlopen(self._url + "api/status", timeout=5) as answer:
                status: list[dict[str, Any]] = json.load(answer)["channels"]
                return status
        except OSError:
            return []

    def log(self, name: str) -> str:
        """Return what a process has logged."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self._web}/"

    def _all_held(self) -> bool:
        for agent, _, _ in NODES.values():
            db = sqlite3.connect(f"file:{self.folder / agent}.db?mode=ro", uri=True)
            try:
                (waiting,) = db.execute("SELECT count(*) FROM rows WHERE standing = 0").fetchone()
            finally:
                db.close()
            if waiting:
                return False
        return True

    def _start(self, name: str, words: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)

    def _start_collector(self) -> None:
        config = str(self.folder / "collector.toml")
        self._start("collector", [*OURS, "collector", "run", config, "--verbose"])
        wait_until(lambda: listening(self._web), 60)

    def _start_agent(self, agent: str) -> None:
        config = str(self.folder / f"{agent}.toml")
        self._start(agent, [*OURS, "edge", "run", "--config", config])

    def _end(self, name: str, patience_s: float) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(patience_s)

    def _write_files(self, seconds: float) -> None:
        folder, ports = self.folder, self.folder / "ports"
        inventory = '[network]\ncode = "XX"\n[[structure]]\ncode = "TWR01"\nname = "Tower"\n'
        inventory += "latitude = 13.8\nlongitude = 100.5\n"
        rig = f'ports = "{ports}"\ntruth = "{folder / "truth"}"\nseconds = {seconds}\nwait_s = 60\n'
        rig += '[structure]\ncode = "TWR01"\nstoreys = 30\n'
        for seed, (node, (agent, role, level)) in enumerate(NODES.items(), start=1):
            inventory += (
                f'[[structure.node]]\ncode = "{node}"\nname = "{role}"\nrole = "{role}"\n'
                f'level = {level}\nagent = "{agent}"\n[[structure.node.instrument]]\n'
                f'stream = "HN"\nmodel = "adxl355_node"\nrate_hz = 100\nunit = "m/s2"\n'
                f"sensitivity = {256_000 / G}\nnoise_rms = 0.00156\naxes = [\n"
                '{ code = "Z", azimuth_deg = 0, dip_deg = -90 },\n'
                '{ code = "N", azimuth_deg = 0 },\n{ code = "E", azimuth_deg = 90 }]\n'
            )
            rig += (
                f'[[instrument]]\nport = "tty{node}"\nkind = "adxl355_node"\nnode = "{node}"\n'
                f"level = {level}\njitter_ms = 5\nclock_ppm = {20 * seed}\nseed = {seed}\n"
            )
            (folder / f"{agent}.toml").write_text(
                f'agent = "{agent}"\nnetwork = "XX"\nstructure = "TWR01"\n'
                f"[broker]\nport = {self.broker.port}\n"
                f'[spool]\npath = "{agent}.db"\n'
                f'[[instrument]]\ndriver = "adxl355_node"\nport = "{ports / f"tty{node}"}"\n'
                f'node = "{node}"\nstream = "HN"\naxes = "ZNE"\nmap = "zyx"\n'
            )
        (folder / "inventory.toml").write_text(inventory)
        (folder / "rig.toml").write_text(rig)
        (folder / "collector.toml").write_text(
            f"[broker]\nport = {self.broker.port}\n[web]\nport = {self._web}\n"
            "[archive]\nclose_on_stop = true\n"
        )
