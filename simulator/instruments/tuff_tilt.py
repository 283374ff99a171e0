"""The Tuff Tilt: a ruggedised two-axis tiltmeter that prints degrees once a second."""

from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from plumbline.simulator.emission import Emission, Sent, StreamFacts
from plumbline.simulator.instruments.agi_commands import CommandEar
from plumbline.simulator.instruments.tilt_reader import READINGS_PER_S, TiltReader, TiltSample
from plumbline.simulator.sampling import SampleTimes
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import InstrumentSpec, RigSpec
from plumbline.wire.block import NS

COUNTS_PER_URAD = 1000 * 180 / np.pi * 1e-6
"""One count is the last printed digit, 0.001°: 17.45 µrad."""
NOISE_URAD = 5.0
BOOT_S = 1.0


class SimulatedTuffTilt:
    """Simulated Tuff Tilt: SIM or XDR sentences.

    Options: ``format`` (``SIM`` or ``XDR``), ``range_deg`` (default 3), ``mount_urad`` (how far
    from level it was screwed to the wall, rms; default 500).
    """

    def __init__(self, spec: InstrumentSpec, rig: RigSpec, start_ns: int) -> None:
        self._spec, self._start_ns = spec, start_ns
        self._serial = spec.serial or "N1212"
        self._format = str(spec.options.get("format", "SIM"))
        if self._format not in FORMATS:
            raise ValueError(f"{spec.port}: format must be SIM or XDR, not {self._format!r}")
        self._range_urad = float(np.radians(float(str(spec.options.get("range_deg", 3)))) * 1e6)
        self._draw = np.random.default_rng([spec.seed, 0x7F])
        self._zero_urad = self._draw.normal(0, float(str(spec.options.get("mount_urad", 500))), 2)
        self._tilt = rig.stream_id(spec, "LA", spec.axes or "EN")
        self._warmth = rig.stream_id(spec, "LK", "I")
        self._ear = CommandEar()
        self._nonce = 0
        self.notes: list[dict[str, object]] = []
        self.restart(0.0)

    @property
    def facts(self) -> tuple[StreamFacts, ...]:
        """Tilt, and the instrument's own temperature."""
        return (
            StreamFacts(
                stream=self._tilt, rate_hz=1.0, unit="urad", counts_per_unit=COUNTS_PER_URAD
            ),
            StreamFacts(stream=self._warmth, rate_hz=1.0, unit="degC", counts_per_unit=1000.0),
        )

    def restart(self, at_s: float) -> None:
        """Begin anew, as after a power cut."""
        self._nonce += 1
        self._reader = TiltReader(
            level=self._spec.level,
            ticks=SampleTimes(
                begin_s=at_s + BOOT_S, rate_hz=READINGS_PER_S, ppm=self._spec.clock_ppm
            ),
            start_ns=self._start_ns,
            noise_urad=NOISE_URAD,
            draw=self._draw,
        )
        self._counter = 0
        self._streams = True
        self._greeting_ns: int | None = self._start_ns + round((at_s + BOOT_S) * NS)

    def step_clock(self, step_s: float) -> None:
        """Refuse: it has no clock."""
        raise ValueError(f"{self._spec.port}: a Tuff Tilt has no clock that could step")

    def receive(self, received: bytes, at_ns: int) -> list[Emission]:
        """Obey ``XYC2``, ``XYC-OFF``, ``SO-SIM``, ``SO-XDR``; echo the command."""
        out = []
        for command in self._ear.feed(received):
            match command:
                case "XYC2":
                    self._streams = True
                case "XYC-OFF":
                    self._streams = False
                case "SO-SIM" | "SO-XDR":
                    self._format = command.removeprefix("SO-")
            out.append(Emission(ready_ns=at_ns, payload=f"*9900{command}\r\n".encode()))
        return out

    def observe(self, frame: MotionFrame) -> list[Emission]:
        """See one more frame."""
        out = []
        if self._greeting_ns is not None:
            # An empty line at power-on ends whatever was on the line before.
            out.append(Emission(ready_ns=self._greeting_ns, payload=b"\r\n"))
            self._greeting_ns = None
        readings = self._reader.take(frame)
        return out + [self._sample(r, frame.temp_c) for r in readings if self._streams]

    def _sample(self, reading: TiltSample, temp_c: float) -> Emission:
        counts = np.rint(
            reading.tilt_urad(self._zero_urad, self._range_urad) * COUNTS_PER_URAD
        ).astype(np.int32)
        warm = np.array([round((temp_c + 0.5) * 1000)], dtype=np.int32)
        text = FORMATS[self._format](counts, int(warm[0]), self._serial)
        sent = tuple(
            Sent(
                stream=stream,
                nonce=self._nonce,
                counter=self._counter,
                times_ns=np.array([reading.motion_ns], dtype=np.int64),
                counts=values[:, None],
            )
            for stream, values in ((self._tilt, counts), (self._warmth, warm))
        )
        self._counter += 1
        return Emission(ready_ns=reading.ready_ns, payload=f"{text}\r\n".encode(), sent=sent)


def sim(counts: NDArray[np.int32], warm: int, serial: str) -> str:
    """Return the simple format: x first, no checksum."""
    x, y = counts
    return f"${x / 1000:07.3f},{y / 1000:07.3f},{warm / 1000:07.3f},{serial}"


def xdr(counts: NDArray[np.int32], warm: int, serial: str) -> str:
    """Return the NMEA transducer format: y (tagged N) first, with a checksum."""
    x, y = counts
    body = f"YXXDR,A,{y / 1000:07.3f},D,N,A,{x / 1000:07.3f},D,E,C,{warm / 1000:07.3f},C,T-{serial}"
    return f"${body}*{reduce(xor, body.encode()):02X}"


FORMATS = {"SIM": sim, "XDR": xdr}
