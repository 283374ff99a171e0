"""Conditions and arrivals as all processes of a collector know them, through the health board."""

from dataclasses import asdict
from typing import Any

from plumbline.collector.health.board import HealthBoard
from plumbline.collector.health.conditions import Condition, Conditions
from plumbline.collector.health.last_seen import AgentSeen, LastSeen, StreamLastSeen
from plumbline.wire.messages import Heartbeat, State

CONDITIONS, LAST_SEEN = "conditions", "last_seen"


class SharedConditions(Conditions):
    """The conditions of this process, read together with those that the others report.

    Conditions of a process that has died stand until it reports again: what it found wrong is not
    mended by its death.
    """

    def __init__(self, board: HealthBoard, process: str) -> None:
        super().__init__()
        self._board, self._process = board, process

    def publish(self, now_ns: int) -> None:
        """Report what this process knows."""
        own = [asdict(condition) for condition in super().open()]
        ended = [asdict(condition) for condition in super().ended()[-20:]]
        self._board.publish(self._process, CONDITIONS, {"open": own, "ended": ended}, now_ns)

    def open(self) -> list[Condition]:
        """Return what is wrong now in any process, oldest first."""
        return self._merged("open", super().open())

    def ended(self) -> list[Condition]:
        """Return the latest conditions that are over, oldest first."""
        return self._merged("ended", super().ended())

    def _merged(self, which: str, own: list[Condition]) -> list[Condition]:
        others = [
            Condition(**row)
            for process, report in self._board.latest(CONDITIONS).items()
            if process != self._process
            for row in report.body[which]
        ]
        return sorted([*own, *others], key=lambda condition: condition.since_ns)


def last_seen_report(last_seen: LastSeen) -> dict[str, Any]:
    """Return all that is known of streams and agents, as JSON."""
    return {
        "streams": {key: [s.received_ns, s.agent] for key, s in last_seen.streams().items()},
        "agents": {
            name: {
                "received_ns": agent.received_ns,
                "state": agent.state and agent.state.model_dump(mode="json"),
                "state_ns": agent.state_ns,
                "heartbeat": agent.heartbeat and agent.heartbeat.model_dump(mode="json"),
                "heartbeat_ns": agent.heartbeat_ns,
            }
            for name, agent in last_seen.agents().items()
        },
        "clipped_ns": last_seen.clipped(),
    }


def load_last_seen(last_seen: LastSeen, report: dict[str, Any]) -> None:
    """Bring a process's copy up to date with what intake reports."""
    last_seen.replace(
        {
            key: StreamLastSeen(received_ns=ns, agent=a)
            for key, (ns, a) in report["streams"].items()
        },
        {
            name: AgentSeen(
                received_ns=agent["received_ns"],
                state=agent["state"] and State.model_validate(agent["state"]),
                state_ns=agent["state_ns"],
                heartbeat=agent["heartbeat"] and Heartbeat.model_validate(agent["heartbeat"]),
                heartbeat_ns=agent["heartbeat_ns"],
            )
            for name, agent in report["agents"].items()
        },
        report["clipped_ns"],
    )
