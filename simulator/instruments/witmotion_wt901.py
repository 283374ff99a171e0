"""The WitMotion WT901: 11-byte frames, 0.488 mg a count, its own clock in milliseconds."""

import datetime as dt
import struct

import numpy as np

from plumbline.simulator.emission import Emission, Sent, StreamFacts
from plumbline.simulator.instruments.specific_force import specific_force_ms2
from plumbline.simulator.sampling import Sampler, SampleTimes
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import InstrumentSpec, RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS, STANDARD_GRAVITY_MS2

COUNTS_PER_G = 32768 / 16
NOISE_G = 0.002
"""300 µg/√Hz of the MPU-9250 class over the 44 Hz bandwidth setting. [g rms]"""
OFFSET_G = 0.02
TIME, ACCEL = 0x50, 0x51
BOOT_S = 0.5
RATES_HZ = (10, 20, 50, 100, 200)
BAND = {10: "BN", 20: "BN", 50: "BN", 100: "HN", 200: "HN"}
FACTORY_CLOCK = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
"""Where the clock of a unit without a battery begins after power-on."""


def frame_bytes(kind: int, body: bytes) -> bytes:
    """Return ``55 kind`` + 8 bytes + the low byte of the sum of all before."""
    head = bytes([0x55, kind]) + body
    return head + bytes([sum(head) & 0xFF])


class WitmotionWt901:
    """One WT901 set to send time and acceleration. Option: ``rate_hz`` (default 100)."""

    def __init__(self, spec: InstrumentSpec, rig: RigSpec, start_ns: int) -> None:
        self._spec, self._start_ns = spec, start_ns
        self._rate_hz = int(str(spec.options.get("rate_hz", 100)))
        if self._rate_hz not in RATES_HZ:
            raise ValueError(f"{spec.port}: rate_hz must be one of {RATES_HZ}")
        self._stream = rig.stream_id(spec, BAND[self._rate_hz], spec.axes or "ENZ")
        self._draw = np.random.default_rng([spec.seed, 0x90])
        self._offset_g = self._draw.normal(0, OFFSET_G, (3, 1))
        self._nonce = 0
        self.notes: list[dict[str, object]] = []
        self.restart(0.0)

    @property
    def facts(self) -> tuple[StreamFacts, ...]:
        """Facts of its one stream, acceleration, for the truth."""
        scale = COUNTS_PER_G / STANDARD_GRAVITY_MS2
        return (
            StreamFacts(
                stream=self._stream,
                rate_hz=float(self._rate_hz),
                unit="m/s2",
                counts_per_unit=scale,
            ),
        )

    def restart(self, at_s: float) -> None:
        """Begin anew, with the clock at its factory date."""
        self._nonce += 1
        self._clock_step = dt.timedelta()
        # The first sample falls anywhere within a millisecond of its clock.
        self._phase_ms = self._draw.uniform(0, 1)
        ticks = SampleTimes(begin_s=at_s + BOOT_S, rate_hz=self._rate_hz, ppm=self._spec.clock_ppm)
        self._sampler = Sampler(ticks, SITE_RATE_HZ)

    def step_clock(self, step_s: float) -> None:
        """Set the instrument's own clock forward or back."""
        self._clock_step += dt.timedelta(seconds=step_s)

    def receive(self, received: bytes, at_ns: int) -> list[Emission]:
        """Answer nothing: its settings were saved before it was installed."""
        return []

    def observe(self, frame: MotionFrame) -> list[Emission]:
        """See one more frame."""
        ticks, force = self._sampler.take(frame.start, specific_force_ms2(frame, self._spec.level))
        noise = self._draw.normal(0, NOISE_G, (ticks.size, 3)).T
        g = force / STANDARD_GRAVITY_MS2 + self._offset_g + noise
        counts = np.clip(np.rint(g * COUNTS_PER_G), -32768, 32767).astype(np.int32)
        seconds = self._sampler.ticks.at_s(ticks)
        times_ns = self._start_ns + np.rint(seconds * NS).astype(np.int64)
        temp = round((frame.temp_c + 4) * 100)
        return [
            Emission(
                ready_ns=int(times_ns[k]),
                payload=frame_bytes(TIME, self._clock(int(tick)))
                + frame_bytes(ACCEL, struct.pack("<4h", *counts[:, k], temp)),
                sent=(
                    Sent(
                        stream=self._stream,
                        nonce=self._nonce,
                        counter=int(tick),
                        times_ns=times_ns[k : k + 1],
                        counts=counts[:, k : k + 1],
                    ),
                ),
            )
            for k, tick in enumerate(ticks)
        ]

    def _clock(self, tick: int) -> bytes:
        """Return its time of a tick, cut to whole milliseconds."""
        ms = int(tick * 1000 / self._rate_hz + self._phase_ms)
        now = FACTORY_CLOCK + dt.timedelta(milliseconds=ms) + self._clock_step
        return struct.pack(
            "<6BH",
            now.year - 2000,
            now.month,
            now.day,
            now.hour,
            now.minute,
            now.second,
            now.microsecond // 1000,
        )
