"""Tilt and settlement over a period: range and last of the hourly robust means, zero taken off."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from plumbline.analysis.tilt import robust_mean
from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

DEFORMATION_UNITS = (Unit.TILT, Unit.SETTLEMENT)
HOUR_NS = 3_600 * NS
LEAST_SHARE = 0.5
"""Share of an hour's readings below which the hour is left out. [1]"""


def deformation_values(
    data: Path, places: Sequence[Place], begin_ns: int, end_ns: int
) -> list[dict[str, Any]]:
    """Return the lowest, the highest and the last hourly mean of each tilt and settlement axis.

    An axis without a commissioning zero is given as it reads, ``zeroed`` says so; hours without
    half of their readings are left out.
    """
    archive = ArchiveReader(data)
    try:
        return [
            row
            for place in places
            if place.instrument.unit in DEFORMATION_UNITS
            for row in _rows(archive, place, begin_ns, end_ns)
        ]
    finally:
        archive.close()


def _rows(archive: ArchiveReader, place: Place, begin_ns: int, end_ns: int) -> list[dict[str, Any]]:
    hours: list[list[float]] = []
    for start_ns in range(begin_ns, end_ns, HOUR_NS):
        blocks = list(archived_blocks(archive, place, start_ns, min(start_ns + HOUR_NS, end_ns)))
        if sum(block.n_samples for block in blocks) < LEAST_SHARE * 3600 * place.instrument.rate_hz:
            continue
        values = np.concatenate([place.physical(block) for block in blocks], axis=-1)
        zeros = np.nan_to_num(place.zeros(start_ns))
        means = [robust_mean(row).centre for row in values]
        hours.append([mean - zero for mean, zero in zip(means, zeros, strict=True)])
    if not hours:
        return []
    table = np.array(hours)
    zeroed = np.isfinite(place.zeros(begin_ns))
    return [
        {
            "channel": place.stream.key + axis.code,
            "name": place.node.name,
            "unit": place.instrument.unit.value,
            "zeroed": bool(zeroed[row]),
            "lowest": float(table[:, row].min()),
            "highest": float(table[:, row].max()),
            "last": float(table[-1, row]),
            "hours": len(hours),
        }
        for row, axis in enumerate(place.instrument.axes)
    ]
