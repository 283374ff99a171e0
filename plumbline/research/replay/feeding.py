"""Journal entries of a structure: its places in an inventory and its blocks in their order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.collector.journal.entry import Entry
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory import Axis, Instrument, Inventory, Role, Unit
from plumbline.wire.inventory import Node as InventoryNode
from plumbline.wire.inventory import Structure as InventoryStructure
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.inventory.model import Network
from plumbline.wire.record import encode

NOISE_S = 20.0
"""Instrument noise put before a record: triggers need that long to be armed. [s]"""

DENSITY_MS2 = 22.5e-6 * STANDARD_GRAVITY_MS2
"""An ADXL355's noise, 22.5 ug/sqrt(Hz): the floor the triggers start from. [m/s2/sqrt(Hz)]"""

BLOCK_S = 1.0
FINEST = 1e7
"""Counts for 1 m/s2: far below any instrument's own step. [1/(m/s2)]"""
LARGEST_COUNT = 2**30
STREAM = "HN"
BOOT = 1


def with_noise_before(node: ReplayNode, seconds: float, seed: int) -> ReplayNode:
    """Return a node that stood in instrument noise for a while before its record began.

    Parameters
    ----------
    seconds
        How long. [s]
    seed
        Seed of the noise.
    """
    n = round(seconds * node.rate_hz)
    if n == 0:
        return node
    rng = np.random.default_rng(seed)
    sigma_ms2 = DENSITY_MS2 * np.sqrt(node.rate_hz / 2)
    noise = rng.normal(0.0, sigma_ms2, (len(node.axes), n)) + node.offset_ms2[:, np.newaxis]
    first = node.pieces[0]
    start_ns = first.start_ns - round(n * NS / first.rate_hz)
    before = ReplayPiece(
        start_ns=start_ns,
        rate_hz=first.rate_hz,
        accel_ms2=np.concatenate([noise, first.accel_ms2], axis=1),
    )
    return replace(node, pieces=(before, *node.pieces[1:]))


def places_of(structures: Iterable[ReplayStructure]) -> dict[str, Place]:
    """Return the streams the structures would have in an inventory."""
    inventory = Inventory(
        network=Network(code="XX"),
        structure=tuple(
            InventoryStructure(
                code=structure.code,
                name=structure.name,
                latitude=0.0,
                longitude=0.0,
                node=tuple(_installed(node) for node in structure.nodes),
            )
            for structure in structures
        ),
    )
    return places(inventory)


def entries_of(structures: Iterable[ReplayStructure], known: dict[str, Place]) -> list[Entry]:
    """Return the journal of all structures, in the order in which blocks end."""
    blocks = [
        block
        for structure in structures
        for node in structure.nodes
        for block in _blocks(node, known[f"XX.{structure.code}.{node.code}.{STREAM}"])
    ]
    return journal_of(sorted(blocks, key=lambda block: block.end_ns))


def journal_of(blocks: Sequence[Block]) -> list[Entry]:
    """Return blocks as the journal would hold them, received as they end."""
    entries: list[Entry] = []
    offset = 0
    for block in blocks:
        payload = encode(block)
        after = offset + len(payload)
        entries.append(Entry(offset, after, block.end_ns, payload))
        offset = after
    return entries


def _installed(node: ReplayNode) -> InventoryNode:
    codes = ["Z" if i == node.vertical else str(i + 1) for i in range(len(node.axes))]
    return InventoryNode(
        code=node.code,
        name=node.name,
        role=Role(node.role),
        level=node.level,
        instrument=(
            Instrument(
                stream=STREAM,
                model="record",
                rate_hz=node.rate_hz,
                unit=Unit.ACCELERATION,
                sensitivity=_sensitivity(node.pieces),
                axes=tuple(
                    Axis(code=code, azimuth_deg=0.0, dip_deg=-90.0 if code == "Z" else 0.0)
                    for code in codes
                ),
            ),
        ),
    )


def _sensitivity(pieces: Sequence[ReplayPiece]) -> float:
    largest = max(float(np.abs(piece.accel_ms2).max()) for piece in pieces)
    return min(FINEST, LARGEST_COUNT / largest) if largest else FINEST


def _blocks(node: ReplayNode, place: Place) -> Iterator[Block]:
    size = max(1, round(BLOCK_S * node.rate_hz))
    seq = 0
    for piece in node.pieces:
        counts: NDArray[np.int32] = np.rint(piece.accel_ms2 * place.instrument.sensitivity).astype(
            np.int32
        )
        for first in range(0, piece.n_samples, size):
            yield Block(
                stream=place.stream,
                boot=BOOT,
                seq=seq,
                start_ns=piece.time_ns(first),
                rate_hz=node.rate_hz,
                counts=counts[:, first : first + size],
                clock_error_ns=0,
                time_quality=100,
            )
            seq += 1
        seq += 1  # what follows a gap does not follow by number
