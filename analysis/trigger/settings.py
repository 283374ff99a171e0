"""When a trigger goes on and off, as numbers."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.trigger.gates import Gates
from plumbline.analysis.trigger.stalta import Averages


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """When a trigger goes on and off.

    Attributes
    ----------
    averages
        Of the STA/LTA.
    on_ratio
        Ratio of powers at which it may go on. [1]
    gates
        What it must show besides.
    quiet_s
        It goes off when the mean power of this last time is back ... [s]
    quiet_ratio
        ... at this many times the long average before, or ... [1]
    quiet_share
        ... at this share of the amplitude gate. [1]
    arming_s
        It listens this long before it may fire. [s]
    proving_s
        What is not proven after this long is let go. [s]
    longest_s
        The long average is frozen this long at most; then what is heard becomes
        the new ambient. [s]
    ceiling_ms2
        Amplitude that a cold start may learn as ambient at most. [m/s2]
    """

    averages: Averages
    on_ratio: float
    gates: Gates
    quiet_s: float
    quiet_ratio: float = 2.0
    quiet_share: float = 0.5
    arming_s: float = 10.0
    proving_s: float = 60.0
    longest_s: float = 1200.0
    ceiling_ms2: float = np.inf

    def __post_init__(self) -> None:
        if not 1 < self.quiet_ratio <= self.on_ratio:
            raise ValueError(f"need 1 < quiet_ratio <= on_ratio, not {self}")
        if not 0 < self.arming_s <= 20:
            raise ValueError(f"a trigger is armed within 20 s, not {self.arming_s}")
        if not 0 < self.longest_s <= 1800:
            raise ValueError(f"a long average is frozen for 30 min at most, not {self.longest_s}")
