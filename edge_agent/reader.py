"""The reader: one thread that owns a port, its driver and the streams gathered from it."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Literal

from plumbline.edge_agent.blocks import Gatherer
from plumbline.edge_agent.clock import Clock
from plumbline.edge_agent.drivers import Driver, DriverNotice, Item
from plumbline.edge_agent.errors import PortAbsent, PortTrouble
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.merge_readings import merged_readings
from plumbline.edge_agent.serial_port import SerialPort
from plumbline.edge_agent.wakeup_pipe import WakeupPipe
from plumbline.wire.block import NS, Block
from plumbline.wire.messages import StreamHealth

LOG = logging.getLogger(__name__)
SILENT_AFTER_NS = 5 * NS
TURN_S = 1.0


class Reader:
    """Reads one instrument for as long as the agent runs.

    Parameters
    ----------
    port
        Where the bytes come from.
    driver
        Reads them.
    gatherers
        The streams, by the driver's name of the output.
    clock
        The host's clocks.
    reject
        Takes unreadable bytes, with the port and the time. [ns since 1970]
    emit
        Takes the blocks.
    """

    def __init__(
        self,
        *,
        port: SerialPort,
        driver: Driver,
        gatherers: dict[str, Gatherer],
        clock: Clock,
        reject: Callable[[str, Rejected, int], None],
        emit: Callable[[Block], None],
    ) -> None:
        self.driver = driver
        self.gatherers = gatherers
        self.rejected = 0
        self.turned_ns = clock.monotonic_ns()
        self._port = port
        self._clock = clock
        self._reject = reject
        self._emit = emit
        self._last_bytes_ns: int | None = None
        self._is_cut = True
        self._logged_trouble = ""
        self._stopping = threading.Event()
        self._wake = WakeupPipe()

    def run(self) -> None:
        """Read until stopped, then cut the open blocks."""
        while not self._stopping.is_set():
            self.turned_ns = self._clock.monotonic_ns()
            try:
                if self._port.is_open:
                    self._turn()
                else:
                    self._reopen()
            except PortTrouble as trouble:
                self._log_trouble(trouble)
                self._cut()
                self._stopping.wait(self._port.retry_s)
        self._cut()
        self._port.close()

    def stop(self) -> None:
        """Let the reading thread end (from any thread)."""
        self._stopping.set()
        self._wake.ring()

    def health(self) -> list[StreamHealth]:
        """Return how each stream is doing (from any thread)."""
        condition: Literal["ok", "silent", "unplugged"] = "ok"
        if not self._port.is_open:
            condition = "unplugged"
        elif self._last_bytes_ns is None or self._silent_ns() > SILENT_AFTER_NS:
            condition = "silent"
        return [self._health(gatherer, condition) for gatherer in self.gatherers.values()]

    def _reopen(self) -> None:
        self._port.open()
        if self._logged_trouble:
            LOG.warning("port %s is there", self._port.path)
            self._logged_trouble = ""
        self._handle(self.driver.reopened())

    def _turn(self) -> None:
        piece, arrival_ns = self._port.read(TURN_S, self._wake.fd)
        if piece:
            self._last_bytes_ns = arrival_ns
            self._handle(merged_readings(self.driver.feed(piece, arrival_ns)))
        elif self._silent_ns() > SILENT_AFTER_NS:
            self._cut()

    def _handle(self, items: Iterable[Item]) -> None:
        for item in items:
            if isinstance(item, Rejected):
                self.rejected += 1
                self._reject(self._port.path, item, self._clock.utc_ns())
            elif isinstance(item, DriverNotice):
                LOG.warning("port %s: %s", self._port.path, item.text)
            elif gatherer := self.gatherers.get(item.output):
                self._is_cut = False
                steps = gatherer.steps
                for block in gatherer.feed(item, self._clock.host_time()):
                    self._emit(block)
                if gatherer.steps > steps:
                    LOG.warning(
                        "times of %s leap by %+.3f s: the clock of this machine was set, or it "
                        "slept",
                        gatherer.stream.key,
                        gatherer.last_step_ns / NS,
                    )

    def _cut(self) -> None:
        """Emit the open blocks: nothing more is to come for now."""
        if self._is_cut:
            return
        self._is_cut = True
        for gatherer in self.gatherers.values():
            for block in gatherer.cut(self._clock.host_time()):
                self._emit(block)

    def _log_trouble(self, trouble: PortTrouble) -> None:
        """Log a trouble once, not at each attempt; gone and not there are the same."""
        kind = "absent" if isinstance(trouble, PortAbsent) else str(trouble)
        if kind != self._logged_trouble:
            LOG.error("%s", trouble)
        self._logged_trouble = kind

    def _silent_ns(self) -> int:
        return self._clock.monotonic_ns() - (self._last_bytes_ns or self._clock.monotonic_ns())

    def _health(
        self, gatherer: Gatherer, condition: Literal["ok", "silent", "unplugged"]
    ) -> StreamHealth:
        latest = gatherer.latest
        return StreamHealth(
            stream=gatherer.stream.key,
            port=self._port.path,
            condition=condition,
            last_sample_ns=latest.time_ns(latest.n_samples - 1) if latest else None,
            frames=self.driver.frames,
            rejected=self.rejected,
            gaps=gatherer.gaps,
            clock_error_ns=latest.clock_error_ns if latest else None,
            restarts=gatherer.restarts,
            clipped=gatherer.clipped,
        )
