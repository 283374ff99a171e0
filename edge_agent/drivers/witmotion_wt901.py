"""The WitMotion WT901: time and acceleration frames; its millisecond clock is the counter.

A count is 16 g / 32768 (0.488 mg): for strong shaking only. An acceleration frame belongs to the
time frame before it; without one it cannot be numbered and is left out, unless the instrument sends
no time frames at all: then samples are timed by arrival.
"""

import datetime as dt
import struct
from collections.abc import Iterator

import numpy as np

from plumbline.edge_agent.drivers.driver import DriverNotice, DriverSpec, Item, Output
from plumbline.edge_agent.drivers.ticks import TickCounter
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.framing.witmotion import FRAME_BYTES, WitMotionReader
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import ClockTraits
from plumbline.wire.block import NS, STANDARD_GRAVITY_MS2

TIME, ACCELERATION = 0x50, 0x51
TIME_DATA = struct.Struct("<6BH")
ACCELERATION_DATA = struct.Struct("<4h")
DAY_MS = 86_400_000
UNTIMED_AFTER = 20  # acceleration frames without any time frame


class WitMotionWt901:
    """Reads the frames of one WT901.

    Parameters
    ----------
    rate_hz
        Rate set in the instrument. [Hz]
    baud
        Speed of the line, for the time the two frames take. [baud]
    """

    def __init__(self, rate_hz: float, baud: int) -> None:
        self.frames = 0
        self.serial: str | None = None
        self._line_ns = round(2 * FRAME_BYTES * 10 * NS / baud)
        self._reader = WitMotionReader()
        self._ticks = TickCounter(rate_hz)
        self._clock_ms: int | None = None
        self._was_timed = False
        self._untimed = 0

    def feed(self, piece: bytes, arrival_ns: int) -> Iterator[Item]:
        """Take bytes and their arrival; yield readings, rejected bytes and notices."""
        for frame in self._reader.feed(piece):
            if isinstance(frame, Rejected):
                yield frame
                continue
            self.frames += 1
            if frame[1] == TIME:
                self._clock_ms = clock_ms(frame)
                self._was_timed = True
            elif frame[1] == ACCELERATION:
                yield from self._acceleration(frame, arrival_ns)

    def reopened(self) -> Iterator[Item]:
        """Forget the half frame left from before the line was opened again."""
        self._clock_ms = None
        yield from self._reader.reset()

    def _acceleration(self, frame: bytes, arrival_ns: int) -> Iterator[Item]:
        at_ms, self._clock_ms = self._clock_ms, None
        if at_ms is None and (self._was_timed or self._untimed < UNTIMED_AFTER):
            self._untimed += 1
            yield Rejected(reason="acceleration without its time", raw=frame)
            if self._untimed == UNTIMED_AFTER and not self._was_timed:
                yield DriverNotice(
                    text="the WT901 sends no time frames: samples are timed by arrival, and short "
                    "gaps cannot be seen; switch them on (FF AA 02 03 00 after unlocking)"
                )
            return
        number = None if at_ms is None else self._ticks.number(at_ms, arrival_ns)
        x, y, z, _ = ACCELERATION_DATA.unpack_from(frame, 2)
        yield Readings(
            output="acceleration",
            run=self._ticks.run,
            counter=number,
            counts=np.array([[x], [y], [z]], dtype=np.int32),
            ready_ns=arrival_ns - self._line_ns,
        )


def clock_ms(frame: bytes) -> int:
    """Return the time of a time frame; its date only where it is one. [ms]"""
    fields: tuple[int, ...] = TIME_DATA.unpack_from(frame, 2)
    year, month, day, hour, minute, second, ms = fields
    try:
        days = dt.date(2000 + year, month, day).toordinal()
    except ValueError:
        days = 0  # never set: the clock still counts
    return days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms


SPEC = DriverSpec(
    make=WitMotionWt901,
    summary="WitMotion WT901: time and acceleration frames, 100 Hz, 0.488 mg a count",
    baud=115_200,
    outputs=(
        Output(
            name="acceleration", stream="HN", own_axes="xyz", axes="ZNE", rate_hz=100.0,
            unit="m/s2", counts_per_unit=2048 / STANDARD_GRAVITY_MS2,
        ),
    ),
    # its low-pass (256 Hz unless set lower) delays by milliseconds that the maker does not tell
    clock=ClockTraits(
        counted=True, max_skew=2e-4, error_ns=10_000_000, settling_error_ns=25_000_000
    ),
    rates_hz=(10.0, 20.0, 50.0, 100.0, 200.0),
)  # fmt: skip
