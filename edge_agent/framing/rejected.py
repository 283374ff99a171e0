"""Rejected bytes: what is no valid frame, with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Bytes that are no valid frame, with the reason; counted and written to a file.

    Attributes
    ----------
    reason
        Why, in a few words that are the same each time, so that they can be counted.
    raw
        The bytes as they arrived.
    """

    reason: str
    raw: bytes
