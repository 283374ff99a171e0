"""Arrivals: when each stream and each agent was last heard, by the collector's clock.

Silence is measured here and nowhere else: by arrival, never by sample time. An agent is called
``NETWORK.STRUCTURE/agent``, because two sites may both have a ``pi-ground``.
"""

import threading
from dataclasses import dataclass, replace

from plumbline.wire.messages import Heartbeat, State


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
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


class Arrivals:
    """What came when; any thread may write and read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[str, StreamSeen] = {}
        self._agents: dict[str, AgentSeen] = {}

    def block(self, stream_key: str, agent: str, received_ns: int) -> None:
        """Note a block that was taken, new or late."""
        with self._lock:
            self._streams[stream_key] = StreamSeen(received_ns=received_ns, agent=agent)
            self._alive(agent, received_ns)

    def heartbeat(self, agent: str, heartbeat: Heartbeat, received_ns: int) -> None:
        """Note an agent's heartbeat."""
        with self._lock:
            known = self._alive(agent, received_ns)
            self._agents[agent] = replace(known, heartbeat=heartbeat, heartbeat_ns=received_ns)

    def state(self, agent: str, state: State, received_ns: int) -> None:
        """Note an agent's birth, will or goodbye."""
        with self._lock:
            known = self._alive(agent, received_ns)
            self._agents[agent] = replace(known, state=state, state_ns=received_ns)

    def streams(self) -> dict[str, StreamSeen]:
        """Return the latest of every stream, by its key."""
        with self._lock:
            return dict(self._streams)

    def agents(self) -> dict[str, AgentSeen]:
        """Return the latest of every agent, by ``NETWORK.STRUCTURE/agent``."""
        with self._lock:
            return dict(self._agents)

    def _alive(self, agent: str, received_ns: int) -> AgentSeen:
        known = self._agents.get(agent)
        if known is None:
            known = AgentSeen(received_ns=received_ns)
        elif known.received_ns != received_ns:
            known = replace(known, received_ns=received_ns)
        self._agents[agent] = known
        return known
