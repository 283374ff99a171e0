"""When was a sample taken: the instrument's counter, disciplined by arrivals, mapped to UTC.

::

    counter ── nominal rate ──> x ── lower envelope of (arrival - x) ──> monotonic ── offset ──> UTC

Block starts follow that estimate with a bounded slew, so that a correction never looks like a gap;
only an estimate that is off by more than `STEP_NS` (the host's clock was set, the machine slept)
is taken over at once.

Time quality: 100 settled counter, 60 in the first minute of a run, 50 arrival-timed; half of it on
a host that does not say its clock is synchronised: the stated error is the one beside that clock.
"""

from dataclasses import dataclass

from plumbline.edge_agent.clock_memory import ClockMemory
from plumbline.edge_agent.envelope import WINDOW_NS, LowerEnvelope
from plumbline.wire.block import NS

SETTLED_AFTER_NS = 60 * NS
STEP_NS = 50_000_000  # what the first minute can slew away; more is not jitter but another clock
SETTLING_SLEW = 1e-3  # 1 ms in a block of 1 s: half a sample at 500 Hz
CORRECTING_SLEW = 3e-4  # beside the skew: below the 0.5 ms at which the archive ends a record


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTraits:
    """Traits of an instrument's clock: does it count, how far may its rate be off, how sure is it.

    Attributes
    ----------
    counted
        Whether the instrument counts its samples.
    run_lasts
        Whether the number of a run means the same to the next start of the agent.
    max_skew
        Largest error of its rate believed. [s/s]
    error_ns
        Largest error of a block's time once settled. [ns]
    settling_error_ns
        The same in the first 60 s of a run. [ns]
    """

    counted: bool
    max_skew: float
    error_ns: int
    settling_error_ns: int
    run_lasts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTime:
    """How monotonic time becomes UTC just now: UTC less monotonic, and whether to trust it."""

    offset_ns: int
    synchronised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Time of a sample: UTC, largest error, quality, and how far it leapt beside the last."""

    start_ns: int
    clock_error_ns: int
    time_quality: int
    step_ns: int


class Timebase:
    """Times of one run of one output: from the arrival of frames to UTC of samples.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate. [Hz]
    traits
        What is known of the instrument's clock.
    """

    __slots__ = ("_envelope", "_first_ns", "_last_ns", "_rate_hz", "_stamped", "_traits")

    def __init__(self, *, rate_hz: float, traits: ClockTraits) -> None:
        self._rate_hz = rate_hz
        self._traits = traits
        self._envelope = LowerEnvelope(max_skew=traits.max_skew)
        self._first_ns: int | None = None
        self._last_ns = 0
        self._stamped: tuple[int, int] | None = None

    def nominal_ns(self, counter: int) -> int:
        """Return the time of a sample by the instrument's own clock, from the run's zero. [ns]"""
        return round(counter * NS / self._rate_hz)

    def arrived(self, counter: int, ready_ns: int) -> None:
        """Note that sample ``counter`` was there at monotonic time ``ready_ns`` at the latest."""
        x = self.nominal_ns(counter)
        if self._first_ns is None:
            self._first_ns = x
        self._last_ns = x
        self._envelope.add(x, ready_ns - x)

    def recall(self, memory: ClockMemory, counter: int) -> None:
        """Go on from what an earlier start of the agent knew, if sample ``counter`` is next to it.

        Notes
        -----
        To be called before anything arrived. Older than the window of the envelope, or behind
        ``counter``, it tells nothing.
        """
        last_ns = memory.points[-1][0] if memory.points else 0
        if memory.points and 0 <= self.nominal_ns(counter) - last_ns <= WINDOW_NS:
            self._first_ns = memory.first_ns
            for x, y in memory.points:
                self._envelope.add(x, y)

    def memory(self, machine_boot: str, run: int) -> ClockMemory:
        """Return what the next start of the agent shall know."""
        return ClockMemory(
            machine_boot=machine_boot,
            run=run,
            first_ns=self._first_ns or 0,
            points=self._envelope.points,
        )

    def stamp(self, counter: int, host: HostTime) -> Stamp:
        """Return the time of a block's first sample; call it for blocks in their order."""
        x = self.nominal_ns(counter)
        target = x + self._envelope.at(x) + host.offset_ns
        settled = self._first_ns is not None and self._last_ns - self._first_ns >= SETTLED_AFTER_NS
        start, step = target, 0
        if self._stamped is not None:
            x_before, start_before = self._stamped
            expected = start_before + x - x_before
            slew = self._traits.max_skew + (CORRECTING_SLEW if settled else SETTLING_SLEW)
            most = round(slew * (x - x_before))
            if abs(target - expected) > max(STEP_NS, most):
                step = target - expected
            else:
                start = min(max(target, expected - most), expected + most)
        self._stamped = (x, start)
        error = self._traits.error_ns if settled else self._traits.settling_error_ns
        return Stamp(
            start_ns=start,
            clock_error_ns=error + abs(target - start),
            time_quality=self._quality(settled, host.synchronised),
            step_ns=step,
        )

    def _quality(self, settled: bool, synchronised: bool) -> int:
        quality = 100 if settled else 60
        if not self._traits.counted:
            quality = 50
        return quality if synchronised else quality // 2
