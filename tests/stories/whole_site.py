"""A whole site as processes: instruments, agents, broker, collector; nothing left out."""

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until
from stories.running import STARTED_S, Running, page_answer, recounted

from plumbline.demo.tower import Spot, edge_text, inventory_text, rig_text
from plumbline.edge_agent.spool import RowStanding


class WholeSite:
    """A rig, a persistent mosquitto, a collector, and agents by the name of their file.

    Parameters
    ----------
    agents
        The instruments each agent reads; a ``Spot`` has the name of its agent.
    seconds
        How long the instruments run. [s]
    idle
        Instruments of the inventory that nobody reads.
    access
        Whom the broker lets in.
    """

    def __init__(
        self,
        folder: Path,
        agents: Mapping[str, Sequence[Spot]],
        *,
        seconds: float,
        idle: Sequence[Spot] = (),
        access: str = "allow_anonymous true\n",
    ) -> None:
        self.folder = folder
        self.agents = tuple(agents)
        self.broker = Mosquitto(folder / "broker", access).start()
        self.processes = Running(folder)
        self.web = free_port()
        self._spots = [spot for spots in agents.values() for spot in spots]
        ports = folder / "ports"
        (folder / "inventory.toml").write_text(inventory_text([*self._spots, *idle]))
        rig = rig_text([], ports=ports, truth=folder / "truth", seconds=seconds, spots=self._spots)
        (folder / "rig.toml").write_text(rig)
        for name, spots in agents.items():
            text = edge_text(
                spots[0].agent, ports=ports, spool=folder / f"{name}.db",
                broker_port=self.broker.port, spots=spots,
            )  # fmt: skip
            (folder / f"{name}.toml").write_text(text)
        (folder / "collector.toml").write_text(
            f"[broker]\nport = {self.broker.port}\n[web]\nport = {self.web}\n"
            "[archive]\nclose_on_stop = true\n"
        )

    def start(self) -> None:
        """Start everything, and return when blocks of every instrument have arrived."""
        self.begin("collector")
        self.instruments()
        for name in self.agents:
            self.begin(name)
        expected = sum(len(spot.axes) for spot in self._spots)
        wait_until(lambda: len(self.channels()) >= expected, STARTED_S)

    def instruments(self) -> None:
        """Start the instruments, and return when their ports are there."""
        self.processes.rig(self.folder / "rig.toml")
        wait_until(lambda: '"ports"' in self.processes.log("rig"), STARTED_S)

    def begin(self, name: str) -> None:
        """Start the collector or an agent."""
        config = self.folder / f"{name}.toml"
        if name == "collector":
            self.processes.collector(config, self.web)
        else:
            self.processes.edge(name, config)

    def finish(self) -> dict[str, Any]:
        """Stop the instruments, let everything be taken in, close the archive, recount."""
        self.processes.end("rig")
        time.sleep(2.0)
        wait_until(self._all_held, STARTED_S, every_s=0.5)
        for name in self.agents:
            self.processes.end(name)
        self.processes.end("collector")
        self.broker.stop()
        return recounted(self.folder / "data" / "archive", self.folder / "truth")

    def late_s(self) -> float:
        """Return how late the instruments' bytes left at worst; to be read when they ended. [s]"""
        summary = json.loads(self.processes.log("rig").splitlines()[-1])
        return float(summary["late_s"])

    def stop(self) -> None:
        """Stop whatever still runs."""
        self.processes.stop()
        self.broker.stop()

    def channels(self) -> list[dict[str, Any]]:
        """Return what the collector shows of its channels; nothing while it is down."""
        try:
            channels: list[dict[str, Any]] = page_answer(self.web, "api/status")["channels"]
        except OSError:
            return []
        return channels

    def _all_held(self) -> bool:
        return not any(
            counted(self.folder / f"{name}.db", RowStanding.UNHELD) for name in self.agents
        )


def counted(spool: Path, standing: RowStanding) -> int:
    """Return how many blocks of a spool stand so; the agent may be running."""
    db = sqlite3.connect(f"file:{spool}?mode=ro", uri=True)
    try:
        query = "SELECT count(*) FROM rows WHERE standing = ?"
        return int(db.execute(query, (standing,)).fetchone()[0])
    finally:
        db.close()
