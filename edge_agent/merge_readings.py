"""Merging the readings of one read of a port into one piece a run of samples.

A machine that was busy reads seconds of frames at once, all with the time of that read. Only the
last of them shows when it was sampled; a block stamped from the first alone would be seconds late,
and the next would have to step back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from plumbline.edge_agent.drivers import Item
from plumbline.edge_agent.readings import Readings


def merged_readings(items: Iterable[Item]) -> Iterator[Item]:
    """Yield what a driver made of one read, with samples that follow each other in one piece.

    Samples of an instrument that does not count stay as they are: each line has its own arrival.
    So do frames that are marked as clipped: they are counted.
    """
    open_runs: dict[str, list[Readings]] = {}
    for item in items:
        if not isinstance(item, Readings):
            yield item
            continue
        parts = open_runs.setdefault(item.output, [])
        if parts and not _follows(parts[-1], item):
            yield _one(parts)
            parts.clear()
        parts.append(item)
    for parts in open_runs.values():
        yield _one(parts)


def _follows(before: Readings, after: Readings) -> bool:
    return (
        before.counter is not None
        and before.run == after.run
        and not (before.clipped or after.clipped)
        and before.counter + before.counts.shape[1] == after.counter
    )


def _one(parts: list[Readings]) -> Readings:
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[-1],
        counter=parts[0].counter,
        counts=np.concatenate([part.counts for part in parts], axis=1),
    )
