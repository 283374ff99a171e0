"""The edge agent, assembled: a thread a port, one for the spool, one for the broker."""

import logging
import secrets
import shutil
import socket
import threading
from collections.abc import Callable

from plumbline import __version__
from plumbline.edge_agent.agent_state import AgentState
from plumbline.edge_agent.assembly import reader_of
from plumbline.edge_agent.clock import Clock
from plumbline.edge_agent.clock_memory import ClockMemory
from plumbline.edge_agent.locks import SpoolLock
from plumbline.edge_agent.publisher import Publisher
from plumbline.edge_agent.rejects import Rejects
from plumbline.edge_agent.settings import EdgeSettings
from plumbline.edge_agent.spool import Spool
from plumbline.edge_agent.writer import Writer
from plumbline.wire.block import NS, Block
from plumbline.wire.messages import Heartbeat, StreamBirth
from plumbline.wire.notify import notify

LOG = logging.getLogger(__name__)
STUCK_NS = 60 * NS
POLL_S = 2.0
GOODBYE_S = 5.0


class Agent:
    """One start of the agent.

    Parameters
    ----------
    settings
        The configuration.
    clock
        The host's clocks.

    Raises
    ------
    InUse
        If another agent has the spool.
    SpoolTrouble
        If the spool cannot be opened.
    """

    def __init__(self, settings: EdgeSettings, clock: Clock) -> None:
        self.boot = secrets.randbits(64)
        self._settings = settings
        self._clock = clock
        self._started_ns = clock.utc_ns()
        self._begun_ns = clock.monotonic_ns()
        self._stopping = threading.Event()
        self._broken = threading.Event()
        boot = f"{self.boot:016x}"
        path = settings.spool.path
        self._lock = SpoolLock(path)
        self._spool = Spool(path, bound_mb=settings.spool.bound_mb)
        self._spool.begin_boot(boot, self._started_ns)
        rejects = Rejects(path.with_name(path.stem + "-rejected.jsonl"))
        self._readers = [
            reader_of(
                settings,
                each,
                self.boot,
                clock,
                reject=rejects.record,
                emit=self._take,
                recall=self._recall,
            )
            for each in settings.instrument
        ]
        self._publisher = Publisher(
            settings=settings.broker,
            agent_state=AgentState(
                address=settings.address,
                boot=boot,
                host=socket.gethostname(),
                version=__version__,
                started_ns=self._started_ns,
                streams=self._births,
            ),
            spool=self._spool,
            heartbeat=self._heartbeat,
            monotonic_ns=clock.monotonic_ns,
        )
        self._writer = Writer(
            spool=self._spool,
            boot=boot,
            commit_s=settings.spool.commit_ms / 1000,
            committed=self._publisher.committed,
            memories=self._memories,
            monotonic_ns=clock.monotonic_ns,
        )

    def run(self) -> int:
        """Run until `stop` is called; return the exit code, 1 if a part of the agent broke."""
        readers = [
            self._thread(f"read-{number}", reader.run)
            for number, reader in enumerate(self._readers)
        ]
        writer = self._thread("spool", self._writer.run)
        publisher = self._thread("publish", self._publisher.run)
        for thread in (writer, publisher, *readers):
            thread.start()
        notify("READY=1")
        while not self._stopping.wait(POLL_S) and not self._broken.is_set():
            if self._is_turning():
                notify("WATCHDOG=1")
        notify("STOPPING=1")
        for reader in self._readers:
            reader.stop()
        for thread in readers:
            thread.join(GOODBYE_S)
        self._writer.stop()
        writer.join(GOODBYE_S)
        self._publisher.stop(GOODBYE_S)
        publisher.join(GOODBYE_S + 2)
        self._spool.close()
        self._lock.close()
        return 1 if self._broken.is_set() else 0

    def stop(self) -> None:
        """Let `run` flush what is held and end (from a signal handler or any thread)."""
        self._stopping.set()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except Exception:
                LOG.exception("the part %r of the agent broke; it ends, to be started again", name)
                self._broken.set()
                self._stopping.set()

        return threading.Thread(target=guarded, name=name, daemon=True)

    def _is_turning(self) -> bool:
        """Return whether every thread went round its loop within a minute."""
        now_ns = self._clock.monotonic_ns()
        turned = [self._writer.turned_ns, self._publisher.turned_ns]
        turned += [reader.turned_ns for reader in self._readers]
        return now_ns - min(turned) < STUCK_NS

    def _take(self, block: Block) -> None:
        self._writer.take(block)

    def _recall(self, key: str) -> ClockMemory | None:
        return ClockMemory.from_json(self._spool.fact(f"clock {key}"))

    def _memories(self) -> dict[str, str]:
        return {
            f"clock {each.stream.key}": each.memory.to_json()
            for reader in self._readers
            for each in reader.gatherers.values()
            if each.memory
        }

    def _births(self) -> tuple[StreamBirth, ...]:
        return tuple(
            StreamBirth(
                stream=gatherer.stream.key,
                axes=gatherer.stream.axes,
                rate_hz=gatherer.rate_hz,
                driver=instrument.driver,
                port=instrument.port,
                serial=reader.driver.serial,
            )
            for instrument, reader in zip(self._settings.instrument, self._readers, strict=True)
            for gatherer in reader.gatherers.values()
        )

    def _heartbeat(self) -> Heartbeat:
        fill = self._spool.fill()
        return Heartbeat(
            agent=self._settings.agent,
            boot=f"{self.boot:016x}",
            sent_ns=self._clock.utc_ns(),
            uptime_s=(self._clock.monotonic_ns() - self._begun_ns) / NS,
            spool_rows=fill.rows,
            spool_unheld=fill.unheld,
            spool_bytes=fill.bytes,
            disk_free_bytes=shutil.disk_usage(self._settings.spool.path.parent).free,
            clock_synchronised=self._clock.synchronised(),
            streams=tuple(health for reader in self._readers for health in reader.health()),
        )
