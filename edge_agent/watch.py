"""Live readings for a person: rates, values, gaps and clock error, a line a stream."""

import threading
from collections import deque

from plumbline.edge_agent.assembly import reader_of
from plumbline.edge_agent.blocks import Gatherer
from plumbline.edge_agent.clock import Clock
from plumbline.edge_agent.drivers import Output
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.reader import Reader
from plumbline.edge_agent.settings import EdgeSettings
from plumbline.wire.block import NS, Block

RATE_OVER = 10  # blocks


class LiveWatch:
    """Live readings of the instruments of a configuration; nothing is stored.

    Parameters
    ----------
    settings
        The configuration.
    clock
        The host's clocks.
    """

    def __init__(self, settings: EdgeSettings, clock: Clock) -> None:
        self._recent: dict[str, deque[Block]] = {}
        self._rejected: dict[str, str] = {}
        self._rows: list[tuple[Reader, Gatherer, Output]] = []
        self._threads: list[threading.Thread] = []
        self._readers: list[Reader] = []
        for instrument in settings.instrument:
            reader = reader_of(
                settings,
                instrument,
                0,
                clock,
                reject=self._reject,
                emit=self._emit,
                recall=lambda key: None,
                block_s=1.0,
            )
            self._readers.append(reader)
            self._rows += [
                (reader, reader.gatherers[output.name], output)
                for output in instrument.streams().values()
            ]
            self._threads.append(threading.Thread(target=reader.run, daemon=True))

    def start(self) -> None:
        """Open the ports and begin to read."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close all ports and end their threads."""
        for reader in self._readers:
            reader.stop()
        for thread in self._threads:
            thread.join(2.0)

    def lines(self) -> list[str]:
        """Return a line for each stream, as it is now."""
        return [self._line(*row) for row in self._rows]

    def _line(self, reader: Reader, gatherer: Gatherer, output: Output) -> str:
        key = gatherer.stream.key
        health = next(each for each in reader.health() if each.stream == key)
        text = f"{key:16}"
        if health.condition != "ok":
            text += f" {health.condition:10}"
        recent = list(self._recent.get(key, ()))
        if recent:
            mean = recent[-1].counts.mean(axis=1) / output.counts_per_unit
            values = zip(gatherer.stream.axes, mean, strict=True)
            text += f" {_rate(recent):7.2f} Hz "
            text += " ".join(f"{axis} {value:+.4f}" for axis, value in values)
            text += f" {output.unit}  clock ±{recent[-1].clock_error_ns / 1e6:.0f} ms"
        text += f"  gaps {gatherer.gaps}  restarts {gatherer.restarts}  rejected {reader.rejected}"
        if reader.rejected and (reason := self._rejected.get(health.port)):
            text += f" (last: {reason})"
        return text

    def _emit(self, block: Block) -> None:
        self._recent.setdefault(block.stream.key, deque(maxlen=RATE_OVER)).append(block)

    def _reject(self, port: str, rejected: Rejected, utc_ns: int) -> None:
        del utc_ns
        self._rejected[port] = rejected.reason


def _rate(blocks: list[Block]) -> float:
    """Return the rate measured over blocks, or the nominal one of a single block. [Hz]"""
    first, last = blocks[0], blocks[-1]
    if first is last:
        return first.rate_hz
    samples = sum(block.n_samples for block in blocks[:-1])
    return samples * NS / max(1, last.start_ns - first.start_ns)
