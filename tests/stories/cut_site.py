"""A site whose link is cut for ten minutes: real agents fed blocks, a relay, broker, collector."""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until
from stories.link import Link
from stories.offline_site import arrivals
from stories.running import Running
from stories.whole_site import counted

from plumbline.demo.tower import Spot, edge_text, inventory_text, rig_text
from plumbline.edge_agent.agent import Agent
from plumbline.edge_agent.clock import HostClock
from plumbline.edge_agent.settings import EdgeSettings, read_edge
from plumbline.edge_agent.spool import RowStanding
from plumbline.simulator.acts import AnyAct
from plumbline.simulator.spec import RigSpec
from plumbline.wire.block import NS, Block
from plumbline.wire.settings import read_settings

PEOPLE = """
[[alerting.person]]
name = "Somchai"
phone = "+66810000001"
[[alerting.step]]
people = ["Somchai"]
delay_s = 60
[alerting]
senders = ["outbox-folder"]
"""


class FedAgent(Agent):
    """The whole agent, given finished blocks; its ports are not there."""

    def feed(self, block: Block) -> None:
        """Take a block as if one of the readers had gathered it."""
        self._take(replace(block, boot=self.boot))

    @property
    def connected(self) -> bool:
        return self._publisher.is_connected


class CutSite:
    """Agents that share the instruments, and everything between them and the archive.

    Attributes
    ----------
    fed
        When each block was given to its agent, by stream and number. [ns since 1970]
    """

    def __init__(self, folder: Path, spots: Sequence[Spot]) -> None:
        self.folder = folder
        self.broker = Mosquitto(folder / "broker").start()
        self.link = Link(self.broker.port)
        self.web = free_port()
        self.processes = Running(folder)
        self.fed: dict[tuple[str, int], int] = {}
        self._samples: Counter[str] = Counter()
        (folder / "inventory.toml").write_text(inventory_text(spots))
        (folder / "collector.toml").write_text(
            f"[broker]\nport = {self.broker.port}\n[web]\nport = {self.web}\n"
            f"[archive]\nclose_on_stop = true\n{PEOPLE}"
        )
        text = rig_text([], ports=folder, truth=folder / "t", seconds=1, spots=spots)
        (folder / "rig.toml").write_text(text)
        self._settings = [self._edge(name, spots) for name in {spot.agent for spot in spots}]
        self._agent_of_node = {
            instrument.node: settings.agent
            for settings in self._settings
            for instrument in settings.instrument
        }
        self._agents: dict[str, FedAgent] = {}

    def measured(self, *acts: AnyAct, start_ns: int, seconds: float) -> list[Block]:
        """Return the blocks of a stretch of time, and write its truth."""
        rig = read_settings(self.folder / "rig.toml", RigSpec).model_copy(update={"act": acts})
        truth = self.folder / "truth"
        some = arrivals(rig, self._settings, start_ns=start_ns, seconds=seconds, truth=truth)
        return [block for _, block in some]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run collector and agents; at the end everything is taken in and closed."""
        self.processes.collector(self.folder / "collector.toml", self.web)
        self._agents = {s.agent: FedAgent(s, HostClock()) for s in self._settings}
        threads = [threading.Thread(target=agent.run) for agent in self._agents.values()]
        for thread in threads:
            thread.start()
        try:
            wait_until(self.connected, 60)
            yield
            wait_until(lambda: self.spooled(RowStanding.UNHELD) == 0, 90, every_s=0.5)
        finally:
            for agent in self._agents.values():
                agent.stop()
            for thread in threads:
                thread.join(30)
        self.processes.end("collector")

    def stop(self) -> None:
        """Stop whatever still runs."""
        self.processes.stop()
        self.broker.stop()

    def feed(self, blocks: Iterable[Block], shift_ns: int, *, live: bool = False) -> None:
        """Give blocks to their agents, their times shifted; live ones when they are due."""
        for block in blocks:
            due_ns = block.end_ns + shift_ns
            if live and (wait_ns := due_ns - time.time_ns()) > 0:
                time.sleep(wait_ns / NS)
            self.fed[block.stream.key, block.seq] = time.time_ns()
            self._samples[block.stream.key] += block.n_samples
            agent = self._agents[self._agent_of_node[block.stream.node]]
            agent.feed(replace(block, start_ns=block.start_ns + shift_ns))

    def connected(self) -> bool:
        """Tell whether every agent has its broker."""
        return all(agent.connected for agent in self._agents.values())

    def spooled(self, standing: RowStanding) -> int:
        """Return how many blocks of the spools stand so."""
        return sum(counted(settings.spool.path, standing) for settings in self._settings)

    def shifted_truth(self, shift_ns: int) -> Path:
        """Return the truth of what was fed, at the times it was fed with."""
        shifted = self.folder / "shifted"
        shutil.copytree(self.folder / "truth", shifted)
        for stream in json.loads((shifted / "streams.json").read_text()):
            path = shifted / stream["file"]
            dtype = np.dtype([tuple(map(_hashable, field)) for field in stream["dtype"]])
            rows = np.fromfile(path, dtype)[: self._samples[stream["key"]]]
            rows["time_ns"] += shift_ns
            rows.tofile(path)
        return shifted

    def _edge(self, name: str, spots: Sequence[Spot]) -> EdgeSettings:
        path = self.folder / f"{name}.toml"
        path.write_text(
            edge_text(
                name, ports=self.folder / "ports", spool=self.folder / f"{name}.db",
                broker_port=self.link.port, spots=spots,
            )
        )  # fmt: skip
        return read_edge(path)


def _hashable(part: object) -> object:
    return tuple(part) if isinstance(part, list) else part
