"""Which channels of an event drive the structure, which answer, and which stand outside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plumbline.analysis.drift import base_of
from plumbline.errors import CommandError
from plumbline.research.event import FileChannel, FileEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The parts channels play.

    Attributes
    ----------
    base
        Channels at the base; empty if none is known.
    floors
        Channels of the structure above it.
    left_out
        Channels that take no part, each with the reason.
    """

    base: tuple[FileChannel, ...]
    floors: tuple[FileChannel, ...]
    left_out: tuple[tuple[FileChannel, str], ...]


NO_BASE = "none"


def roles_of(event: FileEvent, named_base: str | None) -> Roles:
    """Return the roles; every channel comes back facing its direction's positive sense.

    Parameters
    ----------
    event
        The event.
    named_base
        Words of the user for the base: a place, a level or a channel; ``none`` for no base.

    Raises
    ------
    CommandError
        If those words fit no channel, or nothing is left to answer.
    """
    event = replace(event, channels=tuple(_facing_alike(c) for c in event.channels))
    outside = {id(c): "free field, not the structure" for c in event.outside()}
    still = {id(c): "does not move" for c in event.channels if not np.ptp(c.values) > 0}
    why = {**outside, **still}
    inside = [c for c in event.channels if id(c) not in why]
    base = _base(inside, event.channels, named_base)
    chosen = {id(c) for c in base}
    floors = [c for c in inside if id(c) not in chosen]
    if base and not any(c.vertical for c in floors):
        why |= {id(c): "vertical, and no floor is" for c in base if c.vertical}
        base = [c for c in base if not c.vertical]
    if not floors:
        raise CommandError("no moving channel of the structure above its base in these files")
    left_out = tuple((c, why[id(c)]) for c in event.channels if id(c) in why)
    return Roles(base=tuple(base), floors=tuple(floors), left_out=left_out)


def _facing_alike(channel: FileChannel) -> FileChannel:
    """Return the channel turned to its direction's positive sense: shapes need one."""
    if channel.polarity > 0:
        return channel
    return replace(channel, values=-channel.values)


def _base(
    inside: Sequence[FileChannel], everything: Sequence[FileChannel], named: str | None
) -> list[FileChannel]:
    if named is None:
        level = base_of(c.level for c in inside)
        return [c for c in inside if level is not None and c.level.name == level.name]
    if named.lower() == NO_BASE:
        return []
    found = [c for c in everything if _means(named, c)]
    if not found:
        known = ", ".join(dict.fromkeys(c.place or c.name for c in everything))
        raise CommandError(f"--base {named}: fits no channel; there are {known}")
    return found


def _means(words: str, channel: FileChannel) -> bool:
    wanted = words.lower()
    exact = (channel.name.lower(), channel.level.name.lower(), channel.station.lower())
    return wanted in exact or (bool(channel.place) and wanted in channel.place.lower())
