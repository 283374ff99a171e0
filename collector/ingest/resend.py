"""Resend requests: blocks that stay missing below later ones of their boot are requested by name.

The edge repeats by itself what a watermark does not name. What is missing all the same a minute
later (its row was held by a journal that lost it, its repetition went astray) is requested with a
command, with growing pauses, and after a few answers that did not come the operator is told.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.ingest.ledger import Boot, Ledger, refused_ranges
from plumbline.collector.ingest.validation import parsed
from plumbline.wire.block import NS
from plumbline.wire.messages import Command
from plumbline.wire.ranges import RangeSet
from plumbline.wire.topics import TopicKind

PATIENCE_NS = 60 * NS  # the edge's own first repetitions come within half of it
SCAN_INTERVAL_NS = 10 * NS
LONGEST_PAUSE_NS = 3600 * NS
MOST_ROWS = 300
"""Blocks of one request: five minutes of a stream."""
MOST_A_SCAN = 50
"""Commands in one scan, whatever is missing."""
REPORTED_AFTER = 5
"""Requests in vain after which the operator is told."""
RECENT_NS = 24 * 3600 * NS
"""A boot of which nothing came for a day is left alone: its spool may be gone."""

SeqSpan = tuple[int, int]


@dataclass(slots=True)
class _Missing:
    """The first gap of one boot, and how often it was requested."""

    span: SeqSpan
    due_ns: int
    requests: int = 0


class ResendRequester:
    """Scans what is held for gaps and requests them of the agents; used by the ingest thread.

    Parameters
    ----------
    publish
        Sends (topic, command); False when it could not.
    patience_ns
        Age of a gap at which it is requested, and the first pause. [ns]

    Notes
    -----
    Held in memory alone: after a restart it is requested again; what comes twice is a duplicate.
    """

    def __init__(
        self,
        ledger: Ledger,
        conditions: Conditions,
        publish: Callable[[str, bytes], bool],
        *,
        patience_ns: int = PATIENCE_NS,
    ) -> None:
        self.requested = 0
        self._ledger = ledger
        self._conditions = conditions
        self._publish = publish
        self._patience_ns = patience_ns
        self._topics: dict[str, str] = {}
        self._missing: dict[tuple[str, int], _Missing] = {}
        self._scanned_ns = 0

    def note_topic(self, topic: str, stream: str) -> None:
        """Note on which topic a stream publishes."""
        self._topics[stream] = topic

    def tick(self, now_ns: int) -> None:
        """Scan for gaps when it is time, and request what has been missing too long."""
        if 0 <= now_ns - self._scanned_ns < min(SCAN_INTERVAL_NS, self._patience_ns):
            return
        self._scanned_ns = now_ns
        found = dict(self._gaps(now_ns))
        for where in self._missing.keys() - found.keys():
            self._forget(where, now_ns)
        sent = 0
        for where, span in found.items():
            known = self._missing.get(where)
            if known is None or known.span[0] != span[0]:
                self._forget(where, now_ns)
                self._missing[where] = _Missing(span, now_ns + self._patience_ns)
            elif now_ns >= known.due_ns and sent < MOST_A_SCAN:
                known.span = span
                sent += self._request(where, known, now_ns)

    def _gaps(self, now_ns: int) -> Iterator[tuple[tuple[str, int], SeqSpan]]:
        """Yield the first gap of each boot that has one."""
        for stream in self._topics:
            for number, boot in self._ledger.boots(stream).items():
                if boot.touched_ns > now_ns - RECENT_NS and (span := first_gap(boot)):
                    yield (stream, number), span

    def _request(self, where: tuple[str, int], missing: _Missing, now_ns: int) -> bool:
        stream, boot = where
        first, last = missing.span
        command = Command(
            id=uuid.uuid4().hex,
            action="resend",
            stream=stream,
            boot=f"{boot:016x}",
            first=first,
            last=min(last, first + MOST_ROWS - 1),
        )
        address, _, _ = parsed(self._topics[stream])
        if not self._publish(address.topic(TopicKind.COMMAND), command.to_json()):
            return False
        self.requested += 1
        missing.requests += 1
        missing.due_ns = now_ns + min(self._patience_ns << missing.requests, LONGEST_PAUSE_NS)
        if missing.requests >= REPORTED_AFTER:
            self._conditions.set(
                _key(where),
                f"blocks {first} to {last} of {stream} (boot {boot:016x}) are missing and their "
                f"agent does not send them, asked {missing.requests} times: unless an earlier "
                "journal took them in, the archive has a gap there. If the spool of that agent is "
                "on a disk you still have, let the agent run from it once more.",
                now_ns,
            )
        return True

    def _forget(self, where: tuple[str, int], now_ns: int) -> None:
        if self._missing.pop(where, None) is not None:
            self._conditions.clear(_key(where), now_ns)


def first_gap(boot: Boot) -> SeqSpan | None:
    """Return the first numbers that are neither held nor refused, below what is held."""
    ranges = list(boot.held)
    if not ranges or (len(ranges) == 1 and ranges[0][0] == 0):
        return None
    known = RangeSet([*ranges, *((first, last) for first, last, _ in refused_ranges(boot))])
    return next(known.missing(ranges[-1][1]), None)


def _key(where: tuple[str, int]) -> str:
    return f"missing:{where[0]}:{where[1]:016x}"
