"""Killing at seeded random moments while data flows, and counting what that cost.

`Truth` and `count` know nothing of the agent: they compare sample numbers, which every count of the
node tells. A story that also kills a broker or a collector adds its own actions to `run_kills`.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from edge_node import altered

from plumbline.wire.block import Block

RATE_HZ = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Samples that are missing between two blocks.

    Attributes
    ----------
    first
        Number of the first one.
    missing
        How many, by their numbers.
    by_time
        How many, by the times of the blocks around them.
    """

    first: int
    missing: int
    by_time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What was lost, doubled or altered."""

    lost: int
    doubled: int
    altered: int
    gaps: tuple[Gap, ...]


def first_number(block: Block) -> int:
    """Return the number of a block's first sample (axes ZNE mapped from z, x, y)."""
    return int(block.counts[1, 0])


def committed(spool: Path) -> set[tuple[str, int, int]]:
    """Return stream, boot and seq of every row that is in a spool, read past the agent."""
    if not spool.exists():
        return set()
    with closing(sqlite3.connect(f"file:{spool}?mode=ro", uri=True)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'rows'").fetchone():
            return set()
        rows = db.execute("SELECT stream, boot, seq FROM rows").fetchall()
    return {(stream, int(boot, 16), seq) for stream, boot, seq in rows}


def count(
    blocks: Mapping[tuple[str, int, int], Block], promised: set[tuple[str, int, int]]
) -> Cost:
    """Compare what arrived with what was committed, and with itself."""
    ordered = sorted(blocks.values(), key=first_number)
    numbers = np.concatenate([first_number(each) + np.arange(each.n_samples) for each in ordered])
    gaps = []
    for before, after in pairwise(ordered):
        first = first_number(before) + before.n_samples
        if missing := first_number(after) - first:
            by_time = (after.start_ns - before.end_ns) * RATE_HZ / 1e9
            gaps.append(Gap(first=first, missing=missing, by_time=by_time))
    return Cost(
        lost=len(promised - set(blocks)),
        doubled=numbers.size - np.unique(numbers).size,
        altered=sum(altered(each) for each in ordered),
        gaps=tuple(gaps),
    )


def run_kills(
    actions: Mapping[str, Callable[[], None]],
    *,
    kills: int,
    seed: int,
    between_s: tuple[float, float],
    settled: Callable[[], None],
) -> list[str]:
    """Do seeded random actions at seeded random moments; return which were done.

    Parameters
    ----------
    actions
        What to kill (and start again), by name.
    kills
        How often.
    seed
        Of the choice and of the moments.
    between_s
        Shortest and longest time of peace before a kill. [s]
    settled
        Called after each, waits until data flows again.
    """
    rng = random.Random(seed)
    done = []
    for _ in range(kills):
        time.sleep(rng.uniform(*between_s))
        name = rng.choice(sorted(actions))
        actions[name]()
        done.append(name)
        settled()
    return done
