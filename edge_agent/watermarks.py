"""Taking the collector's word: rows held, rows refused, and whether it is the same collector."""

import logging

from plumbline.edge_agent.delivery import Delivery
from plumbline.edge_agent.spool import Spool
from plumbline.wire.messages import Watermark

LOG = logging.getLogger(__name__)


class HeldRanges:
    """Applies watermarks to the spool and to what is being delivered.

    Notes
    -----
    A retained watermark of a stream can be older than the collector that is there now: it tells
    of another store only when it was sent later than all that was heard from the present one.
    """

    def __init__(self, spool: Spool, delivery: Delivery) -> None:
        self._spool = spool
        self._delivery = delivery
        self._store = spool.fact("store")
        self._sent_ns = int(spool.fact("store_sent_ns") or 0)
        self._refusals: set[tuple[str, str]] = set()

    def take(self, watermark: Watermark, *, is_retained: bool, now_ns: int) -> None:
        """Apply one watermark that arrived at monotonic time ``now_ns``."""
        if watermark.store != self._store:
            if is_retained and watermark.sent_ns <= self._sent_ns:
                return
            self._change_store(watermark)
        self._sent_ns = max(self._sent_ns, watermark.sent_ns)
        held, refused = self._spool.mark(watermark)
        self._delivery.settled(held, [row_id for row_id, _ in refused], now_ns)
        for _, reason in refused:
            if (watermark.stream, reason) not in self._refusals:
                self._refusals.add((watermark.stream, reason))
                LOG.error(
                    "the collector refuses blocks of %s: %s; they are kept in the spool and not "
                    "sent again by themselves",
                    watermark.stream,
                    reason,
                )

    def _change_store(self, watermark: Watermark) -> None:
        before, self._store = self._store, watermark.store
        self._sent_ns = watermark.sent_ns
        if before is not None:
            rows = self._spool.forget_standing()
            self._delivery.begin_anew()
            LOG.warning(
                "the collector's store is a new one (%s, before %s): all %d rows of the spool that "
                "were held are offered again",
                watermark.store,
                before,
                rows,
            )
        self._spool.remember("store", watermark.store)
        self._spool.remember("store_sent_ns", str(watermark.sent_ns))
