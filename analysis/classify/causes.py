"""The causes told apart; engineers' labels use the same words."""

from enum import StrEnum


class Cause(StrEnum):
    """What moved a structure or its instrument."""

    EARTHQUAKE = "earthquake"
    SWAY = "sway"
    CONSTRUCTION = "construction"
    TRANSIENT = "vehicle or footfall"
    FAULT = "instrument fault"
    UNKNOWN = "unknown"


class Variant(StrEnum):
    """A closer guess inside a cause; it decides nothing."""

    WIND = "wind"
    CRANE = "crane"
    BLOWS = "blows"
    MACHINE = "machine"
    VEHICLE = "vehicle"
    FOOTFALL = "footfall"
    STUCK = "stuck"
    STEP = "step"
    SPIKES = "spikes"
    HUM = "hum"
    ONE_AXIS = "one axis"
    NONE = ""
