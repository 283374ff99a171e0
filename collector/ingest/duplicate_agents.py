"""Duplicate agents: two running machines that publish under the same agent name.

A restart gives an agent a new boot and the old one falls silent for good; its backlog still comes,
but is older than the restart. So two boots of one name whose *own* times overlap are two machines:
their samples interleave, or their heartbeats come in turn.
"""

from dataclasses import dataclass

from plumbline.wire.block import NS

OVERLAP_NS = 30 * NS
"""Clocks may step at a restart; an overlap this long is no restart."""
BOOTS_REMEMBERED = 8


@dataclass(slots=True)
class _Span:
    first_ns: int
    last_ns: int


class DuplicateAgents:
    """Detects that one name is used by two boots at once."""

    def __init__(self) -> None:
        self._spans: dict[str, dict[int, _Span]] = {}
        self._beats: dict[str, list[int]] = {}

    def sampled(self, stream_key: str, boot: int, start_ns: int) -> int | None:
        """Take a block's boot and time; return the other boot that measures at the same time."""
        spans = self._spans.setdefault(stream_key, {})
        span = spans.get(boot)
        if span is None:
            span = spans[boot] = _Span(start_ns, start_ns)
            if len(spans) > BOOTS_REMEMBERED:
                del spans[min(spans, key=lambda b: spans[b].last_ns)]
        span.first_ns = min(span.first_ns, start_ns)
        span.last_ns = max(span.last_ns, start_ns)
        if len(spans) == 1:
            return None
        for other, theirs in spans.items():
            shared_ns = min(span.last_ns, theirs.last_ns) - max(span.first_ns, theirs.first_ns)
            if other != boot and shared_ns > OVERLAP_NS:
                return other
        return None

    def beat(self, agent: str, boot: int) -> int | None:
        """Take a heartbeat's boot; return the other boot when the two come in turn (A, B, A)."""
        beats = self._beats.setdefault(agent, [])
        if beats and beats[-1] == boot:
            return None
        beats.append(boot)
        del beats[:-3]
        return beats[1] if len(beats) == 3 and beats[0] == boot else None
