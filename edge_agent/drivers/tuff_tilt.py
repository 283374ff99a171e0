"""The Jewell Tuff Tilt: SIM or XDR sentences, in degrees.

One count is 0.001°, and 0.001 °C, the last printed digits. XDR sentences name their axes and carry
a checksum: the value tagged E is x and the one tagged N is y, in whatever order they come (the
manual's examples contradict its text on the order). SIM sentences print x first, and have neither
tag nor checksum; their fixed widths show a lost or doubled byte.
"""

import re
from collections.abc import Iterator

from plumbline.edge_agent.drivers.driver import DriverNotice, DriverSpec, Item, Output
from plumbline.edge_agent.drivers.lily import RATES_HZ
from plumbline.edge_agent.drivers.lines import ARRIVAL_TIMED, LineInstrument, printed_count
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.framing.lines import body

NUMBER = r"[-\d]\d\d\.\d{3}"
SIM = re.compile(rf"\$({NUMBER}),({NUMBER}),({NUMBER}),([A-Z]\d{{4}})")
NUMBER_FIELD = re.compile(NUMBER)
TEMPERATURE_NAME = re.compile(r"T-([A-Z]\d{4})")
TAGS = {"E": "x", "N": "y"}


class TuffTilt(LineInstrument):
    """Reads the sentences of one Tuff Tilt."""

    def __init__(self, rate_hz: float, baud: int) -> None:
        super().__init__(rate_hz, baud)
        self._noticed_unit = False

    def understood(self, line: str, ready_ns: int) -> Iterator[Item]:
        """Yield the readings of one sentence, or why it is rejected."""
        if line.startswith("$YXXDR,"):
            yield from self._xdr(line, ready_ns)
        elif (found := SIM.fullmatch(line)) and self.is_known(found[4]):
            x, y, temperature = (printed_count(found[group]) for group in (1, 2, 3))
            yield from self._sample(x, y, temperature, ready_ns)
        elif line.startswith("*"):
            self.frames += 1  # an answer to a command
        else:
            yield Rejected(reason="not a Tuff Tilt sentence", raw=line.encode())

    def _xdr(self, line: str, ready_ns: int) -> Iterator[Item]:
        sentence = body(line)
        fields = sentence.split(",")[1:] if sentence else []
        if sentence is None or len(fields) % 4:
            reason = "XDR of wrong length" if sentence else "XDR checksum wrong"
            yield Rejected(reason=reason, raw=line.encode())
            return
        found: dict[str, int] = {}
        for kind, value, unit, name in zip(*[iter(fields)] * 4, strict=True):
            if kind == "A" and unit != "D":
                yield from self._wrong_unit(line, unit)
                return
            axis = TAGS.get(name, "")
            if kind == "C" and unit == "C" and (serial := TEMPERATURE_NAME.fullmatch(name)):
                self.serial = serial[1]
                axis = "t"
            if axis and NUMBER_FIELD.fullmatch(value):
                found[axis] = printed_count(value)
        if set(found) != {"x", "y", "t"}:
            yield Rejected(reason="XDR without N, E and temperature", raw=line.encode())
            return
        yield from self._sample(found["x"], found["y"], found["t"], ready_ns)

    def _sample(self, x: int, y: int, temperature: int, ready_ns: int) -> Iterator[Item]:
        self.frames += 1
        yield self.sampled("tilt", (x, y), ready_ns)
        yield self.sampled("temperature", (temperature,), ready_ns)

    def _wrong_unit(self, line: str, unit: str) -> Iterator[Item]:
        if not self._noticed_unit:
            self._noticed_unit = True
            yield DriverNotice(
                text=f"the Tuff Tilt prints unit {unit!r}, expected D (degrees): its lines are "
                "refused until it is switched back, as a count would mean something else"
            )
        yield Rejected(reason="XDR in another unit than degrees", raw=line.encode())


SPEC = DriverSpec(
    make=TuffTilt,
    summary="Jewell Tuff Tilt: SIM or XDR sentences, 1 Hz, 0.001° a count",
    baud=19_200,
    outputs=(
        Output(
            name="tilt", stream="LA", own_axes="xy", axes="12", rate_hz=1.0,
            unit="deg", counts_per_unit=1000.0,
        ),
        Output(
            name="temperature", stream="LK", own_axes="t", axes="I", rate_hz=1.0,
            unit="degC", counts_per_unit=1000.0, secondary=True,
        ),
    ),
    clock=ARRIVAL_TIMED,
    rates_hz=RATES_HZ,
)  # fmt: skip
