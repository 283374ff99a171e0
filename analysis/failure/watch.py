"""Forecasts kept as readings come in: how many there were, and how the window moved."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.failure.forecast import Forecast, NoForecast, forecast_failure


@dataclass(slots=True, kw_only=True)
class FailureWatch:
    """Re-forecasts a displacement at every look and counts the forecasts.

    Attributes
    ----------
    history
        Every forecast of the present acceleration, oldest first.

    Notes
    -----
    A look without a forecast starts the count anew: what accelerates later is another
    acceleration.
    """

    history: list[Forecast] = field(default_factory=list)

    def evaluate(self, time_d: ArrayLike, moved: ArrayLike) -> Forecast | NoForecast:
        """Forecast from all readings so far; see `forecast_failure`."""
        answer = forecast_failure(time_d, moved)
        if isinstance(answer, NoForecast):
            self.history.clear()
            return answer
        counted = replace(answer, reforecast=len(self.history))
        self.history.append(counted)
        return counted

    def replay(
        self, time_d: ArrayLike, moved: ArrayLike, *, every_d: float = 1.0
    ) -> Forecast | NoForecast:
        """Look at the end of every ``every_d`` of a record, and at its last reading."""
        time, u = np.asarray(time_d, float), np.asarray(moved, float)
        times = np.arange(time[0] + every_d, time[-1], every_d)
        for at in times:
            upto = time <= at
            self.evaluate(time[upto], u[upto])
        return self.evaluate(time, u)
