"""A collector's archive of a shaken tower, made by the collector's own archive stage."""

from pathlib import Path

import numpy as np
from detection_rig import RATE_HZ, blocks, tower_places
from motions import ambient, near
from places import inventory_text

from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.journal import Journal
from plumbline.research.replay.feeding import journal_of

N = 9000
NODES = (("0A", "ground"), ("1A", "structure"), ("3A", "roof"))


def shaken(seed: int = 1, onset_s: float = 40.0, factor: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    quake = near(np.random.default_rng(9), N, RATE_HZ, 60, onset_s)
    return np.stack([ambient(rng, N, RATE_HZ, 0.1) + factor * quake for _ in range(3)])


def archive_of(folder: Path, motion: dict[str, np.ndarray]) -> Path:
    """Let the collector's own archive stage keep a tower's motion."""
    tower = tower_places(folder)
    every = sorted(
        (block for name, x in motion.items() for block in blocks(tower[name], x)),
        key=lambda block: block.end_ns,
    )
    data = folder / "data"
    journal = Journal(data / "journal")
    settings = ArchiveSettings(close_on_stop=True)
    stage = ArchiveStage(data, journal, settings, every[-1].end_ns)
    stage.take(journal_of(every), every[-1].end_ns)
    stage.close()
    journal.close()
    (folder / "inventory.toml").write_text(inventory_text(NODES), encoding="utf-8")
    return data
