"""Load: blocks as many agents would publish them, made cheaply, without ptys or drivers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId

POOL_S = 64
"""Seconds of noise made once; each node walks through them from its own place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """The same slow sine on every node for a while: something to decide upon.

    Attributes
    ----------
    second, seconds
        When and how long. [s]
    hz, counts
        Frequency [Hz] and amplitude. [counts]
    """

    second: int
    seconds: int
    hz: float
    counts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Blocks of one second from many nodes of three axes.

    Attributes
    ----------
    nodes
        How many nodes; 36 share a structure, ``XX.LDnnn``. [1 to 35 999]
    rate_hz
        Samples a second and axis. [Hz]
    sigma_counts
        Noise of each axis. [counts]
    boot
        The boot of every block.
    bursts
        What stands out of the noise.
    seed
        Seed of the noise.
    """

    nodes: int
    rate_hz: int = 100
    sigma_counts: float = 41.0
    boot: int = 1
    bursts: tuple[Burst, ...] = ()
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.nodes < 36_000:
            raise ValueError(f"nodes must be 1 to 35 999, not {self.nodes}")

    def streams(self) -> list[StreamId]:
        """Return the identity of each node."""
        return [
            StreamId(
                network="XX",
                structure=f"LD{node // 36:03d}",
                node=_base36(node % 36),
                band_source="HN",
                axes="ENZ",
            )
            for node in range(self.nodes)
        ]

    def second(self, number: int, start_ns: int) -> Iterator[Block]:
        """Yield the blocks of one second, one a node.

        Parameters
        ----------
        number
            Which second, from 0: the ``seq`` of the blocks.
        start_ns
            UTC time of second 0. [ns since 1970]
        """
        pool = self._pool()
        wave = self._wave(number)
        for node, stream in enumerate(self.streams()):
            place = (number + 7 * node) % POOL_S
            yield Block(
                stream=stream,
                boot=self.boot,
                seq=number,
                start_ns=start_ns + number * NS,
                rate_hz=float(self.rate_hz),
                counts=pool[place] + wave,
                clock_error_ns=500_000,
                time_quality=100,
            )

    def blocks(self, start_ns: int, seconds: int) -> Iterator[Block]:
        """Yield every block of a run, second by second."""
        for number in range(seconds):
            yield from self.second(number, start_ns)

    def _pool(self) -> NDArray[np.int32]:
        draw = np.random.default_rng(self.seed)
        noise = draw.normal(0, self.sigma_counts, (POOL_S, 3, self.rate_hz))
        return np.rint(noise).astype(np.int32)

    def _wave(self, number: int) -> NDArray[np.int32]:
        t = number + np.arange(self.rate_hz) / self.rate_hz
        wave = np.zeros(self.rate_hz)
        for burst in self.bursts:
            if burst.second <= number < burst.second + burst.seconds:
                wave += burst.counts * np.sin(2 * np.pi * burst.hz * t)
        return np.rint(wave).astype(np.int32)


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "N" + digits[number]
