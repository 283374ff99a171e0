"""Simulated LILY borehole tiltmeter: ±330 µrad, once a second, levels itself on command.

Lines as logged by the ocean-bottom observatories (OOI BOTPT), without the prefix their hub adds;
``style = "botpt"`` adds it.
"""

import datetime as dt

import numpy as np

from plumbline.simulator.emission import Emission, Sent, StreamFacts
from plumbline.simulator.instruments.agi_commands import CommandEar
from plumbline.simulator.instruments.tilt_reader import READINGS_PER_S, TiltReader, TiltSample
from plumbline.simulator.sampling import SampleTimes
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import InstrumentSpec, RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS

RANGE_URAD = 330.0
NOISE_URAD = 0.1
BOOT_S = 1.0
LEVEL_S = 12
"""Seconds the motors take: half for x, half for y."""
COMPASS_DEG = 194.25
SUPPLY_V = 11.96


class SimulatedLily:
    """Simulated LILY borehole tiltmeter.

    Options: ``style`` (``native`` or ``botpt``), ``relevel_at_s`` (list of seconds),
    ``relevel_after_s`` (railed for so long: it levels itself; 0 never).
    """

    def __init__(self, spec: InstrumentSpec, rig: RigSpec, start_ns: int) -> None:
        self._spec, self._start_ns = spec, start_ns
        self._serial = spec.serial or "N9655"
        self._draw = np.random.default_rng([spec.seed, 0x11])
        self._zero_urad = self._draw.normal(0, 10, 2)
        self._tilt = rig.stream_id(spec, "LA", spec.axes or "EN")
        self._warmth = rig.stream_id(spec, "LK", "I")
        self._hub = spec.options.get("style", "native") == "botpt"
        at_s = spec.options.get("relevel_at_s", [])
        self._relevel_at_s = sorted(at_s) if isinstance(at_s, list) else []
        self._relevel_after_s = float(str(spec.options.get("relevel_after_s", 0)))
        self._ear = CommandEar()
        self._clock_s = 0.0
        self._nonce = 0
        self.notes: list[dict[str, object]] = []
        self.restart(0.0)

    @property
    def facts(self) -> tuple[StreamFacts, ...]:
        """Tilt, and the instrument's own temperature."""
        return (
            StreamFacts(stream=self._tilt, rate_hz=1.0, unit="urad", counts_per_unit=1000.0),
            StreamFacts(stream=self._warmth, rate_hz=1.0, unit="degC", counts_per_unit=100.0),
        )

    def restart(self, at_s: float) -> None:
        """Begin anew. The motors stay where they were; its own clock has a battery."""
        self._nonce += 1
        self._began_s = at_s + BOOT_S
        ticks = SampleTimes(
            begin_s=self._began_s, rate_hz=READINGS_PER_S, ppm=self._spec.clock_ppm
        )  # fmt: skip
        self._reader = TiltReader(
            level=self._spec.level,
            ticks=ticks,
            start_ns=self._start_ns,
            noise_urad=NOISE_URAD,
            draw=self._draw,
        )
        self._counter = 0
        self._streams = True
        self._levelling = 0
        self._railed = 0
        self._greeted = False

    def step_clock(self, step_s: float) -> None:
        """Set the clock that the hub prints; samples have no time of their own."""
        self._clock_s += step_s

    def receive(self, received: bytes, at_ns: int) -> list[Emission]:
        """Obey, and echo the command."""
        out = []
        for command in self._ear.feed(received):
            lines: list[str] = []
            match command:
                case "XYC2":
                    self._streams = True
                case "XYC-OFF":
                    self._streams = False
                case "XY-LEVEL,1":
                    self._levelling = LEVEL_S
                case "XY-LEVEL,0":
                    self._levelling = 0
                case "XY-DUMP-SETTINGS":
                    lines = [
                        f"*APPLIED GEOMECHANICS LILY Firmware V2.1 SN-{self._serial} ID01",
                        "*01: N_SAMP=  28 Xzero=  0.00 Yzero=  0.00",
                        "*01: TR-PASH-OFF E99-ON  SO-NMEA-SIM XY-EP 19200 baud FV-",
                    ]
            text = "".join(self._line(at_ns, line) for line in [*lines, f"*9900{command}"])
            out.append(Emission(ready_ns=at_ns, payload=text.encode()))
        return out

    def observe(self, frame: MotionFrame) -> list[Emission]:
        """See one more frame."""
        at_s = frame.start / SITE_RATE_HZ
        if self._relevel_at_s and self._relevel_at_s[0] <= at_s:
            self._relevel_at_s.pop(0)
            self._levelling = LEVEL_S
        out = [] if self._greeted else [self._banner()]
        self._greeted = True
        for reading in self._reader.take(frame):
            if self._levelling:
                out.append(self._level(reading, frame.temp_c))
            elif self._streams:
                out.append(self._sample(reading, frame.temp_c))
        return out

    def _banner(self) -> Emission:
        at_ns = self._start_ns + round(self._began_s * NS)
        text = f"*APPLIED GEOMECHANICS LILY Firmware V2.1 SN-{self._serial} ID01"
        return Emission(ready_ns=at_ns, payload=self._line(at_ns, text).encode())

    def _sample(self, reading: TiltSample, temp_c: float) -> Emission:
        counts = np.rint(reading.tilt_urad(self._zero_urad, RANGE_URAD) * 1000).astype(np.int32)
        warm = np.array([round((temp_c + 1) * 100)], dtype=np.int32)
        text = (
            f"{counts[0] / 1000:8.3f},{counts[1] / 1000:8.3f},{COMPASS_DEG:6.2f},"
            f"{warm[0] / 100:6.2f},{SUPPLY_V:5.2f},{self._serial}"
        )
        at_rail = bool((np.abs(counts) >= RANGE_URAD * 1000).any())
        self._railed = self._railed + 1 if at_rail else 0
        if self._relevel_after_s and self._railed >= self._relevel_after_s:
            self._levelling = LEVEL_S
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
        line = self._line(reading.ready_ns, text).encode()
        return Emission(ready_ns=reading.ready_ns, payload=line, sent=sent)

    def _level(self, reading: TiltSample, temp_c: float) -> Emission:
        """Drive one axis after the other toward zero; send lines that are no samples meanwhile."""
        axis = 0 if self._levelling > LEVEL_S // 2 else 1
        x, y = seen = reading.tilt_urad(self._zero_urad, RANGE_URAD)
        railed = abs(seen[axis]) >= RANGE_URAD
        # A motor closes part of what it sees each second, all of it in the last one of its axis.
        last = self._levelling in {LEVEL_S // 2 + 1, 1}
        self._zero_urad[axis] -= seen[axis] * (1.0 if last else 0.6)
        event = ""
        if last:
            event = ",Switching to Y!" if axis == 0 else ",Leveled!"
            if railed:
                event = (
                    ",X Axis out of range, switching to Y!"
                    if axis == 0
                    else ",Y Axis out of range!"
                )
        self._levelling -= 1
        if not self._levelling:
            self._railed = 0
            self.notes.append(
                {
                    "what": "levelled",
                    "at_ns": reading.ready_ns,
                    "zero_urad": [round(float(z), 3) for z in self._zero_urad],
                }
            )
        # The words run into the voltage without a comma: ",,Leveled!11.87,N9651".
        text = (
            f"*{x:8.3f},{y:8.3f},{COMPASS_DEG:6.2f},{temp_c + 1:6.2f},"
            f"{event}{SUPPLY_V:.2f},{self._serial}"
        )
        return Emission(
            ready_ns=reading.ready_ns, payload=self._line(reading.ready_ns, text).encode()
        )

    def _line(self, at_ns: int, text: str) -> str:
        if not self._hub:
            return f"{text}\r\n"
        clock = dt.datetime.fromtimestamp(at_ns // NS + self._clock_s, dt.UTC)
        return f"LILY,{clock:%Y/%m/%d %H:%M:%S},{text}\r\n"
