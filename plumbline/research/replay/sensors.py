"""Which spans are one sensor's: it records one motion at a time."""

from plumbline.records import Station

Key = tuple[str, ...]


def place_in(group: dict[Key, list[Station]], key: Key, station: Station) -> None:
    """Put a station to the spans of its sensor.

    Two sensors that share every name are told apart by recording at the same time: the second
    gets a key of its own.
    """
    number = 1
    own = key
    while any(_overlap(span, station) for span in group.get(own, [])):
        number += 1
        own = (*key, f"#{number}")
    group.setdefault(own, []).append(station)


def _overlap(one: Station, other: Station) -> bool:
    first, second = one.axes[0], other.axes[0]
    if first.start_ns is None or second.start_ns is None:
        return False
    begin_ns = max(first.start_ns, second.start_ns)
    end_ns = min(r.start_ns + r.duration_s * 1e9 for r in (first, second) if r.start_ns is not None)
    return end_ns - begin_ns > 0.5e9 * min(first.duration_s, second.duration_s)
