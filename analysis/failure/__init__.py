"""When will it fail? An inverse-velocity window, gated, re-forecast and never a single time."""

from plumbline.analysis.failure.forecast import Forecast, NoForecast, forecast_failure
from plumbline.analysis.failure.onset import Onset, onset
from plumbline.analysis.failure.velocity import Velocity, inverse_velocity_line, velocity
from plumbline.analysis.failure.watch import FailureWatch

__all__ = [
    "FailureWatch",
    "Forecast",
    "NoForecast",
    "Onset",
    "Velocity",
    "forecast_failure",
    "inverse_velocity_line",
    "onset",
    "velocity",
]
