"""Finding the structure, node and instrument of a stream, and turning counts into units."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.block import Block
from plumbline.wire.identity import StreamId
from plumbline.wire.inventory.dating import zeros_at
from plumbline.wire.inventory.model import Instrument, Inventory, Node, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One stream with all that the inventory knows of it."""

    stream: StreamId
    structure: Structure
    node: Node
    instrument: Instrument
    _unit_a_count: NDArray[np.float64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        polarity = np.array([axis.polarity for axis in self.instrument.axes], dtype=np.float64)
        unit_a_count = polarity / self.instrument.sensitivity
        unit_a_count.flags.writeable = False
        object.__setattr__(self, "_unit_a_count", unit_a_count)

    def physical(self, block: Block) -> NDArray[np.float64]:
        """Return the samples in the instrument's unit, shape ``(n_axes, n_samples)``."""
        return block.counts * self._unit_a_count[:, np.newaxis]

    def unit_a_count(self) -> NDArray[np.float64]:
        """Return what a count of each axis is, with its polarity, shape ``(n_axes,)``. [unit]"""
        return self._unit_a_count

    def zeros(self, time_ns: int) -> tuple[float, ...]:
        """Return the commissioning zeros that hold at a time, NaN for an axis without one."""
        return zeros_at(self.instrument.axes, self.structure.timezone, time_ns)


def places(inventory: Inventory) -> dict[str, Place]:
    """Return every stream of an inventory by its key, as ``XX.TWR01.3A.HN``."""
    return {place.stream.key: place for place in _all(inventory)}


def _all(inventory: Inventory) -> Iterator[Place]:
    for structure in inventory.structure:
        for node in structure.node:
            for instrument in node.instrument:
                yield Place(
                    stream=inventory.stream_id(structure, node, instrument),
                    structure=structure,
                    node=node,
                    instrument=instrument,
                )
