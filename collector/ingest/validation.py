"""Validation of a message before it is taken: whole, ours, in its place, in the inventory.

::

    Refused
     ├ cause NOT_A_RECORD, CORRUPT   -> quarantine; the edge sends it again
     └ cause UNKNOWN_STREAM, WRONG_PLACE  -> quarantine; refused, the operator is told
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from plumbline.collector.ingest.quarantine import QuarantineCause
from plumbline.wire import topics
from plumbline.wire.block import Block
from plumbline.wire.errors import BadIdentity, CorruptRecord, NotARecord
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.record import decode
from plumbline.wire.topics import Address, TopicKind

RATE_TOLERANCE = 1e-3  # a stream's nominal rate is a setting, not a measurement


class Incoming(NamedTuple):
    """One message as the broker handed it over."""

    topic: str
    payload: bytes
    received_ns: int


class Refused(Exception):
    """A message that is not taken as it is; the text is the reason."""

    def __init__(self, cause: QuarantineCause, reason: str) -> None:
        self.cause = cause
        super().__init__(reason)


@lru_cache(maxsize=65536)
def parsed(topic: str) -> tuple[Address, TopicKind, str]:
    """Split a topic, remembering the ones that come every second."""
    return topics.parsed(topic)


def agent_name(address: Address) -> str:
    """Return what an agent is called throughout the collector."""
    return f"{address.network}.{address.structure}/{address.agent}"


def checked(message: Incoming, known: Mapping[str, Place]) -> Block:
    """Return the block of a message.

    Raises
    ------
    Refused
        With the cause and the reason.
    """
    try:
        block = decode(message.payload)
    except NotARecord as error:
        raise Refused(QuarantineCause.NOT_A_RECORD, str(error)) from error
    except CorruptRecord as error:
        raise Refused(QuarantineCause.CORRUPT, str(error)) from error
    try:
        address, _, stream = parsed(message.topic)
    except BadIdentity as error:
        raise Refused(QuarantineCause.WRONG_PLACE, str(error)) from error
    key = block.stream.key
    if key != f"{address.network}.{address.structure}.{stream}":
        raise Refused(
            QuarantineCause.WRONG_PLACE, f"a block of {key} came on topic {message.topic}"
        )
    place = known.get(key)
    if place is None:
        raise Refused(
            QuarantineCause.UNKNOWN_STREAM,
            f"stream {key} is not in the inventory; add it and restart",
        )
    if block.stream.axes != place.stream.axes:
        raise Refused(
            QuarantineCause.UNKNOWN_STREAM,
            f"stream {key} has axes {block.stream.axes}, the inventory says {place.stream.axes}; "
            "make them agree and restart",
        )
    nominal_hz = place.instrument.rate_hz
    if abs(block.rate_hz - nominal_hz) > RATE_TOLERANCE * nominal_hz:
        raise Refused(
            QuarantineCause.UNKNOWN_STREAM,
            f"stream {key} runs at {block.rate_hz:g} Hz, the inventory says {nominal_hz:g} Hz; "
            "make them agree and restart",
        )
    return block
