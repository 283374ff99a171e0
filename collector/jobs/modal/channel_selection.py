"""Selection of the channels for modal tracking: horizontal ones, spread over the height."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from plumbline.collector.jobs.strong_motion.measurement import measured_streams
from plumbline.collector.jobs.strong_motion.node_measures import is_level
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Role

MOST_NODES = 6
"""Twelve channels resolve the first modes of a building; the cost grows with their square."""

LEAST_CHANNELS = 2
ABOVE = (Role.STRUCTURE, Role.ROOF)


def tracked_streams(
    places: Mapping[str, Place], structures: Collection[str] | None
) -> dict[str, list[Place]]:
    """Return the accelerometers that are followed, by structure, the lowest first.

    Structures with fewer than two horizontal channels above the base are left out: one channel
    has no shape to know a mode by.
    """
    found = {}
    for code, streams in measured_streams(places).items():
        above = [place for place in streams if place.node.role in ABOVE]
        chosen = _spread(sorted(above, key=lambda place: (place.node.level, place.node.code)))
        channels = sum(len(level_rows(place)) for place in chosen)
        if channels >= LEAST_CHANNELS and (structures is None or code in structures):
            found[code] = chosen
    return found


def level_rows(place: Place) -> list[int]:
    """Return the rows of a stream's horizontal axes."""
    return [row for row, axis in enumerate(place.instrument.axes) if is_level(axis)]


def channel_names(place: Place) -> list[str]:
    """Return the names of a stream's horizontal channels, as ``3A.N``."""
    return [f"{place.node.code}.{place.instrument.axes[row].code}" for row in level_rows(place)]


def _spread(ordered: Sequence[Place]) -> list[Place]:
    if len(ordered) <= MOST_NODES:
        return list(ordered)
    at = np.unique(np.linspace(0, len(ordered) - 1, MOST_NODES).round().astype(int))
    return [ordered[k] for k in at.tolist()]
