"""A site in simulated time: the bytes of its instruments, read as the agents read them, to blocks.

Instruments, lines, drivers, gatherers and the records that travel are the real ones; only ports,
broker and the wall clock are left out, so that an hour takes seconds.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from plumbline.collector.alerting.engine.engine import open_engine
from plumbline.collector.app.settings import read_collector
from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal import Journal
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.collector.stages.detection.late_stage import LateStage
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.collector.stages.runner import Stage
from plumbline.edge_agent.assembly import reader_of
from plumbline.edge_agent.reader import Reader
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.settings import EdgeSettings, read_edge
from plumbline.edge_agent.timebase import HostTime
from plumbline.simulator.offline import deliveries
from plumbline.simulator.spec import RigSpec
from plumbline.wire.block import FOREVER_NS, NS, Block
from plumbline.wire.inventory.lookup import places
from plumbline.wire.record import encode

Arrival = tuple[int, Block]
BOOT = 7


class SimulatedTime:
    """The clock of a host that only arrivals move: monotonic time is UTC."""

    machine_boot = ""

    def monotonic_ns(self) -> int:
        return 0

    def utc_ns(self) -> int:
        return 0

    def host_time(self) -> HostTime:
        return HostTime(offset_ns=0, synchronised=True)

    def synchronised(self) -> bool:
        return True


def arrivals(
    rig: RigSpec,
    agents: Sequence[EdgeSettings],
    *,
    start_ns: int,
    seconds: float,
    truth: Path | None = None,
    frame_s: float = 10.0,
) -> Iterator[Arrival]:
    """Yield every block of a rig with the time at which it was complete, in that order.

    The blocks still open at the end come last.
    """
    clock = SimulatedTime()
    readers = {
        Path(instrument.port).name: _reader(agent, number, clock)
        for agent in agents
        for number, instrument in enumerate(agent.instrument)
    }
    end_ns = start_ns
    sent = deliveries(rig, start_ns=start_ns, seconds=seconds, frame_s=frame_s, truth=truth)
    for port, delivery in sent:
        reader, end_ns = readers[port], delivery.arrival_ns
        for item in reader.driver.feed(delivery.payload, end_ns):
            if isinstance(item, Readings) and (into := reader.gatherers.get(item.output)):
                yield from ((end_ns, block) for block in into.feed(item, clock.host_time()))
    for reader in readers.values():
        for gatherer in reader.gatherers.values():
            yield from ((end_ns, block) for block in gatherer.cut(clock.host_time()))


def _reader(agent: EdgeSettings, number: int, clock: SimulatedTime) -> Reader:
    return reader_of(
        agent, agent.instrument[number], BOOT, clock,
        reject=lambda *_: None, emit=lambda _: None, recall=lambda _: None,
    )  # fmt: skip


class OfflineCollector:
    """Journal, detectors, events and alarms over a moved clock.

    Parameters
    ----------
    config
        A real ``collector.toml``; its data folder is used.
    """

    def __init__(self, config: Path) -> None:
        settings, inventory = read_collector(config)
        self.data = settings.data
        self.events = EventStore(settings.data / "state" / "events.db")
        self._journal = Journal(settings.data / "journal")
        known = places(inventory)
        self._stages: list[Stage] = [
            DetectionStage(settings=settings.detection, places=known, events=self.events, start=0),
            LateStage(settings=settings.detection, places=known, events=self.events, start=0),
            DeformationStage(
                settings=settings.deformation, places=known, events=self.events, start=0
            ),
        ]
        self._alarms = open_engine(settings.alerting, settings.data, self.events, inventory)
        self._offset = 0

    def take(self, arriving: Iterator[Arrival], group_ns: int = NS // 4) -> None:
        """Take blocks as they arrive, a group at a time, and let every stage follow after each."""
        for due_ns, group in itertools.groupby(arriving, key=lambda one: one[0] // group_ns):
            now_ns = (due_ns + 1) * group_ns
            some = list(group)
            self._journal.append(
                [(received_ns, encode(block)) for received_ns, block in some],
                [block for _, block in some],
            )
            self._journal.sync()
            entries = self._journal.read(self._offset)
            self._offset = entries[-1].next_offset
            for stage in self._stages:
                stage.take(entries, now_ns)
                stage.idle(now_ns)
            self._alarms.tick(now_ns)

    def saved_events(self) -> list[Event]:
        """Return every event, by onset."""
        return self.events.between(0, FOREVER_NS)

    def close(self) -> None:
        """Let go of files."""
        for stage in self._stages:
            stage.close()
        self._alarms.store.close()
        self.events.close()
        self._journal.close()


def read_agents(paths: Sequence[Path]) -> list[EdgeSettings]:
    """Return the configurations of agents."""
    return [read_edge(path) for path in paths]
