"""The ADXL355 node: a MEMS accelerometer at 500 Hz, also decimated to 100 Hz, in CRC frames."""

import numpy as np
from numpy.typing import NDArray

from plumbline.simulator.emission import Emission, Sent, StreamFacts
from plumbline.simulator.instruments import adxl355_frames as frames
from plumbline.simulator.instruments.decimator import (
    DECIMATE,
    HIGHEST,
    LOWEST,
    TAPS,
    Decimator,
    at_rail,
)
from plumbline.simulator.instruments.specific_force import specific_force_ms2
from plumbline.simulator.noise import BandNoise
from plumbline.simulator.sampling import Sampler, SampleTimes
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import InstrumentSpec, RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS, STANDARD_GRAVITY_MS2

Counts = NDArray[np.int32]

NOISE_G_RTHZ = 22.5e-6
"""Noise density, data sheet, typical. [g/√Hz]"""
LSB_PER_G = {1: 256_000, 2: 128_000, 3: 64_000}
FILTER_DELAY_S = 1.63 / 500
RATE_HZ = {0: 500.0, 1: 100.0}
BAND = {0: "CN", 1: "HN"}
BOOT_S = 0.05
"""From power to the first sample: reset, self-check, configuration. [s]"""
OFFSET_MG = 8.0
"""Spread of the zero-g offset of each axis; the data sheet allows 25 mg (typical limit). [mg]"""


class SimulatedAdxl355Node:
    """One node at one level.

    Options: ``streams`` (a list of 0 and 1; default ``[1]``), ``range`` (1, 2 or 3),
    ``per_frame_0``, ``per_frame_1``.
    """

    def __init__(self, spec: InstrumentSpec, rig: RigSpec, start_ns: int) -> None:
        self._spec, self._start_ns = spec, start_ns
        option = spec.options
        streams = option.get("streams", [1])
        self._range = int(str(option.get("range", 1)))
        if not isinstance(streams, list) or not streams or not set(streams) <= {0, 1}:
            raise ValueError(f"{spec.port}: streams must be a list of 0 and 1, not {streams!r}")
        if self._range not in LSB_PER_G:
            raise ValueError(f"{spec.port}: range must be 1, 2 or 3, not {self._range}")
        self._scale = LSB_PER_G[self._range] / STANDARD_GRAVITY_MS2
        self._serial = int(spec.serial or 355_000 + spec.seed)
        self._draw = np.random.default_rng([spec.seed, 0xAD])
        self._offset_ms2 = self._draw.normal(0, OFFSET_MG / 1000, (3, 1)) * STANDARD_GRAVITY_MS2
        self._noise = BandNoise.of_density(
            spec.seed,
            3,
            band_hz=(0, 125),
            density=NOISE_G_RTHZ * STANDARD_GRAVITY_MS2,
            rate_hz=SITE_RATE_HZ,
        )
        self._ids = {s: rig.stream_id(spec, BAND[s], spec.axes or "ENZ") for s in sorted(streams)}
        self._per_frame = {0: int(str(option.get("per_frame_0", 10))),
                           1: int(str(option.get("per_frame_1", 5)))}  # fmt: skip
        self.notes: list[dict[str, object]] = []
        self.restart(0.0)

    @property
    def facts(self) -> tuple[StreamFacts, ...]:
        """The streams it sends."""
        return tuple(
            StreamFacts(stream=stream, rate_hz=RATE_HZ[s], unit="m/s2", counts_per_unit=self._scale)
            for s, stream in self._ids.items()
        )

    def restart(self, at_s: float) -> None:
        """Begin anew: another nonce, counters at 0, an empty filter."""
        self._nonce = int(self._draw.integers(1, 2**32))
        self._began_s = at_s + BOOT_S
        self._cause = 0
        ticks = SampleTimes(begin_s=self._began_s, rate_hz=RATE_HZ[0], ppm=self._spec.clock_ppm)
        self._sampler = Sampler(ticks, SITE_RATE_HZ)
        self._decimator = Decimator()
        self._waiting = {s: np.empty((3, 0), dtype=np.int32) for s in self._ids}
        self._clipped = {s: np.empty(0, dtype=bool) for s in self._ids}
        self._counter = dict.fromkeys(self._ids, 0)
        self._hellos = self._statuses = 0

    def step_clock(self, step_s: float) -> None:
        """Refuse: a counter is all the time the node has."""
        raise ValueError(f"{self._spec.port}: an ADXL355 node has no clock that could step")

    def receive(self, received: bytes, at_ns: int) -> list[Emission]:
        """Answer nothing: the node only talks."""
        return []

    def observe(self, frame: MotionFrame) -> list[Emission]:
        """See one more frame."""
        ticks, force = self._sampler.take(frame.start, specific_force_ms2(frame, self._spec.level))
        temp = frames.temp_code(frame.temp_c + 6)
        out = self._hellos_and_statuses(self._site_s(frame), temp)
        if ticks.size:
            noisy = force + self._offset_ms2 + self._noise.take(ticks.size)
            counts = np.clip(np.rint(noisy * self._scale), LOWEST, HIGHEST).astype(np.int32)
            if 0 in self._ids:
                self._waiting[0] = np.hstack([self._waiting[0], counts])
                self._clipped[0] = np.append(self._clipped[0], at_rail(counts))
            if 1 in self._ids:
                filtered, clipped = self._decimator.take(counts)
                self._waiting[1] = np.hstack([self._waiting[1], filtered])
                self._clipped[1] = np.append(self._clipped[1], clipped)
            for s in self._ids:
                out += self._packed(s, temp)
        return sorted(out, key=lambda emission: emission.ready_ns)

    def _site_s(self, frame: MotionFrame) -> float:
        return (frame.start + frame.n) / SITE_RATE_HZ

    def _hellos_and_statuses(self, until_s: float, temp: int) -> list[Emission]:
        """Return HELLO and STATUS that are due before a second of the site's time."""
        out = []
        while (at_s := self._began_s + self._hellos) < until_s:
            entries = tuple(
                frames.StreamEntry(
                    stream=s,
                    per_frame=self._per_frame[s],
                    rate_mhz=round(RATE_HZ[s] * 1000),
                    delay_us=round(self._delay_s(s) * 1e6),
                )
                for s in self._ids
            )
            message = frames.hello(
                nonce=self._nonce, serial=self._serial, range_code=self._range, streams=entries
            )
            # A lone delimiter ends whatever a power cut left on the line.
            start = b"\0" if self._hellos == 0 else b""
            out.append(
                Emission(ready_ns=self._utc_ns(at_s), payload=start + frames.framed(message))
            )
            self._hellos += 1
        while (at_s := self._began_s + 10 * self._statuses) < until_s:
            message = frames.status(
                nonce=self._nonce,
                uptime_ms=round((at_s - self._began_s) * 1000),
                cause=self._cause,
                supply_mv=4987,
                temp_code=temp,
            )
            out.append(Emission(ready_ns=self._utc_ns(at_s), payload=frames.framed(message)))
            self._statuses += 1
        return out

    def _utc_ns(self, site_s: float) -> int:
        return self._start_ns + round(site_s * NS)

    def _delay_s(self, stream: int) -> float:
        return FILTER_DELAY_S + (TAPS // 2 / RATE_HZ[0] if stream == 1 else 0.0)

    def _packed(self, stream: int, temp: int) -> list[Emission]:
        """Return the full frames of a stream."""
        n, out = self._per_frame[stream], []
        waiting, clipped = self._waiting[stream], self._clipped[stream]
        full = waiting.shape[1] // n * n
        times_ns = self._motion_ns(stream, self._counter[stream], full)
        for first in range(0, full, n):
            counts = waiting[:, first : first + n]
            message = frames.samples(
                stream=stream,
                nonce=self._nonce,
                counter=self._counter[stream],
                temp_code=temp,
                flags=frames.FLAG_CLIPPED if clipped[first : first + n].any() else 0,
                range_code=self._range,
                counts=counts,
            )
            sent = Sent(
                stream=self._ids[stream],
                nonce=self._nonce,
                counter=self._counter[stream],
                times_ns=times_ns[first : first + n],
                counts=counts,
            )
            ready_ns = int(times_ns[first + n - 1]) + round(self._delay_s(stream) * NS)
            out.append(Emission(ready_ns=ready_ns, payload=frames.framed(message), sent=(sent,)))
            self._counter[stream] += n
        self._waiting[stream] = waiting[:, full:]
        self._clipped[stream] = clipped[full:]
        return out

    def _motion_ns(self, stream: int, counter: int, n: int) -> NDArray[np.int64]:
        index = counter + np.arange(n)
        raw = index if stream == 0 else DECIMATE * index + TAPS // 2
        seconds = self._sampler.ticks.at_s(raw)
        return self._start_ns + np.rint(seconds * NS).astype(np.int64)
