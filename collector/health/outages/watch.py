"""Outage events: opened when an outage is found, closed when data arrive again."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, finding_id
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.health.outages.causes import ArrivalSnapshot, Outage, outages
from plumbline.collector.health.outages.settings import OutageSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

DETECTOR = "silence"


class OutageWatch:
    """Opens and closes outage events; one open before a restart goes on with the same id.

    Parameters
    ----------
    connected
        Returns whether the collector is connected to the broker.
    """

    def __init__(
        self,
        *,
        settings: OutageSettings,
        places: Mapping[str, Place],
        last_seen: LastSeen,
        events: EventStore,
        connected: Callable[[], bool],
        started_ns: int,
    ) -> None:
        self._settings = settings
        self._places = places
        self._last_seen = last_seen
        self._events = events
        self._connected = connected
        self._started_ns = started_ns
        self._open = {
            str(event.evidence["key"]): event
            for event in events.open()
            if event.kind is EventKind.SILENCE
        }

    def poll(self, now_ns: int) -> None:
        """Open and close what has changed."""
        arrived = ArrivalSnapshot(
            streams=self._last_seen.streams(),
            agents=self._last_seen.agents(),
            connected=self._connected(),
            started_ns=self._started_ns,
        )
        found = outages(self._places, arrived, self._settings, now_ns)
        changed: list[Event] = []
        if now_ns - self._started_ns > self._settings.start_s * NS or self._all_arrived(arrived):
            for key in [key for key in self._open if key not in found]:
                changed.append(replace(self._open.pop(key), closed_ns=now_ns))
        for key, outage in found.items():
            if key not in self._open:
                self._open[key] = _event(outage, now_ns)
                changed.append(self._open[key])
        if changed:
            self._events.save(*changed)

    def _all_arrived(self, arrived: ArrivalSnapshot) -> bool:
        """Return whether every stream of an open outage has arrived since this start."""
        named = {str(key) for event in self._open.values() for key in _streams(event)}
        return all(
            (seen := arrived.streams.get(key)) is not None and seen.received_ns >= self._started_ns
            for key in named
        )


def _streams(event: Event) -> list[object]:
    streams = event.evidence["streams"]
    return list(streams) if isinstance(streams, list | tuple) else []


def _event(outage: Outage, now_ns: int) -> Event:
    return Event(
        id=finding_id(DETECTOR, outage.key, outage.since_ns),
        kind=EventKind.SILENCE,
        structure=outage.structure,
        onset_ns=outage.since_ns,
        detector=DETECTOR,
        level=AlarmLevel.AMBER,
        value=round((now_ns - outage.since_ns) / NS, 1),
        unit="s",
        nodes={node: {"silent": 1} for node in outage.nodes},
        evidence={
            "key": outage.key,
            "cause": str(outage.cause),
            "streams": list(outage.streams),
        },
    )
