"""Window of an episode: the samples that belong to it, from a lead before the onset to its end."""

from plumbline.collector.events.blanking import TimeSpan
from plumbline.collector.events.model import Event, EventKind
from plumbline.wire.block import NS

LEAD_NS = 10 * NS
"""Quiet before the onset, to see from what the motion rose. [ns]"""

SETTLED_NS = 60 * NS
"""So long after an episode's end the archive has all that came in time. [ns]"""


def window_ns(event: Event) -> TimeSpan | None:
    """Return the window of a closed shaking; None for any other event. [ns since 1970]"""
    if event.kind is not EventKind.SHAKING or event.closed_ns is None:
        return None
    return event.onset_ns - LEAD_NS, event.closed_ns
