"""The Jewell LILY borehole tiltmeter: a line of ASCII a second, in microradians.

One tilt count is 0.001 µrad and one temperature count 0.01 °C, the last printed digits. The lines
carry no checksum; their fields have fixed widths, so that a lost or doubled byte shows. Readings
from levelling (marked ``*``) are not tilt of anything and are left out; behind it the zero is
another one, and a new run begins.
"""

import re
from collections.abc import Iterator

from plumbline.edge_agent.drivers.driver import DriverNotice, DriverSpec, Item, Output
from plumbline.edge_agent.drivers.lines import ARRIVAL_TIMED, LineInstrument, printed_count
from plumbline.edge_agent.framing import Rejected

RATES_HZ = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
LOGGER_PREFIX = re.compile(r"LILY,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,")  # a hub puts it before the line
SAMPLE = re.compile(
    r"(?=[ \d.-]{8},)( {0,3}-?\d{1,3}\.\d{3}),(?=[ \d.-]{8},)( {0,3}-?\d{1,3}\.\d{3}),"
    r"(?=[ \d.]{6},) {0,2}\d{1,3}\.\d\d,(?=[ \d.-]{6},)( {0,2}-?\d{1,3}\.\d\d),"
    r" ?\d{1,2}\.\d\d,([A-Z]\d{4})"
)
FULL_SCALE = 330_000  # counts: +-330 urad, beyond which a reading is a bound
EVENT = re.compile(r"(Leveled!|Switching to [XY]!|[XY] Axis out of range[^!]*!)")


class Lily(LineInstrument):
    """Reads the lines of one LILY."""

    def understood(self, line: str, ready_ns: int) -> Iterator[Item]:
        """Yield the readings and notices of one line."""
        text = LOGGER_PREFIX.sub("", line, count=1).removeprefix("$")
        if text.startswith("*"):
            self.frames += 1
            if event := EVENT.search(text):
                self.run += event[0] == "Leveled!"
                yield DriverNotice(text=f"LILY {self.serial or ''}: {event[0]}")
            return
        found = SAMPLE.fullmatch(text)
        if not found or not self.is_known(found[4]):
            yield Rejected(reason="not a LILY line", raw=line.encode())
            return
        x, y, temperature = (printed_count(found[group]) for group in (1, 2, 3))
        if max(abs(x), abs(y)) > FULL_SCALE:
            yield Rejected(reason="LILY reading beyond its range", raw=line.encode())
            return
        self.frames += 1
        yield self.sampled("tilt", (x, y), ready_ns)
        yield self.sampled("temperature", (temperature,), ready_ns)


SPEC = DriverSpec(
    make=Lily,
    summary="Jewell LILY borehole tiltmeter: ASCII lines, 1 Hz, 0.001 µrad a count",
    baud=19_200,
    outputs=(
        Output(
            name="tilt", stream="LA", own_axes="xy", axes="12", rate_hz=1.0,
            unit="urad", counts_per_unit=1000.0,
        ),
        Output(
            name="temperature", stream="LK", own_axes="t", axes="I", rate_hz=1.0,
            unit="degC", counts_per_unit=100.0, secondary=True,
        ),
    ),
    clock=ARRIVAL_TIMED,
    rates_hz=RATES_HZ,
)  # fmt: skip
