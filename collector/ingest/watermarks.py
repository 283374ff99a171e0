"""Watermarks: which blocks of each agent the collector holds, and which it refuses.

Retained, at QoS 1. A stream that published is answered within a second where streams are few,
within four seconds where they are many, and again every four seconds while it publishes.
"""

from collections.abc import Callable

from plumbline.collector.ingest.ledger import Boot, Ledger, refused_ranges
from plumbline.collector.ingest.validation import parsed
from plumbline.wire.block import NS
from plumbline.wire.messages import BootMark, Watermark

SLOWEST_NS = 4 * NS  # the edge is promised one every 5 s
FASTEST_NS = NS // 2
STREAMS_A_SECOND = 250
SCAN_INTERVAL_NS = NS // 10
BOOT_ACTIVE_NS = 7 * 24 * 3600 * NS
"""A boot of which nothing came for a week is left out; when it does, it is back in the next one."""

Publish = Callable[[str, bytes], bool]


class WatermarkPublisher:
    """Publishes what is held, for each stream that published.

    Parameters
    ----------
    publish
        Sends (topic, payload) retained at QoS 1; False when it could not, then it is tried again.
    """

    def __init__(self, ledger: Ledger, store: str, publish: Publish) -> None:
        self._ledger = ledger
        self._store = store
        self._publish = publish
        self._due: dict[tuple[str, str], int] = {}
        self._published_ns: dict[tuple[str, str], int] = {}
        self._scanned_ns = 0

    def note_topic(self, topic: str, stream: str) -> None:
        """Note that a stream published on a blocks topic, so that it gets an answer."""
        where = (topic, stream)
        if where not in self._due:
            self._due[where] = self._published_ns.get(where, 0)

    def tick(self, now_ns: int, *, everything: bool = False) -> None:
        """Publish what is due."""
        if not self._due or not (everything or self._is_time(now_ns)):
            return
        pause_ns = min(
            max(len(self._published_ns) * NS // STREAMS_A_SECOND, FASTEST_NS), SLOWEST_NS
        )
        for where, published_ns in list(self._due.items()):
            if everything or not 0 <= now_ns - published_ns < pause_ns:
                topic, stream = where
                if not self._publish(_answer_topic(topic), self._of(stream, now_ns).to_json()):
                    return
                self._published_ns[where] = now_ns
                del self._due[where]

    def _is_time(self, now_ns: int) -> bool:
        """Return whether it is time to go through what is due; not after every group."""
        if 0 <= now_ns - self._scanned_ns < SCAN_INTERVAL_NS:
            return False
        self._scanned_ns = now_ns
        return True

    def _of(self, stream: str, now_ns: int) -> Watermark:
        boots = {
            number: boot
            for number, boot in self._ledger.boots(stream).items()
            if boot.touched_ns > now_ns - BOOT_ACTIVE_NS
        }
        return Watermark(
            store=self._store,
            stream=stream,
            sent_ns=now_ns,
            boots=tuple(_mark(number, boot) for number, boot in boots.items()),
        )


def _mark(number: int, boot: Boot) -> BootMark:
    return BootMark(
        boot=f"{number:016x}", held=tuple(boot.held), refused=tuple(refused_ranges(boot))
    )


def _answer_topic(topic: str) -> str:
    """Return the watermark topic of a blocks topic (they differ in the kind alone)."""
    address, kind, stream = parsed(topic)
    return f"{address.topic(kind).removesuffix(kind)}watermark/{stream}"
