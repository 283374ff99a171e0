"""Classification of a stored event, from the motion in the collector's archive."""

from collections.abc import Mapping

from plumbline.analysis.classify import Classification, ClassifySettings, classified
from plumbline.collector.events.model import Event
from plumbline.research.replay.archive import ArchivePlayback, structures_around
from plumbline.research.replay.classification import LONGEST_S, motion_of
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place


def verdict_of(
    event: Event, playback: ArchivePlayback, known: Mapping[str, Place], settings: ClassifySettings
) -> Classification | None:
    """Return the classification of an event; None where the archive holds too little of it."""
    own = {key: place for key, place in known.items() if place.structure.code == event.structure}
    found = structures_around(playback, own, [event])
    if not found:
        return None
    longest_ns = event.onset_ns + round(LONGEST_S * NS)
    end_ns = min(longest_ns, event.closed_ns or longest_ns)
    nodes = motion_of(found[0], event.onset_ns, end_ns)
    return classified(nodes, settings) if nodes else None
