"""Parallel instruments at two places of one level: what tells a twist from a sway."""

from collections import defaultdict
from collections.abc import Sequence

from plumbline.research.event import FileChannel


def parallel_pairs(channels: Sequence[FileChannel]) -> list[tuple[FileChannel, FileChannel]]:
    """Return pairs of parallel channels at two places of one level, first place after second."""
    by_line: dict[tuple[str, str], list[FileChannel]] = defaultdict(list)
    for channel in channels:
        if channel.place and not channel.vertical:
            by_line[(channel.level.name, channel.direction)].append(channel)
    pairs = []
    for members in by_line.values():
        places = {c.place: c for c in sorted(members, key=lambda c: c.place)}
        if len(places) > 1:
            first, *_, last = places.values()
            pairs.append((first, last))
    return pairs


def across(
    pair: tuple[FileChannel, FileChannel], channels: Sequence[FileChannel]
) -> list[FileChannel]:
    """Return the horizontal channels of the pair's level that point another way."""
    return [
        c
        for c in channels
        if c.level.name == pair[0].level.name
        and c.direction != pair[0].direction
        and not c.vertical
    ]
