"""The serial line: bytes take time, arrive in order, never early; and what can go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from plumbline.simulator.emission import Emission, Sent
from plumbline.simulator.spec import FaultSpec
from plumbline.wire.block import NS

LINE_BITS = 10
"""8N1: start, eight, stop."""


class Fate(IntEnum):
    """What became of samples between the instrument and whoever listens."""

    DELIVERED = 0
    DROPPED = 1
    CORRUPTED = 2
    UNHEARD = 3
    TWICE = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineDelivery:
    """Bytes that reach the host's port at a time.

    Attributes
    ----------
    arrival_ns
        True UTC time at which the last byte arrives. [ns since 1970]
    payload
        The bytes, possibly damaged, empty when dropped.
    sent
        The samples that the instrument had put in.
    fate
        What became of them.
    """

    arrival_ns: int
    payload: bytes
    sent: tuple[Sent, ...]
    fate: Fate

    def with_fate(self, fate: Fate) -> "LineDelivery":
        """Return the same delivery with another end."""
        return replace(self, fate=fate)


class SerialLine:
    """One line with its speed, jitter and faults.

    Parameters
    ----------
    baud
        Speed. [bit/s]
    jitter_ms
        Each delivery is late by a uniform 0 to this. [ms]
    start_ns
        True UTC time of second 0 of the faults. [ns since 1970]
    faults
        Those of this line; only those of the line itself matter here.
    """

    def __init__(
        self,
        *,
        baud: int,
        jitter_ms: float,
        start_ns: int,
        faults: Sequence[FaultSpec] = (),
        seed: int = 1,
    ) -> None:
        self._ns_per_byte = LINE_BITS * NS / baud
        self._jitter_ns = jitter_ms * 1e6
        self._start_ns = start_ns
        self._faults = [f for f in faults if f.kind in FAULTS]
        self._draw = np.random.default_rng([seed, 0x11])
        self._free_ns = 0
        self._last_ns = 0

    def carry(self, emission: Emission) -> LineDelivery:
        """Take bytes in the order in which they are ready; return their arrival."""
        begin_ns = max(emission.ready_ns, self._free_ns)
        self._free_ns = begin_ns + round(len(emission.payload) * self._ns_per_byte)
        late_ns = round(self._draw.uniform(0, self._jitter_ns))
        self._last_ns = max(self._last_ns, self._free_ns + late_ns)
        payload, fate = self._damaged(emission)
        return LineDelivery(
            arrival_ns=self._last_ns, payload=payload, sent=emission.sent, fate=fate
        )

    def _damaged(self, emission: Emission) -> tuple[bytes, Fate]:
        at_s = (emission.ready_ns - self._start_ns) / NS
        for fault in self._faults:
            active = fault.start_s <= at_s < fault.start_s + fault.seconds
            if active and self._draw.uniform() < fault.share:
                return self._hurt(emission.payload, FAULTS[fault.kind])
        return emission.payload, Fate.DELIVERED

    def _hurt(self, payload: bytes, fate: Fate) -> tuple[bytes, Fate]:
        match fate:
            case Fate.DROPPED:
                return b"", fate
            case Fate.TWICE:
                return payload + payload, fate
        place = int(self._draw.integers(len(payload)))
        flipped = payload[place] ^ (1 << int(self._draw.integers(8)))
        return payload[:place] + bytes([flipped]) + payload[place + 1 :], fate


FAULTS = {"drop": Fate.DROPPED, "corrupt": Fate.CORRUPTED, "duplicate": Fate.TWICE}
