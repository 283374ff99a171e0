"""An archive in memory: what each stream of a tower recorded, for tests of what reads it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from places import inventory_text

from plumbline.collector.archive.reader import ArchiveWindow
from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.block import NS
from plumbline.wire.inventory import ConstructionStage, read_inventory
from plumbline.wire.inventory.lookup import Place, places

HOUR_NS = 3600 * NS
T0_NS = 494_900 * HOUR_NS  # a whole hour of 2026
NODES = (("0A", "ground"), ("1A", "structure"), ("2A", "structure"), ("3A", "roof"))


def built(
    folder: Path, *stages: ConstructionStage, nodes: tuple[tuple[str, str], ...] = NODES
) -> dict[str, Place]:
    """Return the places of a tower with these stages."""
    path = folder / "inventory.toml"
    path.write_text(inventory_text(nodes), encoding="utf-8")
    known = places(read_inventory(path))
    structure = next(iter(known.values())).structure.model_copy(update={"stage": stages})
    return {key: replace(place, structure=structure) for key, place in known.items()}


def stage(day: dt.date, floors: int, *, complete: bool = False) -> ConstructionStage:
    """Return a construction stage."""
    return ConstructionStage(since=day, floors_cast=floors, complete=complete)


@dataclass
class Recorded:
    """What `ArchiveReader.read_window` gives, from arrays.

    Blocks are a second long; a stream's clock runs ``ppm`` slow and its times say so.
    """

    known: Mapping[str, Place]
    runs: dict[str, list[SampleRun]] = field(default_factory=dict)

    def put(self, key: str, physical: NDArray[np.float64], start_ns: int, ppm: float = 0.0) -> None:
        """Record samples of a stream, ``(n_axes, n)``, in its unit."""
        place = self.known[key]
        rate_hz = place.instrument.rate_hz
        counts = np.rint(physical * place.instrument.sensitivity).astype(np.int32)
        size = max(1, round(rate_hz))
        firsts = np.arange(0, counts.shape[1], size, dtype=np.int64)
        starts = start_ns + np.rint(firsts * (NS / rate_hz) * (1 + ppm * 1e-6)).astype(np.int64)
        for nslc, row in zip(place.stream.nslc, counts, strict=True):
            self.runs.setdefault(nslc, []).append(
                SampleRun(
                    nslc=nslc, rate_hz=rate_hz, counts=row, firsts=firsts, starts_ns=starts,
                    qualities=np.full(firsts.size, 100, np.int64),
                    errors_ns=np.full(firsts.size, 500_000, np.int64),
                )
            )  # fmt: skip

    def read_window(self, key: str, start_ns: int, end_ns: int) -> ArchiveWindow:
        names = self.known[key].stream.nslc
        channels = {
            name: [cut for run in self.runs.get(name, []) if (cut := run.trimmed(start_ns, end_ns))]
            for name in names
        }
        return ArchiveWindow(start_ns=start_ns, end_ns=end_ns, channels=channels, hidden={})

    def close(self) -> None:
        """Nothing to let go of."""


def level(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return Z at 1 g with these two below it."""
    return np.stack([np.full(rows[0].size, 9.8), *rows])
