"""Late arrivals: motion of nodes whose samples came after the episode they belong to."""

from collections.abc import Sequence

from plumbline.collector.events.model import MOTION_KINDS, Event, Nodes
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.episode import LEAD_NS, NodeMotionSummary, node_report
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.wire.block import NS

REACH_NS = 7_200 * NS
"""An episode that began longer ago has been closed. [ns]"""


class LateArrivals:
    """Adds the motion of late samples to the live episodes they belong to.

    Notes
    -----
    An event keeps the larger of two peaks, so taking the same samples again changes nothing.
    """

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._motion: dict[tuple[str, str], NodeMotionSummary] = {}

    def added_motion(
        self, structure: str, node: str, frames: Sequence[TriggerFrame]
    ) -> dict[str, Nodes]:
        """Return what a node's late frames add to live events, by event."""
        first_ns, last_ns = frames[0].end_ns, frames[-1].end_ns
        added: dict[str, Nodes] = {}
        for event in self._live(structure, first_ns, last_ns):
            motion = self._motion.setdefault((event.id, node), NodeMotionSummary(late=1))
            for frame in frames:
                if event.onset_ns < frame.end_ns <= (event.closed_ns or last_ns):
                    motion.add(frame, event.onset_ns - LEAD_NS)
            known = float(event.nodes.get(node, {}).get("peak_gal", 0.0))
            if motion.peak_ms2 and float(node_report(motion)["peak_gal"]) > known:
                added[event.id] = {node: node_report(motion)}
        return added

    def without_live(self, found: Sequence[Event]) -> list[Event]:
        """Return late events without those that a live event covers already."""
        return [
            event
            for event in found
            if event.kind not in MOTION_KINDS
            or not any(
                live.kind is event.kind
                for live in self._live(event.structure, event.onset_ns, event.onset_ns + NS)
            )
        ]

    def _live(self, structure: str, first_ns: int, last_ns: int) -> list[Event]:
        return [
            event
            for event in self._events.between(first_ns - REACH_NS, last_ns, structure)
            if event.kind in MOTION_KINDS
            and not event.late
            and (event.closed_ns is None or event.closed_ns >= first_ns)
        ]
