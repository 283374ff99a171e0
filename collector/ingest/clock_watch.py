"""Clock watch: agents' clocks held against arrival, and the collector's own against all of them.

A sample that lies ahead of its arrival proves a wrong clock at once. One that lies behind may be a
backlog; whether the agent's clock is behind is told by its heartbeats, which are made when sent.
Where all agents are off by the same, it is this machine whose clock is wrong.
"""

from dataclasses import dataclass

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal import is_future
from plumbline.collector.journal.entry import FUTURE_NS
from plumbline.wire.block import NS, Block

CLOCK = "clock"
"""Key of the condition of a wrong clock, before the colon."""
RECENT_NS = 60 * NS
"""How long an agent's clock counts among the others after it was last seen. [ns]"""
AGREES_NS = 30 * NS
"""Agents whose offsets differ by less agree about this machine's clock. [ns]"""
BEHIND_FOR_NS = 20 * NS
"""Heartbeats that waited in the broker come at once: so long is no queue. [ns]"""


@dataclass(slots=True)
class _AgentClock:
    lead_ns: int
    seen_ns: int
    off_since_ns: int | None


class ClockWatch:
    """Sets and clears the conditions of wrong clocks; used by the ingest thread alone."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._agents: dict[str, _AgentClock] = {}
        self._streams_ahead: set[str] = set()

    def block(self, block: Block, agent: str, received_ns: int) -> bool:
        """Take a block; return whether it is dated ahead of its arrival."""
        if not is_future(block, received_ns):
            if block.stream.key in self._streams_ahead:
                self._streams_ahead.discard(block.stream.key)
                self._conditions.clear(f"{CLOCK}:{block.stream.key}", received_ns)
                self._note(agent, block.end_ns - received_ns, received_ns)
            return False
        self._streams_ahead.add(block.stream.key)
        lead_ns = block.end_ns - received_ns
        self._conditions.set(
            f"{CLOCK}:{block.stream.key}",
            f"{block.stream.key} is {lead_ns / NS:.0f} s ahead of the collector: archived under "
            "its own time; its shaking counts at the time of arrival. Check the clocks "
            "of the agent and of this machine.",
            received_ns,
        )
        self._note(agent, lead_ns, received_ns)
        return True

    def heartbeat(self, agent: str, sent_ns: int, received_ns: int) -> None:
        """Take the time an agent states against the time its message came."""
        clock = self._note(agent, sent_ns - received_ns, received_ns)
        if clock.off_since_ns is None:
            self._conditions.clear(f"{CLOCK}:{agent}", received_ns)
        elif clock.lead_ns > 0 or received_ns - clock.off_since_ns >= BEHIND_FOR_NS:
            side = "ahead of" if clock.lead_ns > 0 else "behind"
            self._conditions.set(
                f"{CLOCK}:{agent}",
                f"the clock of agent {agent} is {abs(clock.lead_ns) / NS:.0f} s {side} the "
                "collector's: the dates of its samples are doubtful. Check NTP on that machine.",
                received_ns,
            )

    def _note(self, agent: str, lead_ns: int, received_ns: int) -> _AgentClock:
        """Note how far an agent is ahead, and compare all of them with this machine."""
        known = self._agents.get(agent)
        is_off = abs(lead_ns) > FUTURE_NS
        since_ns = received_ns if known is None else known.off_since_ns or received_ns
        clock = _AgentClock(lead_ns, received_ns, since_ns if is_off else None)
        self._agents[agent] = clock
        self._compare(received_ns)
        return clock

    def _compare(self, now_ns: int) -> None:
        recent = [each for each in self._agents.values() if abs(now_ns - each.seen_ns) < RECENT_NS]
        leads = sorted(each.lead_ns for each in recent if each.off_since_ns is not None)
        same = bool(leads) and leads[-1] - leads[0] < AGREES_NS
        lasting = all(
            each.lead_ns > 0 or now_ns - each.off_since_ns >= BEHIND_FOR_NS
            for each in recent
            if each.off_since_ns is not None
        )
        if len(recent) >= 2 and len(leads) == len(recent) and same and lasting:
            middle_ns = leads[len(leads) // 2]
            side = "behind" if middle_ns > 0 else "ahead"
            self._conditions.set(
                f"{CLOCK}:collector",
                f"this collector's clock is {abs(middle_ns) / NS:.0f} s {side}: all {len(leads)} "
                "agents agree about another time. Shaking is still found, at the time of arrival. "
                "Set this machine's clock (chrony) and look at the times of today's messages.",
                now_ns,
            )
        else:
            self._conditions.clear(f"{CLOCK}:collector", now_ns)
