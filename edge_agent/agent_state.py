"""State of the agent on MQTT: birth, last will, goodbye, and agents of the same name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from plumbline.wire.block import NS
from plumbline.wire.errors import BadMessage
from plumbline.wire.messages import State, StreamBirth
from plumbline.wire.topics import ROOT, Address, TopicKind

ANNOUNCE_EVERY_NS = 60 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class StateResponse:
    """What to do about a message on the agent's own state topic."""

    must_announce: bool = False
    trouble: str | None = None


class AgentState:
    """State messages of one start of the agent: birth, last will, goodbye.

    Parameters
    ----------
    address
        Where the agent is on the broker.
    boot
        Number of this start, 16 hexadecimal digits.
    host
        Name of this machine.
    version
        Version of the software.
    started_ns
        When the agent started. [ns since 1970]
    streams
        Called for the streams as they are known at that moment (serial numbers come later).
    """

    def __init__(
        self,
        *,
        address: Address,
        boot: str,
        host: str,
        version: str,
        started_ns: int,
        streams: Callable[[], tuple[StreamBirth, ...]],
    ) -> None:
        self.client_id = f"plumbline-{address.agent}-{boot}"
        self._address = address
        self._boot = boot
        self._host = host
        self._version = version
        self._started_ns = started_ns
        self._streams = streams
        self._was_born = False
        self._announced_ns: int | None = None
        self._duplicate_boots: set[str] = set()

    def topic(self, kind: TopicKind) -> str:
        """Return one of the agent's topics."""
        return self._address.topic(kind)

    @property
    def all_watermarks(self) -> str:
        """The filter of this agent's watermarks, also of streams of an earlier configuration."""
        return f"{ROOT}/+/+/{self._address.agent}/{TopicKind.WATERMARK}/+"

    def topic_of_key(self, key: str) -> str:
        """Return the topic of a stream's blocks by its key, as ``XX.TWR01.3A.HN``.

        By the key and not by the configuration: the spool can hold blocks of an earlier one.
        """
        network, structure, node, band_source = key.split(".")
        agent = f"{ROOT}/{network}/{structure}/{self._address.agent}"
        return f"{agent}/{TopicKind.BLOCKS}/{node}.{band_source}"

    def birth(self) -> State:
        """Return the message that the agent is there."""
        reason: Literal["started", "reconnected"] = "reconnected" if self._was_born else "started"
        self._was_born = True
        return self._state(online=True, reason=reason)

    def will(self) -> State:
        """Return the message the broker sends when the agent is lost."""
        return self._state(online=False, reason="lost")

    def goodbye(self) -> State:
        """Return the message that the agent was stopped."""
        return self._state(online=False, reason="stopped")

    def on_state(self, payload: bytes, now_ns: int) -> StateResponse:
        """Take a message on the own state topic and return what to do about it.

        Notes
        -----
        The agent's own birth comes back to it. A message of another start under the same name is
        either the late will of an earlier one (the agent then publishes its birth again) or a
        second agent that runs just now: both then publish their state, at most once a minute.
        """
        try:
            state = State.from_json(payload)
        except BadMessage:
            return StateResponse(trouble="another program writes to this agent's state topic")
        if state.boot == self._boot and state.online:
            return StateResponse()
        is_duplicate = state.boot != self._boot and state.online
        is_quiet = self._announced_ns is None or now_ns - self._announced_ns >= ANNOUNCE_EVERY_NS
        if is_quiet or not is_duplicate:
            self._announced_ns = now_ns
        if not is_duplicate:
            return StateResponse(must_announce=True)
        trouble = None
        if state.boot not in self._duplicate_boots:
            self._duplicate_boots.add(state.boot)
            trouble = (
                f"a second agent calls itself {self._address.agent!r} (on host {state.host!r}, "
                f"boot {state.boot}); stop it, or give one of them another name: agent = ... in "
                "edge.toml. Both keep their own blocks"
            )
        return StateResponse(must_announce=is_quiet, trouble=trouble)

    def _state(
        self, *, online: bool, reason: Literal["started", "reconnected", "stopped", "lost"]
    ) -> State:
        return State(
            agent=self._address.agent,
            boot=self._boot,
            online=online,
            reason=reason,
            host=self._host,
            version=self._version,
            started_ns=self._started_ns,
            streams=self._streams(),
        )
