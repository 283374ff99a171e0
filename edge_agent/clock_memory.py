"""Memory of an instrument's clock over a restart of the agent.

A restarted agent would otherwise know a block's time only to the jitter of its first second, and
the gap that its restart left would have the wrong length. The memory holds for one run of the
instrument (its restart nonce) and one start of this machine (its monotonic clock) only.
"""

import json
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMemory:
    """The envelope of one run of one stream.

    Attributes
    ----------
    machine_boot
        The kernel's own number of this start of the machine.
    run
        Run of the instrument, as in `Readings.run`.
    first_ns
        Nominal time of the first sample read in the run. [ns]
    points
        Lowest points of the envelope. [ns, ns]
    """

    machine_boot: str
    run: int
    first_ns: int
    points: tuple[tuple[int, int], ...]

    def to_json(self) -> str:
        """Return the memory as text."""
        return json.dumps([self.machine_boot, self.run, self.first_ns, self.points])

    @classmethod
    def from_json(cls, text: str | None) -> Self | None:
        """Read a memory; None where there is none, or it cannot be understood."""
        try:
            machine_boot, run, first_ns, points = json.loads(text or "null")
            return cls(
                machine_boot=str(machine_boot),
                run=int(run),
                first_ns=int(first_ns),
                points=tuple((int(x), int(y)) for x, y in points),
            )
        except (ValueError, TypeError):
            return None
