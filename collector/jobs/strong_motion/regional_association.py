"""Association of episodes of several structures into regional events, and their records."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from plumbline.collector.events.model import Event, EventKind, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.strong_motion.regional_wave import (
    FARTHEST_KM,
    ONSET_SIGMA_S,
    SLACK_S,
    SLOWEST_KMS,
    Arrival,
    belongs,
    wave,
)
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Structure

REACH_NS = round((FARTHEST_KM / SLOWEST_KMS + SLACK_S) * NS)
"""No two onsets of one wave are farther apart. [ns]"""


class RegionalAssociation:
    """Associates every episode of shaking; the second that fits another founds a regional event.

    The id of a regional event stays the one it was founded with: the hash of its first episode
    then. An episode belongs to one, the one that began earliest of those it fits, and stays there.
    """

    def __init__(
        self, structures: Mapping[str, Structure], events: EventStore, store: EpisodeStore
    ) -> None:
        self._structures = structures
        self._events = events
        self._store = store

    def update(self, event: Event) -> None:
        """Take in an episode that is new or changed."""
        if event.kind is not EventKind.SHAKING or event.structure not in self._structures:
            return
        region = self._store.region_of(event.id)
        if region is None:
            self._associate(event)
        else:
            self._save(region, self._members(region))

    def _associate(self, event: Event) -> None:
        arrival = self._arrival(event)
        near = [
            other
            for other in self._events.between(event.onset_ns - REACH_NS, event.onset_ns + REACH_NS)
            if other.kind is EventKind.SHAKING
            and other.id != event.id
            and other.structure in self._structures
        ]
        regions = {r: self._members(r) for o in near if (r := self._store.region_of(o.id))}
        for region, members in sorted(regions.items(), key=lambda pair: _first_ns(pair[1])):
            if belongs(arrival, [self._arrival(member) for member in members]):
                self._save(region, [*members, event])
                return
        for other in near:
            if self._store.region_of(other.id) is None and belongs(arrival, [self._arrival(other)]):
                members = sorted((event, other), key=lambda one: (one.onset_ns, one.id))
                first = members[0]
                self._save(finding_id("regional", first.id, first.onset_ns), members)
                return

    def _members(self, region: str) -> list[Event]:
        found = [self._events.get(event) for event in self._store.members(region)]
        return [event for event in found if event is not None]

    def _arrival(self, event: Event) -> Arrival:
        structure = self._structures[event.structure]
        return Arrival(
            event=event.id,
            structure=event.structure,
            latitude=structure.latitude,
            longitude=structure.longitude,
            onset_ns=event.onset_ns,
            sigma_s=ONSET_SIGMA_S.get(event.detector, max(ONSET_SIGMA_S.values())),
        )

    def _save(self, region: str, members: Sequence[Event]) -> None:
        ordered = sorted(members, key=lambda one: (one.onset_ns, one.id))
        found = wave([self._arrival(event) for event in ordered if self._known(event)])
        closed = [event.closed_ns for event in ordered]
        body: dict[str, Any] = {
            "first_onset_ns": ordered[0].onset_ns,
            "last_onset_ns": ordered[-1].onset_ns,
            "closed_ns": None if None in closed else max(c for c in closed if c is not None),
            "structures": [
                {
                    "structure": event.structure,
                    "event": event.id,
                    "onset_ns": event.onset_ns,
                    "onset_sigma_s": ONSET_SIGMA_S.get(event.detector, max(ONSET_SIGMA_S.values())),
                    "detector": event.detector,
                    "value": event.value,
                    "unit": event.unit,
                    "level": str(event.level),
                    "late": event.late,
                }
                for event in ordered
            ],
            "wave": asdict(found),
        }
        self._store.save_region(region, [e.id for e in ordered], ordered[0].onset_ns, body)

    def _known(self, event: Event) -> bool:
        return event.structure in self._structures


def _first_ns(members: Sequence[Event]) -> int:
    return min((event.onset_ns for event in members), default=0)
