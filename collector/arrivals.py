"""Arrivals: when each stream and each agent was last heard, by the collector's clock.

Silence is measured here and nowhere else: by arrival, never by sample time. An agent is called
``NETWORK.STRUCTURE/agent``, because two sites may both have a ``pi-ground``.
"""

import threading
from dataclasses import dataclass, replace

from plumbline.wire.block import Block
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
    blocks
        Messages taken since the collector started.
    end_ns
        Sample time up to which its newest samples reach. [ns since 1970]
    latency_ns
        Arrival of its newest live block after its last sample. [ns]
    gaps, missing_ns
        Holes between newest blocks, and their length together. [count, ns]
    clock_error_ns, time_quality
        As its newest block says.
    """

    received_ns: int
    agent: str
    blocks: int = 1
    end_ns: int = 0
    latency_ns: int = 0
    gaps: int = 0
    missing_ns: int = 0
    clock_error_ns: int = 0
    time_quality: int = 0


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

    def seen(self, stream_key: str, agent: str, received_ns: int) -> None:
        """Note that a stream spoke, with whatever."""
        with self._lock:
            known = self._streams.get(stream_key)
            self._streams[stream_key] = (
                StreamSeen(received_ns=received_ns, agent=agent)
                if known is None
                else replace(known, received_ns=received_ns, agent=agent, blocks=known.blocks + 1)
            )
            self._alive(agent, received_ns)

    def block(self, block: Block, agent: str, received_ns: int) -> None:
        """Note a block that was taken."""
        key = block.stream.key
        self.seen(key, agent, received_ns)
        with self._lock:
            known = self._streams[key]
            if block.end_ns <= known.end_ns:
                return  # a late block says nothing about now
            hole = block.start_ns - known.end_ns if known.end_ns else 0
            is_gap = hole > 0.5e9 / block.rate_hz
            self._streams[key] = replace(
                known,
                end_ns=block.end_ns,
                latency_ns=received_ns - block.end_ns,
                gaps=known.gaps + is_gap,
                missing_ns=known.missing_ns + (hole if is_gap else 0),
                clock_error_ns=block.clock_error_ns,
                time_quality=block.time_quality,
            )

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
        now = (
            AgentSeen(received_ns=received_ns)
            if known is None
            else replace(known, received_ns=received_ns)
        )
        self._agents[agent] = now
        return now
