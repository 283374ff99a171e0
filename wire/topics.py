"""Where on the broker each kind of message lives.

::

    plumbline/1/<network>/<structure>/<agent>/blocks/<node>.<band+source>     edge -> collector
    plumbline/1/<network>/<structure>/<agent>/state       retained, and the will
    plumbline/1/<network>/<structure>/<agent>/heartbeat   every 10 s
    plumbline/1/<network>/<structure>/<agent>/watermark/<node>.<band+source>   retained, to edge
    plumbline/1/<network>/<structure>/<agent>/command                         to the edge
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from plumbline.wire.errors import BadIdentity
from plumbline.wire.identity import StreamId, code_problem

ROOT = "plumbline/1"
AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class TopicKind(StrEnum):
    """What a topic carries."""

    BLOCKS = "blocks"
    STATE = "state"
    HEARTBEAT = "heartbeat"
    WATERMARK = "watermark"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One edge agent on the broker.

    Raises
    ------
    BadIdentity
        If a code or the agent's name breaks the rules.
    """

    network: str
    structure: str
    agent: str

    def __post_init__(self) -> None:
        problems = [
            code_problem("network", self.network),
            code_problem("structure", self.structure),
            agent_problem(self.agent),
        ]
        if wrong := [problem for problem in problems if problem]:
            raise BadIdentity("; ".join(wrong))

    def topic(self, kind: TopicKind, stream: StreamId | None = None) -> str:
        """Return the topic of a kind of message, of one stream where the kind has streams."""
        base = f"{ROOT}/{self.network}/{self.structure}/{self.agent}/{kind}"
        return f"{base}/{stream.node}.{stream.band_source}" if stream else base


def agent_problem(name: str) -> str | None:
    """Return what is wrong with an agent's name, or None."""
    if AGENT_NAME.fullmatch(name):
        return None
    return f"agent {name!r}: expected 1 to 32 small letters, digits or hyphens"


def all_of(kind: TopicKind) -> str:
    """Return the filter that subscribes to a kind of message of every agent."""
    with_stream = kind in (TopicKind.BLOCKS, TopicKind.WATERMARK)
    return f"{ROOT}/+/+/+/{kind}" + ("/+" if with_stream else "")


def parsed(topic: str) -> tuple[Address, TopicKind, str]:
    """Split a topic into agent, kind and the stream's ``node.band_source`` (or an empty text).

    Raises
    ------
    BadIdentity
        If the topic is not one of ours.
    """
    parts = topic.removeprefix(ROOT + "/").split("/")
    if not topic.startswith(ROOT + "/") or len(parts) not in (4, 5):
        raise BadIdentity(f"topic {topic!r} is not below {ROOT}/")
    network, structure, agent, kind = parts[:4]
    if kind not in TopicKind.__members__.values():
        raise BadIdentity(f"topic {topic!r}: no kind of message is called {kind!r}")
    address = Address(network=network, structure=structure, agent=agent)
    return address, TopicKind(kind), parts[4] if len(parts) == 5 else ""
