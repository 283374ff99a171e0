"""Emissions of an instrument: bytes at a time, and beside them the true samples in them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plumbline.simulator.site import MotionFrame
from plumbline.wire.identity import StreamId


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sent:
    """Samples as the instrument put them into its bytes.

    Attributes
    ----------
    stream
        Whose samples.
    nonce
        Which start of the instrument.
    counter
        Number of the first sample since that start, from 0.
    times_ns
        True UTC time of the motion of each sample, shape ``(n,)``. [ns since 1970]
    counts
        Shape ``(n_axes, n)``. [counts]
    """

    stream: StreamId
    nonce: int
    counter: int
    times_ns: NDArray[np.int64]
    counts: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Emission:
    """Bytes handed to the serial line at once.

    Attributes
    ----------
    ready_ns
        True UTC time at which the instrument begins to send. [ns since 1970]
    payload
        The bytes.
    sent
        The samples in them.
    """

    ready_ns: int
    payload: bytes
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """What a reader of the truth must know of a stream.

    Attributes
    ----------
    stream
        Its identity.
    rate_hz
        Nominal rate. [Hz]
    unit, counts_per_unit
        Physical unit and how many counts it has.
    """

    stream: StreamId
    rate_hz: float
    unit: str
    counts_per_unit: float


class SimulatedInstrument(Protocol):
    """Something that watches one level of the site and sends bytes."""

    @property
    def facts(self) -> tuple[StreamFacts, ...]:
        """The streams it sends."""

    @property
    def notes(self) -> list[dict[str, object]]:
        """Events of its own since the list was last emptied, as that it levelled itself."""

    def observe(self, frame: MotionFrame) -> list[Emission]:
        """See one more frame and return what is sent because of it, in order of time."""

    def restart(self, at_s: float) -> None:
        """Lose power and get it again at a second of the site's time."""

    def step_clock(self, step_s: float) -> None:
        """Let the instrument's own clock jump."""

    def receive(self, received: bytes, at_ns: int) -> list[Emission]:
        """Take bytes that the host wrote and return the answer."""
