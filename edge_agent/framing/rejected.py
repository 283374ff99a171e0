"""Bytes that are no frame, with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Bytes a reader could not take, to be counted and kept.

    Attributes
    ----------
    reason
        Why, in a few words that are the same each time, so that they can be counted.
    raw
        The bytes as they arrived.
    """

    reason: str
    raw: bytes
