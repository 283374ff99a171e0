"""Causes of an outage: the broker, a link, a node or one instrument.

The rule is this table; the widest cause that explains an outage counts, and only that one.

========== ==============================================================================
broker     the collector itself is not connected to the broker
link       nothing of an agent arrives, neither heartbeat nor block
node       the agent lives, and every instrument of one node is silent
instrument the agent and another instrument of the node live, and this one is silent
========== ==============================================================================
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plumbline.collector.health.last_seen import AgentSeen, StreamLastSeen
from plumbline.collector.health.outages.settings import OutageSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place


class OutageCause(StrEnum):
    """The widest thing that has no arrivals."""

    BROKER = "broker"
    LINK = "link"
    NODE = "node"
    INSTRUMENT = "instrument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One cause and everything it explains.

    Attributes
    ----------
    key
        Identity of the cause, as ``link:XX.TWR01/pi-roof``.
    since_ns
        Last arrival, or the collector's start if there never was one. [ns since 1970]
    """

    key: str
    cause: OutageCause
    structure: str
    since_ns: int
    nodes: tuple[str, ...]
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalSnapshot:
    """Last arrivals, as they are now."""

    streams: Mapping[str, StreamLastSeen]
    agents: Mapping[str, AgentSeen]
    connected: bool
    started_ns: int


def outages(
    places: Mapping[str, Place], arrived: ArrivalSnapshot, settings: OutageSettings, now_ns: int
) -> dict[str, Outage]:
    """Return every outage of this moment, by its key."""
    by_agent: dict[str, list[Place]] = defaultdict(list)
    for key, place in sorted(places.items()):
        by_agent[_agent(place, arrived.streams.get(key))].append(place)
    found: list[Outage] = []
    for agent, theirs in by_agent.items():
        last_ns = _last_of_agent(agent, theirs, arrived)
        if _quiet(last_ns, settings.link_after_s, arrived, settings, now_ns):
            found += _wide(OutageCause.LINK, agent, theirs, last_ns or arrived.started_ns)
        else:
            found += _inside(theirs, arrived, settings, now_ns)
    if found and not arrived.connected:
        structures = sorted({outage.structure for outage in found})
        found = [
            next(_wide(OutageCause.BROKER, structure, _of(places, structure), arrived.started_ns))
            for structure in structures
        ]
    return {outage.key: outage for outage in found}


def _agent(place: Place, seen: StreamLastSeen | None) -> str:
    """Return the agent that reads a place: as it sent, by the inventory, else the structure."""
    if seen is not None:
        return seen.agent
    site = f"{place.stream.network}.{place.stream.structure}"
    return f"{site}/{place.node.agent or '?'}"


def _last_of_agent(agent: str, places: list[Place], arrived: ArrivalSnapshot) -> int:
    known = arrived.agents.get(agent)
    arrivals = [known.received_ns] if known else []
    arrivals += [
        seen.received_ns for place in places if (seen := arrived.streams.get(place.stream.key))
    ]
    return max(arrivals, default=0)


def _quiet(
    last_ns: int, after_s: float, arrived: ArrivalSnapshot, settings: OutageSettings, now_ns: int
) -> bool:
    if last_ns == 0:
        return now_ns - arrived.started_ns > settings.start_s * NS
    return now_ns - max(last_ns, arrived.started_ns) > after_s * NS


def _inside(
    places: list[Place], arrived: ArrivalSnapshot, settings: OutageSettings, now_ns: int
) -> Iterator[Outage]:
    """Yield the silent nodes and instruments of an agent that lives."""
    by_node: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        by_node[place.stream.structure, place.stream.node].append(place)
    for mine in by_node.values():
        last = {
            place.stream.key: seen.received_ns
            if (seen := arrived.streams.get(place.stream.key))
            else 0
            for place in mine
        }
        silent = [
            place
            for place in mine
            if _quiet(last[place.stream.key], settings.stream_after_s, arrived, settings, now_ns)
        ]
        if silent and len(silent) == len(mine):
            newest_ns = max(last.values()) or arrived.started_ns
            name = mine[0].stream.key.rpartition(".")[0]
            yield from _wide(OutageCause.NODE, name, mine, newest_ns)
            continue
        for place in silent:
            key = place.stream.key
            yield from _wide(OutageCause.INSTRUMENT, key, [place], last[key] or arrived.started_ns)


def _wide(cause: OutageCause, name: str, places: list[Place], since_ns: int) -> Iterator[Outage]:
    """Yield one outage for each structure the places belong to."""
    for structure in sorted({place.stream.structure for place in places}):
        mine = [place for place in places if place.stream.structure == structure]
        yield Outage(
            key=f"{cause}:{name}",
            cause=cause,
            structure=structure,
            since_ns=since_ns,
            nodes=tuple(sorted({place.stream.node for place in mine})),
            streams=tuple(place.stream.key for place in mine),
        )


def _of(places: Mapping[str, Place], structure: str) -> list[Place]:
    return [place for _, place in sorted(places.items()) if place.stream.structure == structure]
