"""A whole site as processes that can be killed: instruments, agents, broker, collector."""

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until
from stories.running import Running, asked, recounted

from plumbline.demo.tower import accelerometer, edge_text, inventory_text, rig_text

SPOTS = (
    accelerometer("0A", "ground", "ground", 0, "pi-ground", 20.0),
    accelerometer("3A", "roof", "roof", 30, "pi-roof", 40.0),
)
AGENTS = tuple(spot.agent for spot in SPOTS)


class KilledSite:
    """Two ADXL355 nodes read by two agents, a persistent mosquitto, one collector."""

    def __init__(self, folder: Path, *, seconds: float) -> None:
        self.folder = folder
        self.broker = Mosquitto(folder / "broker").start()
        self.processes = Running(folder)
        self._web = free_port()
        self._write_files(seconds)

    def start(self) -> None:
        """Start everything, and return when blocks of every node have arrived."""
        self._start("collector")
        self.processes.rig(self.folder / "rig.toml")
        for agent in AGENTS:
            self._start(agent)
        wait_until(lambda: len(self.channels()) == 3 * len(SPOTS), 60)

    def kill(self, name: str) -> None:
        """SIGKILL one of broker, collector, pi-ground, pi-roof; start it again at once."""
        if name == "broker":
            self.broker.kill()
            self.broker.start()
            return
        self.processes.kill(name)
        self._start(name)

    def kill_at_random(self, kills: int, seed: int, between_s: tuple[float, float]) -> list[str]:
        """Kill so many times at seeded random moments; return what was killed."""
        rng = random.Random(seed)
        names = ["broker", "collector", *AGENTS]
        done = []
        for _ in range(kills):
            time.sleep(rng.uniform(*between_s))
            done.append(rng.choice(names))
            self.kill(done[-1])
        return done

    def finish(self) -> dict[str, Any]:
        """Stop the instruments, let everything be taken in, close the archive, recount."""
        self.processes.end("rig")
        time.sleep(2.0)
        wait_until(self._all_held, 90, every_s=0.5)
        for agent in AGENTS:
            self.processes.end(agent)
        self.processes.end("collector")
        self.broker.stop()
        return recounted(self.folder / "data" / "archive", self.folder / "truth")

    def stop(self) -> None:
        """Stop whatever still runs."""
        self.processes.stop()
        self.broker.stop()

    def channels(self) -> list[dict[str, Any]]:
        """Return what the collector says of its channels; nothing while it is down."""
        try:
            channels: list[dict[str, Any]] = asked(self._web, "api/status")["channels"]
        except OSError:
            return []
        return channels

    def _all_held(self) -> bool:
        for agent in AGENTS:
            db = sqlite3.connect(f"file:{self.folder / agent}.db?mode=ro", uri=True)
            try:
                (waiting,) = db.execute("SELECT count(*) FROM rows WHERE standing = 0").fetchone()
            finally:
                db.close()
            if waiting:
                return False
        return True

    def _start(self, name: str) -> None:
        config = self.folder / f"{name}.toml"
        if name == "collector":
            self.processes.collector(config, self._web)
        else:
            self.processes.edge(name, config)

    def _write_files(self, seconds: float) -> None:
        folder, ports = self.folder, self.folder / "ports"
        (folder / "inventory.toml").write_text(inventory_text(SPOTS))
        rig = rig_text([], ports=ports, truth=folder / "truth", seconds=seconds, spots=SPOTS)
        (folder / "rig.toml").write_text(rig)
        for agent in AGENTS:
            text = edge_text(
                agent, ports=ports, spool=folder / f"{agent}.db", broker_port=self.broker.port,
                spots=SPOTS,
            )  # fmt: skip
            (folder / f"{agent}.toml").write_text(text)
        (folder / "collector.toml").write_text(
            f"[broker]\nport = {self.broker.port}\n[web]\nport = {self._web}\n"
            "[archive]\nclose_on_stop = true\n"
        )
