"""Last arrival of each stream and each agent, by the collector's clock.

Silence is measured here and nowhere else: by arrival, never by sample time. An agent is called
``NETWORK.STRUCTURE/agent``, because two sites may both have a ``pi-ground``.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plumbline.wire.messages import Heartbeat, State


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLastSeen:
    """The latest of one stream.

    Attributes
    ----------
    received_ns
        When its newest message came. [ns since 1970]
    agent
        Who sent it.
    """

    received_ns: int
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSeen:
    """The latest of one agent; None for what never came."""

    received_ns: int
    state: State | None = None
    state_ns: int | None = None
    heartbeat: Heartbeat | None = None
    heartbeat_ns: int | None = None


class LastSeen:
    """Last arrivals of all streams and agents; any thread may write and read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[str, StreamLastSeen] = {}
        self._agents: dict[str, AgentSeen] = {}
        self._clipped_ns: dict[str, int] = {}

    def block(self, stream_key: str, agent: str, received_ns: int) -> None:
        """Note a block that was taken, new or late."""
        with self._lock:
            self._streams[stream_key] = StreamLastSeen(received_ns=received_ns, agent=agent)
            self._alive(agent, received_ns)

    def heartbeat(self, agent: str, heartbeat: Heartbeat, received_ns: int) -> None:
        """Note an agent's heartbeat."""
        with self._lock:
            known = self._alive(agent, received_ns)
            for stream in _clipping(known.heartbeat, heartbeat):
                self._clipped_ns[stream] = received_ns
            self._agents[agent] = replace(known, heartbeat=heartbeat, heartbeat_ns=received_ns)

    def state(self, agent: str, state: State, received_ns: int) -> None:
        """Note an agent's birth, will or goodbye."""
        with self._lock:
            known = self._alive(agent, received_ns)
            self._agents[agent] = replace(known, state=state, state_ns=received_ns)

    def streams(self) -> dict[str, StreamLastSeen]:
        """Return the latest of every stream, by its key."""
        with self._lock:
            return dict(self._streams)

    def agents(self) -> dict[str, AgentSeen]:
        """Return the latest of every agent, by ``NETWORK.STRUCTURE/agent``."""
        with self._lock:
            return dict(self._agents)

    def clipped_ns(self, stream_key: str) -> int | None:
        """Return when an agent last stated that a stream exceeded its instrument's range. [ns]"""
        with self._lock:
            return self._clipped_ns.get(stream_key)

    def clipped(self) -> dict[str, int]:
        """Return when each stream was last beyond its instrument's range, by its key. [ns]"""
        with self._lock:
            return dict(self._clipped_ns)

    def replace(
        self,
        streams: dict[str, StreamLastSeen],
        agents: dict[str, AgentSeen],
        clipped_ns: dict[str, int],
    ) -> None:
        """Take over all that another process knows."""
        with self._lock:
            self._streams, self._agents, self._clipped_ns = streams, agents, clipped_ns

    def _alive(self, agent: str, received_ns: int) -> AgentSeen:
        known = self._agents.get(agent)
        if known is None:
            known = AgentSeen(received_ns=received_ns)
        elif known.received_ns != received_ns:
            known = replace(known, received_ns=received_ns)
        self._agents[agent] = known
        return known


def _clipping(before: Heartbeat | None, now: Heartbeat) -> Iterator[str]:
    """Yield the streams that clipped since the heartbeat before."""
    same = before is not None and before.boot == now.boot
    known = {s.stream: s.clipped for s in before.streams} if before is not None and same else {}
    yield from (s.stream for s in now.streams if s.clipped > known.get(s.stream, 0))
