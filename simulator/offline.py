"""A rig without ptys or a wall clock: hours of deliveries as fast as they can be computed."""

import heapq
import itertools
from collections.abc import Iterator
from pathlib import Path

from plumbline.simulator.chronicle import Chronicle
from plumbline.simulator.feed import Feed
from plumbline.simulator.line import Fate, LineDelivery
from plumbline.simulator.site import Site
from plumbline.simulator.spec import RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.simulator.truth import TruthWriter
from plumbline.wire.block import NS


def deliveries(
    spec: RigSpec,
    *,
    start_ns: int,
    seconds: float,
    frame_s: float = 1.0,
    truth: Path | None = None,
) -> Iterator[tuple[str, LineDelivery]]:
    """Yield ``(port, delivery)`` of all instruments in the order of arrival.

    Parameters
    ----------
    spec
        The rig; its folders, ``seconds`` and ``wait_s`` are not used.
    start_ns
        True UTC time of second 0. [ns since 1970]
    seconds
        How long to run in simulated time. [s]
    frame_s
        Frames of 1 s cost least; power cuts and clock steps take effect on them. [s]
    truth
        Folder for the truth, if it is to be written.

    Notes
    -----
    What leaves an instrument while its cable is out is in the truth (``unheard``) and is not
    yielded; nor is what was dropped.
    """
    site = Site(
        spec.structure,
        [instrument.level for instrument in spec.instrument],
        spec.act,
        start_ns=start_ns,
        frame_s=frame_s,
    )
    feeds = [Feed(instrument, spec, start_ns) for instrument in spec.instrument]
    facts = [fact for feed in feeds for fact in feed.instrument.facts]
    writer = None if truth is None else TruthWriter(truth, facts)
    chronicle = Chronicle(spec.act, start_ns)
    order = itertools.count()
    due: list[tuple[int, int, Feed, LineDelivery]] = []
    try:
        for _ in range(round(seconds / frame_s)):
            frame = site.next_frame()
            happened = list(chronicle.watch(frame))
            for feed in feeds:
                for delivery in feed.take(frame):
                    heapq.heappush(due, (delivery.arrival_ns, next(order), feed, delivery))
                happened += [{"port": feed.port, **note} for note in feed.instrument.notes]
                feed.instrument.notes.clear()
            if writer:
                for event in happened:
                    writer.write_event(event)
            known_ns = frame.start_ns + frame.n * NS // SITE_RATE_HZ
            while due and due[0][0] < known_ns:
                _, _, feed, delivery = heapq.heappop(due)
                out = feed.unplugged(delivery.arrival_ns)
                if writer:
                    writer.record(delivery.with_fate(Fate.UNHEARD) if out else delivery)
                if delivery.payload and not out:
                    yield feed.port, delivery
    finally:
        if writer:
            writer.close()
