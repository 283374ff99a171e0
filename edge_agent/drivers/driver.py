"""What every driver offers: bytes with their arrival in, readings out, no I/O and no clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import ClockTraits


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverNotice:
    """State of an instrument that its owner should read once, logged as a warning."""

    text: str


Item = Readings | Rejected | DriverNotice

# x points east, y north, z up, unless the configuration maps the axes otherwise
USUAL_ROWS = {"E": "x", "1": "x", "N": "y", "2": "y", "Z": "z", "3": "z", "I": "t"}
# FDSN source identifiers, band codes by sample rate: below 250 Hz "H" (or "E"), ...
BANDS = ((0.9, "VU"), (1.1, "L"), (10, "M"), (80, "BS"), (250, "HE"), (1000, "CD"), (1e6, "FG"))


class Driver(Protocol):
    """Incremental reader of one instrument.

    Attributes
    ----------
    frames
        Frames or lines understood so far.
    serial
        Serial number, once the instrument sent it.
    """

    frames: int
    serial: str | None

    def feed(self, piece: bytes, arrival_ns: int) -> Iterator[Item]:
        """Take bytes that arrived at monotonic time ``arrival_ns``; yield readings, notices."""

    def reopened(self) -> Iterator[Item]:
        """Forget the half frame left from before the line was opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One kind of samples a driver gives.

    Attributes
    ----------
    name
        As in `Readings.output`.
    stream
        Usual FDSN band and source codes.
    own_axes
        A letter for each row of the readings, as ``"xyz"``.
    axes
        Usual axis codes of the stream.
    rate_hz
        Nominal rate, unless the configuration sets another. [Hz]
    unit, counts_per_unit
        What a count means, for people who watch; the inventory is what counts.
    secondary
        Whether this comes beside another output, as a tiltmeter's temperature.
    """

    name: str
    stream: str
    own_axes: str
    axes: str
    rate_hz: float
    unit: str
    counts_per_unit: float
    secondary: bool = False

    @staticmethod
    def bands_at(rate_hz: float) -> str:
        """Return the FDSN band codes of broad-band and short-period sensors at a rate."""
        return next(codes for below_hz, codes in BANDS if rate_hz < below_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSpec:
    """One line of the table of drivers.

    Attributes
    ----------
    make
        Makes a driver, given the nominal rate [Hz] and the line's speed [baud].
    summary
        What it reads, for people.
    baud
        Usual speed of the line. [baud]
    outputs
        What it gives, the usual one first.
    clock
        What is known of the instrument's clock.
    rates_hz
        Rates that the configuration may choose from; empty where the instrument fixes it.
    """

    make: Callable[[float, int], Driver]
    summary: str
    baud: int
    outputs: tuple[Output, ...]
    clock: ClockTraits
    rates_hz: tuple[float, ...] = ()

    @property
    def usual(self) -> Output:
        """The output that is read when the configuration names no stream."""
        return self.outputs[0]
