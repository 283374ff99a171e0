"""The ``[slow]`` section: windows, holds, and the limits of tilt and settlement."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plumbline.collector.bounds import Bounds
from plumbline.collector.events.model import Kind
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit
from plumbline.wire.settings import Problem, Settings

Seconds = Annotated[float, Field(gt=0)]


class Quantity(StrEnum):
    """What a limit is of."""

    TILT = "tilt"
    TILT_RATE = "tilt_rate"
    DIFFERENTIAL_SETTLEMENT = "differential_settlement"
    DIFFERENTIAL_SETTLEMENT_RATE = "differential_settlement_rate"


UNITS = {
    Quantity.TILT: "µrad",
    Quantity.TILT_RATE: "µrad/h",
    Quantity.DIFFERENTIAL_SETTLEMENT: "mm",
    Quantity.DIFFERENTIAL_SETTLEMENT_RATE: "mm/h",
}
KINDS = {
    Quantity.TILT: Kind.TILT,
    Quantity.TILT_RATE: Kind.TILT,
    Quantity.DIFFERENTIAL_SETTLEMENT: Kind.DIFFERENTIAL_SETTLEMENT,
    Quantity.DIFFERENTIAL_SETTLEMENT_RATE: Kind.DIFFERENTIAL_SETTLEMENT,
}
RATES = (Quantity.TILT_RATE, Quantity.DIFFERENTIAL_SETTLEMENT_RATE)
SETTLEMENTS = (Quantity.DIFFERENTIAL_SETTLEMENT, Quantity.DIFFERENTIAL_SETTLEMENT_RATE)


class SlowLimit(Bounds):
    """One limit of one node."""

    node: str
    of: Quantity
    dwell_s: Annotated[float, Field(ge=0)] = 0.0
    """How long it must be over before the level rises. [s]"""
    clear_s: Seconds = 60.0
    """How long it must be under, by ``hysteresis``, before the level falls. [s]"""
    hysteresis: Annotated[float, Field(ge=0, lt=1)] = 0.1

    @property
    def unit(self) -> str:
        """Unit of the bounds."""
        return UNITS[self.of]


class SlowSettings(Settings):
    """How tilt is averaged and judged."""

    window_s: Seconds = 120.0
    """Length of the robust mean. [s]"""
    step_s: Seconds = 10.0
    """A mean is judged this often, on whole multiples in sample time. [s]"""
    rate_window_s: Seconds = 3600.0
    hold_before_s: Annotated[float, Field(ge=0)] = 10.0
    hold_after_s: Annotated[float, Field(ge=0)] = 120.0
    known_after_s: Annotated[float, Field(ge=0)] = 5.0
    """How long after its onset an episode is known to this stage at the latest. [s]"""
    limit: tuple[SlowLimit, ...] = ()

    @property
    def lag_s(self) -> float:
        """A window is judged this long after its end, when every hold on it is known. [s]"""
        return self.hold_before_s + self.known_after_s


def limit_problems(settings: SlowSettings, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what the inventory lacks for the limits: the instrument, its zero, its baseline."""
    for number, limit in enumerate(settings.limit):
        where = f"slow.limit[{number}]"
        found = [
            place
            for place in places.values()
            if (place.structure.code, place.node.code) == (limit.structure, limit.node)
            and place.instrument.unit is Unit.TILT
        ]
        if not found:
            what = f"no tiltmeter at node {limit.node!r} of structure {limit.structure!r}"
            yield Problem(where=where, what=what + "; check the inventory")
            continue
        instrument = found[0].instrument
        if not all(axis.zero for axis in instrument.axes):
            yield Problem(
                where=where,
                what=f"node {limit.node} has no commissioning zero, so its tilt means nothing; "
                "add zero = { value, when, who } to every axis in the inventory",
            )
        if limit.of in SETTLEMENTS and instrument.baseline_m is None:
            yield Problem(
                where=where,
                what=f"node {limit.node} has no baseline_m, so its tilt is no settlement; "
                "add the length to the inventory",
            )
