"""Holds: the spans in which tilt is not judged, because it shakes or has just shaken."""

from plumbline.collector.events.model import MOTION_KINDS
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.window_means import Span
from plumbline.wire.block import NS

FOR_EVER = 2**62
LONGEST_NS = 86_400 * NS  # an episode that began longer before a window is not looked for


class Blanking:
    """Episodes widened on both sides, read again only when an event has changed."""

    def __init__(self, events: EventStore, settings: DeformationSettings) -> None:
        self._events = events
        self._before_ns = round(settings.hold_before_s * NS)
        self._after_ns = round(settings.hold_after_s * NS)
        self._window_ns = round(settings.window_s * NS)
        self._revision = -1
        self._known: dict[str, tuple[int, list[Span]]] = {}

    def now(self, structure: str, newest_ns: int) -> list[Span]:
        """Return the holds on windows that end about a time or later."""
        if (revision := self._events.revision) != self._revision:
            self._revision, self._known = revision, {}
        since_ns = newest_ns - self._window_ns - LONGEST_NS
        known = self._known.get(structure)
        if known is None or since_ns < known[0]:
            known = since_ns, self.between(structure, since_ns, FOR_EVER)
            self._known[structure] = known
        return known[1]

    def between(self, structure: str, start_ns: int, end_ns: int) -> list[Span]:
        """Return the holds of episodes that began in a span, and of those that go on."""
        episodes = self._events.between(start_ns, end_ns, structure) + self._events.open()
        return [
            (
                event.onset_ns - self._before_ns,
                FOR_EVER if event.closed_ns is None else event.closed_ns + self._after_ns,
            )
            for event in episodes
            if event.kind in MOTION_KINDS and event.structure == structure
        ]
