"""The JSON messages beside the blocks: state, heartbeat, watermark, command.

Unknown keys are let through, so that a newer agent can talk to an older collector; a missing or
wrong key is a `BadMessage`.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plumbline.wire.errors import BadMessage

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0)]


class TopicMessage(BaseModel):
    """A JSON message that knows how to leave and to be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> bytes:
        """Return the message as bytes for the broker."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Self:
        """Return the message that a JSON payload holds.

        Raises
        ------
        BadMessage
            If the payload is not this message.
        """
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            wrong = "; ".join(
                ".".join(str(part) for part in problem["loc"]) + ": " + problem["msg"]
                for problem in error.errors()
            )
            raise BadMessage(f"{cls.__name__.lower()}: {wrong}") from error


class StreamBirth(TopicMessage):
    """What an agent will publish."""

    stream: str
    axes: str
    rate_hz: Annotated[float, Field(gt=0)]
    driver: str
    port: str
    serial: str | None = None


class State(TopicMessage):
    """Birth (online), will (offline, ``lost``) or goodbye (offline, ``stopped``); retained."""

    agent: str
    boot: Hex64
    online: bool
    reason: Literal["started", "reconnected", "stopped", "lost"]
    host: str = ""
    version: str = ""
    started_ns: Count = 0
    streams: tuple[StreamBirth, ...] = ()


class StreamHealth(TopicMessage):
    """How one stream is doing, as the agent sees it."""

    stream: str
    port: str
    condition: Literal["ok", "silent", "unplugged"]
    last_sample_ns: Count | None = None
    frames: Count = 0
    rejected: Count = 0
    gaps: Count = 0
    clock_error_ns: Count | None = None
    restarts: Count = 0
    clipped: Count = 0


class Heartbeat(TopicMessage):
    """Sent every 10 s: the agent lives, and this is what it holds."""

    agent: str
    boot: Hex64
    sent_ns: Count
    uptime_s: Annotated[float, Field(ge=0)]
    spool_rows: Count
    spool_unheld: Count
    spool_bytes: Count
    disk_free_bytes: Count
    clock_synchronised: bool | None = None
    streams: tuple[StreamHealth, ...] = ()


class BootMark(TopicMessage):
    """What the collector holds of one boot of one stream: inclusive ranges of ``seq``."""

    boot: Hex64
    held: tuple[tuple[Count, Count], ...] = ()
    refused: tuple[tuple[Count, Count, str], ...] = ()


class Watermark(TopicMessage):
    """Watermark: what the collector holds of one stream. Retained, every 5 s while data flows."""

    store: Hex64
    stream: str
    sent_ns: Count
    boots: tuple[BootMark, ...] = ()


class Command(TopicMessage):
    """Request of the collector to an agent: send these blocks again."""

    id: str
    action: Literal["resend"]
    stream: str
    boot: Hex64
    first: Count
    last: Count
