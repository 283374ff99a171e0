"""Readings gathered into blocks: cut on a gap, never filled."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plumbline.edge_agent.clock_memory import ClockMemory
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.sample_counter import SampleCounter
from plumbline.edge_agent.timebase import ClockTraits, HostTime, Timebase
from plumbline.wire.block import Block
from plumbline.wire.identity import StreamId

REMEMBER_NS = 5_000_000_000
FAST_HZ = 50.0
SHORT_BLOCK_S = 1.0
LONG_BLOCK_S = 10.0  # a one-sample record is 236 bytes


def block_seconds(rate_hz: float) -> float:
    """Return the usual length of a block: 1 s at 50 Hz or more, else 10 s. [s]"""
    return SHORT_BLOCK_S if rate_hz >= FAST_HZ else LONG_BLOCK_S


class Gatherer:
    """One stream: takes the readings of one output of an instrument, yields blocks.

    Parameters
    ----------
    stream
        Identity of the blocks.
    boot
        Number of this start of the agent.
    rows
        For each row of a block, the row of the readings it comes from.
    rate_hz
        Nominal sampling rate. [Hz]
    block_s
        Length of a whole block. [s]
    traits
        What is known of the instrument's clock.

    machine_boot
        Number of this start of the machine; without one nothing of the clock is remembered.
    remembered
        What an earlier start of the agent knew of the instrument's clock.

    Attributes
    ----------
    memory
        What the next start of the agent shall know; there from the first block on, and renewed
        every five seconds.

    Notes
    -----
    What happened is counted in ``gaps`` (counter jumped), ``restarts`` (the instrument's counter
    began again), ``repeated`` (samples that were already there, dropped), ``clipped`` (readings
    beyond the instrument's range, as it says) and ``steps`` (block times leapt, because the host's
    clock was set or the machine slept).
    """

    def __init__(
        self,
        *,
        stream: StreamId,
        boot: int,
        rows: tuple[int, ...],
        rate_hz: float,
        block_s: float,
        traits: ClockTraits,
        machine_boot: str = "",
        remembered: ClockMemory | None = None,
    ) -> None:
        self.stream = stream
        self.rate_hz = rate_hz
        self.gaps = self.restarts = self.repeated = self.clipped = self.steps = 0
        self.last_step_ns = 0
        self.latest: Block | None = None
        self.memory: ClockMemory | None = None
        self._boot = boot
        self._rows = list(rows)
        self._traits = traits
        self._machine_boot = machine_boot
        self._remembered = remembered
        self._memory_at_ns: int | None = None
        self._full = max(1, round(block_s * rate_hz))
        self._seq = 0
        self._run: int | None = None
        self._timebase = Timebase(rate_hz=rate_hz, traits=traits)
        self._sample_counter = SampleCounter(rate_hz=rate_hz, max_skew=traits.max_skew)
        self._expected: int | None = None
        self._first = 0
        self._held = 0
        self._pieces: list[NDArray[np.int32]] = []

    def feed(self, readings: Readings, host: HostTime) -> Iterator[Block]:
        """Take readings; yield the blocks that are complete with them."""
        self.clipped += readings.clipped
        if readings.run != self._run:
            yield from self.cut(host)
            self.restarts += self._run is not None
            self._run = readings.run
            self._timebase = Timebase(rate_hz=self.rate_hz, traits=self._traits)
            self._sample_counter = SampleCounter(
                rate_hz=self.rate_hz, max_skew=self._traits.max_skew
            )
            self._expected = None
            if readings.counter is not None:
                self._recall(readings.counter)
        if readings.counter is not None:
            yield from self._counted(readings.counter, readings.counts, readings.ready_ns, host)
            return
        before = self._sample_counter.repeated
        for number, counts, ready_ns in self._sample_counter.feed(
            readings.counts, readings.ready_ns
        ):
            yield from self._counted(number, counts, ready_ns, host)
        self.repeated += self._sample_counter.repeated - before

    def cut(self, host: HostTime) -> Iterator[Block]:
        """Yield the open block, however short: nothing more is to come for now."""
        for number, counts, ready_ns in self._sample_counter.settle():
            yield from self._counted(number, counts, ready_ns, host)
        yield from self._close(host)

    def _recall(self, counter: int) -> None:
        memory, self._remembered = self._remembered, None
        if memory is None or not self._traits.run_lasts or not self._machine_boot:
            return
        if (memory.machine_boot, memory.run) == (self._machine_boot, self._run):
            self._timebase.recall(memory, counter)

    def _counted(
        self, counter: int, counts: NDArray[np.int32], ready_ns: int, host: HostTime
    ) -> Iterator[Block]:
        if self._expected is not None and counter < self._expected:
            old = min(self._expected - counter, counts.shape[1])
            self.repeated += old
            counter, counts = counter + old, counts[:, old:]
            if counts.shape[1] == 0:
                return
        if self._expected is not None and counter > self._expected:
            self.gaps += 1
            yield from self._close(host)
        self._expected = counter + counts.shape[1]
        self._timebase.arrived(self._expected - 1, ready_ns)
        while counts.shape[1]:
            if not self._held:
                self._first = counter
            part = counts[:, : self._full - self._held]
            self._pieces.append(part)
            self._held += part.shape[1]
            counter += part.shape[1]
            counts = counts[:, part.shape[1] :]
            if self._held == self._full:
                yield from self._close(host)

    def _close(self, host: HostTime) -> Iterator[Block]:
        if not self._held:
            return
        stamp = self._timebase.stamp(self._first, host)
        if stamp.step_ns:
            self.steps += 1
            self.last_step_ns = stamp.step_ns
        self.latest = Block(
            stream=self.stream,
            boot=self._boot,
            seq=self._seq,
            start_ns=stamp.start_ns,
            rate_hz=self.rate_hz,
            counts=np.concatenate(self._pieces, axis=1)[self._rows],
            clock_error_ns=stamp.clock_error_ns,
            time_quality=stamp.time_quality,
        )
        self._seq += 1
        nominal_ns = self._timebase.nominal_ns(self._first)
        due = self._memory_at_ns is None or abs(nominal_ns - self._memory_at_ns) >= REMEMBER_NS
        if due and self._run is not None:
            self._memory_at_ns = nominal_ns
            self.memory = self._timebase.memory(self._machine_boot, self._run)
        self._pieces.clear()
        self._held = 0
        yield self.latest
