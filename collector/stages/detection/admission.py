"""Admission: which block goes on with its stream, and at what time its samples count.

Two machines may claim one stream (a cloned card, a forged publisher), and a clock may be wrong.
Neither may make detection deaf: the claim that goes on with the stream is heard live, the other is
left to the late stage; a block that is dated ahead of its arrival counts at its time of arrival.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from plumbline.collector.journal.entry import Entry, is_future
from plumbline.wire.block import NS, Block

PATIENCE_NS = 10 * NS
"""A claim of which nothing came for so long no longer keeps another from the stream. [ns]"""
AHEAD_NS = 3 * NS
"""Samples of the claim that is heard do not get further ahead of their arrival than this. [ns]"""
DRIFT_NS = NS // 100
"""How far the usual lead over arrival may grow from block to block. [ns]"""
SHIFT_AGREES_NS = 5 * NS
"""A shift to arrival time is kept while the block then lies this close to its arrival. [ns]"""


@dataclass(slots=True, kw_only=True)
class _Claim:
    """The claim that is heard of one stream. Times in ns."""

    boot: int
    seq: int
    end_ns: int
    lead_ns: int
    received_ns: int
    first_ns: int
    shift_ns: int | None = None
    before: list[int] | None = None
    """Boot and time of arrival of the claim that was heard before this one."""


class Admission:
    """Decides for every stream; the live and the late stage decide alike, each by its own."""

    def __init__(self) -> None:
        self._claims: dict[str, _Claim] = {}

    def admit(self, entry: Entry) -> Block | None:
        """Return the block at the time at which it counts; None if it is of another claim."""
        block = entry.block()
        key, received_ns = block.stream.key, entry.received_ns
        lead_ns = block.end_ns - received_ns
        claim = self._claims.get(key)
        is_silent = claim is None or not 0 <= received_ns - claim.received_ns <= PATIENCE_NS
        if claim is not None and not is_silent and not self._goes_on(claim, block, received_ns):
            return None
        is_old = claim is not None and block.boot == claim.boot and block.seq <= claim.seq
        if claim is None or not is_old:
            self._claims[key] = claim = _moved(claim, block, received_ns, lead_ns, is_silent)
        if not is_future(block, received_ns):
            claim.shift_ns = None
            return block
        if claim.shift_ns is None or abs(lead_ns + claim.shift_ns) > SHIFT_AGREES_NS:
            claim.shift_ns = -lead_ns
        return replace(block, start_ns=block.start_ns + claim.shift_ns)

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` takes, as JSON."""
        return {key: asdict(claim) for key, claim in self._claims.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`state`."""
        self._claims = {key: _Claim(**claim) for key, claim in state.items()}

    def _goes_on(self, claim: _Claim, block: Block, received_ns: int) -> bool:
        """Return whether a block may be of the claim that is heard, or may take its place."""
        lead_ns = block.end_ns - received_ns
        if block.boot == claim.boot:
            stepped = abs(block.start_ns - claim.end_ns) > NS and block.seq == claim.seq + 1
            return stepped or block.seq <= claim.seq or _is_plausible(claim, lead_ns)
        before = claim.before
        if before is not None and before[0] == block.boot and block.start_ns >= claim.first_ns:
            return received_ns - before[1] <= PATIENCE_NS or _is_plausible(claim, lead_ns)
        if before is not None and received_ns - before[1] <= PATIENCE_NS:
            return False  # two machines measure at once: the first stays
        return _is_plausible(claim, lead_ns)


def _is_plausible(claim: _Claim, lead_ns: int) -> bool:
    return lead_ns <= max(claim.lead_ns, 0) + AHEAD_NS


def _moved(
    claim: _Claim | None, block: Block, received_ns: int, lead_ns: int, is_silent: bool
) -> _Claim:
    """Return the claim behind a block of its own, or the one that takes its place."""
    if claim is not None and claim.boot == block.boot:
        stepped = is_silent or abs(block.start_ns - claim.end_ns) > NS
        usual_ns = claim.lead_ns + min(max(lead_ns - claim.lead_ns, 0), DRIFT_NS)
        return replace(
            claim,
            seq=block.seq,
            end_ns=block.end_ns,
            lead_ns=lead_ns if stepped else usual_ns,
            received_ns=received_ns,
        )
    returns = claim is not None and claim.before is not None and claim.before[0] == block.boot
    previous = None if claim is None or is_silent else [claim.boot, claim.received_ns]
    if returns and claim is not None and not is_silent:
        previous = [claim.boot, received_ns]
    return _Claim(
        boot=block.boot,
        seq=block.seq,
        end_ns=block.end_ns,
        lead_ns=lead_ns,
        received_ns=received_ns,
        first_ns=block.start_ns,
        before=previous,
    )
