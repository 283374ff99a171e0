"""Air temperature of a tropical city day, as a smooth function of UTC time."""

from dataclasses import dataclass

import numpy as np

from plumbline.wire.block import NS

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A day that is coolest before dawn and hottest in the early afternoon.

    Attributes
    ----------
    mean_c, swing_c
        Mean and half the daily range. [°C]
    hottest_h
        Local hour of the maximum; the minimum lies twelve hours away.
    utc_offset_h
        Local time minus UTC (Bangkok: 7).
    """

    mean_c: float = 29.5
    swing_c: float = 4.0
    hottest_h: float = 15.0
    utc_offset_h: float = 7.0

    def temp_c(self, time_ns: int, lag_s: float = 0.0) -> float:
        """Return the temperature at a time; ``lag_s`` later for what warms slowly. [°C]"""
        local_s = time_ns / NS - lag_s + self.utc_offset_h * 3600
        turn = 2 * np.pi * (local_s / DAY_S - self.hottest_h / 24)
        return float(self.mean_c + self.swing_c * np.cos(turn))
