"""From a ratio to spans above a threshold, and from the spans of many channels to events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Coincidence:
    """Channels whose spans overlap.

    Attributes
    ----------
    start, stop
        First start and last stop of the spans. [unit of the spans]
    channels
        Who took part, in the order they started.
    """

    start: float
    stop: float
    channels: tuple[str, ...]


def on_off_spans(
    ratio: Floats, on: float, off: float, longest: int | None = None
) -> list[tuple[int, int]]:
    """Return the spans that begin above ``on`` and end at the last sample above ``off``.

    Parameters
    ----------
    ratio
        Shape ``(n_samples,)``.
    on, off
        Thresholds, ``off <= on``.
    longest
        A span is cut after this many samples. [samples]

    Returns
    -------
    Pairs ``(first, last)`` of sample indices, both inside the span. After a cut
    a new span needs a new crossing of ``on``.
    """
    if off > on:
        raise ValueError(f"a trigger cannot end above its threshold: {off} > {on}")
    spans: list[tuple[int, int]] = []
    above = ratio > on
    starts = np.flatnonzero(above & ~np.concatenate([[False], above[:-1]]))
    ends = np.flatnonzero(ratio <= off)
    free = 0
    for start in starts:
        if start < free:
            continue
        at = np.searchsorted(ends, start)
        last = int(ends[at]) - 1 if at < len(ends) else len(ratio) - 1
        if longest is not None:
            last = min(last, int(start) + longest)
        spans.append((int(start), last))
        free = last + 1
    return spans


def coincidences(
    spans: Mapping[str, Sequence[tuple[float, float]]], least: int
) -> list[Coincidence]:
    """Return the events in which at least ``least`` channels overlap in one chain of spans.

    Parameters
    ----------
    spans
        For each channel its spans ``(start, stop)``. [any unit of time]
    least
        Channels it takes.
    """
    in_order = sorted((start, stop, name) for name, own in spans.items() for start, stop in own)
    events: list[Coincidence] = []
    chain: list[tuple[float, float, str]] = []
    for span in [*in_order, (np.inf, np.inf, "")]:
        if chain and span[0] > max(stop for _, stop, _ in chain):
            channels = tuple(dict.fromkeys(name for _, _, name in chain))
            if len(channels) >= least:
                stop = max(stop for _, stop, _ in chain)
                events.append(Coincidence(start=chain[0][0], stop=stop, channels=channels))
            chain = []
        chain.append(span)
    return events
