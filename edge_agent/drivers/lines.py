"""Base of the drivers of line instruments: lines in, readings timed by arrival out."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from plumbline.edge_agent.drivers.driver import Item
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.framing.lines import LineReader
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import ClockTraits
from plumbline.wire.block import NS

LINE_END_BYTES = 2
BURST_NS = 135_000_000  # middle of the 28 readings of a line to its beginning, as assumed in README

# The rate is a setting of the instrument's own clock; the spacing of the burst is not published.
ARRIVAL_TIMED = ClockTraits(
    counted=False, max_skew=5e-3, error_ns=200_000_000, settling_error_ns=300_000_000
)


class LineInstrument:
    """Base of the drivers that read one line a sample.

    Parameters
    ----------
    rate_hz
        Not needed: the lines are numbered by arrival behind the driver.
    baud
        Speed of the line, for the time a line takes. [baud]
    """

    def __init__(self, rate_hz: float, baud: int) -> None:
        del rate_hz
        self.frames = 0
        self.serial: str | None = None
        self.run = 0
        self._other_serial: str | None = None
        self._ns_per_byte = 10 * NS / baud
        self._reader = LineReader()

    def feed(self, piece: bytes, arrival_ns: int) -> Iterator[Item]:
        """Take bytes and their arrival; yield readings, rejected lines and notices."""
        for line in self._reader.feed(piece):
            if isinstance(line, Rejected):
                yield line
            else:
                taken = round((len(line) + LINE_END_BYTES) * self._ns_per_byte)
                yield from self.understood(line, arrival_ns - taken - BURST_NS)

    def reopened(self) -> Iterator[Item]:
        """Forget the half line, and whose it was, from before the port was opened again."""
        self.serial = self._other_serial = None
        yield from self._reader.reset()

    def understood(self, line: str, ready_ns: int) -> Iterator[Item]:
        """Yield the readings and notices of one line."""
        raise NotImplementedError

    def is_known(self, serial: str) -> bool:
        """Return whether a line is from the instrument before, or from a new one twice running.

        Without a checksum the serial number is what shows a damaged line; another number is
        believed when it comes twice running.
        """
        if self.serial is None or serial in (self.serial, self._other_serial):
            self.serial, self._other_serial = serial, None
            return True
        self._other_serial = serial
        return False

    def sampled(self, output: str, counts: Sequence[int], ready_ns: int) -> Readings:
        """Return one sample of one output."""
        column: NDArray[np.int32] = np.array(counts, dtype=np.int32).reshape(-1, 1)
        return Readings(output=output, run=self.run, counter=None, counts=column, ready_ns=ready_ns)


def printed_count(field: str) -> int:
    """Return a decimal field in units of its last printed digit: ``-236.026`` is -236026."""
    return int(field.strip().replace(".", ""))
