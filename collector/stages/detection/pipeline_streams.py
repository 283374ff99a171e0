"""Which streams and entries the detectors listen to."""

from collections.abc import Mapping

from plumbline.collector.journal.entry import Entry
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

RATE_AGREES = 1e-3
"""A block whose rate is further from the inventory's is another instrument's. [1]"""


def listened(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the acceleration streams."""
    return {k: p for k, p in places.items() if p.instrument.unit is Unit.ACCELERATION}


def listens(places: Mapping[str, Place], entry: Entry) -> bool:
    """Tell whether an entry is of one of the streams, at its rate, and not held out."""
    block = entry.block()
    place = places.get(block.stream.key)
    return (
        place is not None
        and not entry.held_out
        and abs(block.rate_hz / place.instrument.rate_hz - 1) < RATE_AGREES
    )
