"""Measurement of one episode: every node once, then every pair of levels, then the structure."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import Event
from plumbline.collector.jobs.strong_motion.floor_response import structure_measures
from plumbline.collector.jobs.strong_motion.inspection import inspection_report
from plumbline.collector.jobs.strong_motion.node_measures import node_measures
from plumbline.collector.jobs.strong_motion.record_window import longest_gap_free
from plumbline.collector.jobs.strong_motion.settings import StrongMotionSettings
from plumbline.collector.jobs.strong_motion.store import STRUCTURE, EpisodeStore
from plumbline.collector.jobs.strong_motion.storey_drift import StoreyDrift
from plumbline.wire.block import NS
from plumbline.wire.inventory.dating import stage_at
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

LONGEST_NS = 3_660 * NS
"""No window is longer: an episode is closed after an hour. [ns]"""

SHORTEST_S = 1.0
"""A shorter run has no measure worth reporting. [s]"""

STRUCTURE_RATE_HZ = 100.0
"""The chain of structure and earthquake: of a node's streams, the slowest that has this. [Hz]"""


def measured_streams(places: Mapping[str, Place]) -> dict[str, list[Place]]:
    """Return the stream that is measured of each node, by structure, in the order of the codes."""
    chosen: dict[tuple[str, str], Place] = {}
    for place in places.values():
        if place.instrument.unit is Unit.ACCELERATION:
            where = place.structure.code, place.node.code
            if where not in chosen or _rank(place) < _rank(chosen[where]):
                chosen[where] = place
    streams: dict[str, list[Place]] = {}
    for (structure, _), place in sorted(chosen.items()):
        streams.setdefault(structure, []).append(place)
    return streams


def _rank(place: Place) -> tuple[bool, float]:
    rate_hz = place.instrument.rate_hz
    fast = rate_hz >= STRUCTURE_RATE_HZ
    return (not fast, rate_hz if fast else -rate_hz)


class EpisodeMeasurement:
    """Measures an episode node by node, a step at a time.

    Parameters
    ----------
    from_ns
        The window does not begin before this: the shaking before it is not of this episode.
        [ns since 1970]
    until_ns
        End of the window: when it closed, or what is archived by now. [ns since 1970]
    patient
        Whether late samples are still waited for: then a node of a closed episode is final only
        if nothing is missing.
    """

    def __init__(
        self,
        event: Event,
        streams: Sequence[Place],
        settings: StrongMotionSettings,
        *,
        from_ns: int,
        until_ns: int,
        patient: bool,
    ) -> None:
        self.event = event
        self.patient = patient
        self.whole = True
        start_ns = max(event.onset_ns - round(settings.lead_s * NS), from_ns)
        self._window_ns = start_ns, min(until_ns, start_ns + LONGEST_NS)
        self._left = deque(streams if self._window_ns[1] > start_ns else ())
        self._streams = streams
        self._settings = settings
        self._drift: StoreyDrift | None = None

    def step(self, archive: ArchiveReader, store: EpisodeStore, now_ns: int) -> bool:
        """Measure the next node or pair of levels, then the structure; return whether all is."""
        if self._left:
            self._measure(self._left.popleft(), archive, store, now_ns)
            return False
        rows = store.measures(self.event.id)
        nodes = {code: row.body for code, row in rows.items() if code != STRUCTURE}
        if not nodes:
            return True
        if self.event.closed_ns is not None:
            if self._drift is None:
                known_s = self._settings.own_period_s(self.event.structure)
                known_hz = None if known_s is None else 1 / known_s
                self._drift = StoreyDrift(self._streams, self._window_ns, known_hz=known_hz)
            if not self._drift.step(archive):
                return False
        body = structure_measures([place.node for place in self._streams], nodes)
        body |= {"inspection": self._inspection()}
        store.save(self.event.id, STRUCTURE, body, final=self.final, now_ns=now_ns)
        return True

    def _inspection(self) -> dict[str, Any] | None:
        """Return the inspection priority; None while it still shakes."""
        drift = self._drift
        if drift is None:
            return None
        structure = self._streams[0].structure
        found = inspection_report(
            structure,
            stage_at(structure, self.event.onset_ns),
            drift.found,
            base=drift.base,
            project=self._settings.drifts_of(structure.code),
        )
        return found | {
            "corner_hz": drift.corner_hz,
            "corner_reason": drift.corner_reason,
            "drifts": drift.found,
        }

    @property
    def final(self) -> bool:
        """True when nothing is left to be waited for, as far as measured."""
        return self.event.closed_ns is not None and (self.whole or not self.patient)

    def _measure(
        self, place: Place, archive: ArchiveReader, store: EpisodeStore, now_ns: int
    ) -> None:
        cut = longest_gap_free(
            place, archived_blocks(archive, place, *self._window_ns), self._window_ns
        )
        if cut is None or cut.duration_s < SHORTEST_S:
            self.whole = False
            return
        whole = cut.runs == 1 and cut.missing_s == 0
        self.whole = self.whole and whole
        own_period = self._settings.own_period_of(place.structure)
        body = node_measures(
            cut, place.node, place.instrument.axes, self.event.onset_ns, own_period
        )
        body["stream"] = place.stream.key
        final = self.event.closed_ns is not None and (whole or not self.patient)
        store.save(self.event.id, place.node.code, body, final=final, now_ns=now_ns)
