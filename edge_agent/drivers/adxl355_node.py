"""The ADXL355 node, protocol 1, as ``firmware_configs/adxl355_node/README.md`` writes it up.

Counts leave in units of 1/256 000 g whatever the range of the node, so that a node switched to
another range cannot halve an acceleration unseen: at ±4 g they are doubled, at ±8 g quadrupled,
which is exact.
"""

import struct
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plumbline.edge_agent.drivers.counter import Unwrapped
from plumbline.edge_agent.drivers.driver import DriverNotice, DriverSpec, Item, Output
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.framing.cobs import CobsReader
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import ClockTraits
from plumbline.wire.block import NS, STANDARD_GRAVITY_MS2

HELLO, SAMPLES, STATUS = 1, 2, 3
HEADER = struct.Struct("<BBIIHBB")  # type, stream, nonce, counter, temperature, flags, n
HELLO_HEADER = struct.Struct("<BBIIHBB")  # type, protocol, nonce, serial, firmware, range, streams
HELLO_STREAM = struct.Struct("<BBII")  # stream, per frame, rate [mHz], delay [us]
STATUS_BODY = struct.Struct("<BBIIIHHH")
MOST_SAMPLES = 26
SAMPLE_BYTES = 9
LINE_OVERHEAD_BYTES = 4  # CRC, one byte of stuffing, the zero that ends the frame

NAMES = {0: "raw", 1: "decimated"}
USUAL_DELAY_NS = {0: 3_260_000, 1: 103_260_000}
RATE_MHZ = {0: 500_000, 1: 100_000}
RANGE_SHIFT = {1: 0, 2: 1, 3: 2}
RANGE_G = {1: 2, 2: 4, 3: 8}
LOST_IN_NODE, CLIPPED, SELF_TEST = 0x02, 0x01, 0x04


class Adxl355Node:
    """Reads the frames of one node.

    Parameters
    ----------
    rate_hz
        Ignored: the node fixes its rates.
    baud
        Speed of the line, for the time a frame takes. [baud]
    """

    def __init__(self, rate_hz: float, baud: int) -> None:
        del rate_hz
        self.frames = 0
        self.serial: str | None = None
        self._ns_per_byte = 10 * NS / baud
        self._reader = CobsReader()
        self._nonce: int | None = None
        self._past_nonces: deque[int] = deque(maxlen=8)
        self._counters: dict[int, Unwrapped] = {}
        self._delay_ns = dict(USUAL_DELAY_NS)
        self._noticed: set[str] = set()

    def feed(self, piece: bytes, arrival_ns: int) -> Iterator[Item]:
        """Take bytes and their arrival; yield readings, rejected frames and notices."""
        for message in self._reader.feed(piece):
            yield from self._message(message, arrival_ns)

    def reopened(self) -> Iterator[Item]:
        """Forget the half frame left from before the line was opened again."""
        yield from self._reader.reset()

    def _message(self, message: bytes | Rejected, arrival_ns: int) -> Iterator[Item]:
        if isinstance(message, Rejected):
            yield message
        elif message[0] == SAMPLES:
            yield from self._samples(message, arrival_ns)
        elif message[0] == HELLO:
            yield from self._hello(message)
        elif message[0] == STATUS and len(message) != STATUS_BODY.size:
            yield Rejected(reason="STATUS of wrong length", raw=message)
        else:  # STATUS, or a type that a later protocol adds
            self.frames += 1

    def _samples(self, message: bytes, arrival_ns: int) -> Iterator[Item]:
        if len(message) < HEADER.size:
            yield Rejected(reason="SAMPLES of wrong length", raw=message)
            return
        _, stream, nonce, counter, _, flags, n = HEADER.unpack_from(message)
        scale = flags >> 4 & 3
        if not 1 <= n <= MOST_SAMPLES or len(message) != HEADER.size + SAMPLE_BYTES * n:
            yield Rejected(reason="SAMPLES of wrong length", raw=message)
            return
        if stream not in NAMES or scale not in RANGE_SHIFT or not self._is_current(nonce):
            yield Rejected(reason="SAMPLES of unknown stream, range or old nonce", raw=message)
            return
        self.frames += 1
        yield from self._flags(flags, scale)
        line_ns = round((len(message) + LINE_OVERHEAD_BYTES) * self._ns_per_byte)
        unwrapped = self._counters.setdefault(stream, Unwrapped(2**32))
        yield Readings(
            output=NAMES[stream],
            run=nonce,
            counter=unwrapped.place(counter, n),
            counts=_counts(message, n) << RANGE_SHIFT[scale],
            ready_ns=arrival_ns - line_ns - self._delay_ns[stream],
            clipped=bool(flags & CLIPPED),
        )

    def _hello(self, message: bytes) -> Iterator[Item]:
        size = HELLO_HEADER.size
        if len(message) < size or len(message) != size + HELLO_STREAM.size * message[13]:
            yield Rejected(reason="HELLO of wrong length", raw=message)
            return
        _, protocol, nonce, serial, firmware, _, _ = HELLO_HEADER.unpack_from(message)
        if not self._is_current(nonce):
            yield Rejected(reason="HELLO of old nonce", raw=message)
            return
        self.frames += 1
        self.serial = str(serial)
        if protocol != 1:
            yield from self._once(
                f"the node speaks protocol {protocol} (firmware {firmware >> 8}.{firmware & 255}); "
                "this driver reads protocol 1: update one of them"
            )
            return
        for stream, _, rate_mhz, delay_us in HELLO_STREAM.iter_unpack(message[size:]):
            if stream not in NAMES:
                continue
            self._delay_ns[stream] = 1000 * delay_us
            if rate_mhz != RATE_MHZ[stream]:
                yield from self._once(
                    f"stream {stream} of the node runs at {rate_mhz / 1000:g} Hz, expected "
                    f"{RATE_MHZ[stream] / 1000:g} Hz: its times will be wrong; correct the firmware"
                )

    def _is_current(self, nonce: int) -> bool:
        """Take up a new nonce; refuse one from before a restart, and 0."""
        if nonce == self._nonce:
            return True
        if nonce == 0 or nonce in self._past_nonces:
            return False
        if self._nonce is not None:
            self._past_nonces.append(self._nonce)
        self._nonce = nonce
        self._counters.clear()
        return True

    def _flags(self, flags: int, scale: int) -> Iterator[DriverNotice]:
        if flags & LOST_IN_NODE:
            yield from self._once(
                "the node lost samples before they reached the line (FIFO overrun or full buffer)"
            )
        if flags & SELF_TEST:
            yield from self._once("the self-test of the node is on: its samples are not motion")
        if scale != 1:
            yield from self._once(
                f"the node is set to ±{RANGE_G[scale]} g; its counts are scaled to 1/256000 g"
            )

    def _once(self, text: str) -> Iterator[DriverNotice]:
        if text not in self._noticed:
            self._noticed.add(text)
            yield DriverNotice(text=text)


def _counts(message: bytes, n: int) -> NDArray[np.int32]:
    """Return the samples of a SAMPLES message, shape ``(3, n)``."""
    i24 = np.frombuffer(message, dtype=np.uint8, offset=HEADER.size).reshape(3 * n, 3)
    i32 = np.zeros((3 * n, 4), dtype=np.uint8)
    i32[:, 1:] = i24
    return (i32.view("<i4").reshape(n, 3).T >> 8).astype(np.int32)


SPEC = DriverSpec(
    make=Adxl355Node,
    summary="ADXL355 node: framed, counted, 500 Hz and/or 100 Hz",
    baud=460_800,
    outputs=(
        Output(
            name="decimated", stream="HN", own_axes="xyz", axes="ZNE", rate_hz=100.0,
            unit="m/s2", counts_per_unit=256_000 / STANDARD_GRAVITY_MS2,
        ),
        Output(
            name="raw", stream="CN", own_axes="xyz", axes="ZNE", rate_hz=500.0,
            unit="m/s2", counts_per_unit=256_000 / STANDARD_GRAVITY_MS2,
        ),
    ),
    # 50 ppm of crystal and as much again; the constant delays are data-sheet values, not measured
    clock=ClockTraits(
        counted=True, max_skew=1e-4, error_ns=2_000_000, settling_error_ns=20_000_000,
        run_lasts=True,
    ),
)  # fmt: skip
