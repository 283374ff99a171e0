"""Being there: birth, will and goodbye on the agent's state topic, and who else claims its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from plumbline.wire.errors import BadMessage
from plumbline.wire.messages import State, StreamBirth
from plumbline.wire.topics import ROOT, Address, TopicKind

NS = 1_000_000_000
SPEAK_UP_EVERY_NS = 60 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class WatermarkVerdict:
    """What to do about a state message that was heard."""

    must_speak_up: bool = False
    trouble: str | None = None


class Presence:
    """What this start of the agent says of itself.

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
        self._spoke_up_ns: int | None = None
        self._rivals: set[str] = set()

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

    def heard(self, payload: bytes, now_ns: int) -> WatermarkVerdict:
        """Judge a state message that was published while this agent listened.

        Notes
        -----
        The agent's own birth comes back to it. A message of another start under the same name is
        either the late will of an earlier one (the agent then says again that it is there) or a
        second agent that runs just now: both then say so, at most once a minute.
        """
        try:
            state = State.from_json(payload)
        except BadMessage:
            return WatermarkVerdict(trouble="another program writes to this agent's state topic")
        if state.boot == self._boot and state.online:
            return WatermarkVerdict()
        is_rival = state.boot != self._boot and state.online
        is_quiet = self._spoke_up_ns is None or now_ns - self._spoke_up_ns >= SPEAK_UP_EVERY_NS
        if is_quiet or not is_rival:
            self._spoke_up_ns = now_ns
        if not is_rival:
            return WatermarkVerdict(must_speak_up=True)
        trouble = None
        if state.boot not in self._rivals:
            self._rivals.add(state.boot)
            trouble = (
                f"a second agent calls itself {self._address.agent!r} (on host {state.host!r}, "
                f"boot {state.boot}); stop it, or give one of them another name: agent = ... in "
                "edge.toml. Both keep their own blocks"
            )
        return WatermarkVerdict(must_speak_up=is_quiet, trouble=trouble)

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
