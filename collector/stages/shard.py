"""Shard: the structures that one instance of a stage is responsible for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.wire.inventory.lookup import Place

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
RESERVED = "mark"
"""Ends the name of the offset that a checkpointer saves beside its snapshot."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Some structures, under a name of their own.

    Parameters
    ----------
    name
        Name of the shard in names of stages and snapshots; empty for the only one.
    structures
        Codes of its structures, with those that the inventory has no more; None for all.

    Raises
    ------
    ValueError
        If only one of the two is given, or the name cannot be part of a snapshot's name.
    """

    name: str = ""
    structures: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if bool(self.name) != (self.structures is not None):
            raise ValueError("a shard has a name and structures; the only one has neither")
        if self.name and (not NAME.fullmatch(self.name) or self.name == RESERVED):
            raise ValueError(f"shard {self.name!r}: expected small letters, digits, - or _")

    def __contains__(self, structure: str) -> bool:
        return self.structures is None or structure in self.structures

    def key(self, key: str) -> str:
        """Return a name of a stage or snapshot as this shard has it."""
        return f"{key}.{self.name}" if self.name else key

    def places(self, places: Mapping[str, Place]) -> dict[str, Place]:
        """Return the streams of its structures."""
        return {k: p for k, p in places.items() if p.structure.code in self}


EVERYTHING = Shard()
