"""Network, structures, nodes, instruments and axes, as the inventory file spells them.

Signs: settlement positive down, in mm; tilt positive when the top moves toward the azimuth of its
axis. A physical value is ``polarity * counts / sensitivity`` in the instrument's unit.
"""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from plumbline.wire.identity import StreamId, code_problem
from plumbline.wire.settings import Settings


def _code(field: str) -> AfterValidator:
    def check(code: str) -> str:
        if problem := code_problem(field, code):
            raise ValueError(problem)
        return code

    return AfterValidator(check)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"time zone {name!r} is unknown; expected a name as Asia/Bangkok"
        ) from error
    return name


class Unit(StrEnum):
    """Physical unit of a stream."""

    ACCELERATION = "m/s2"
    TILT = "urad"
    TEMPERATURE = "degC"
    SETTLEMENT = "mm"
    VELOCITY = "m/s"


class Role(StrEnum):
    """Where a node sits; ``shaking`` needs a ground or base node."""

    GROUND = "ground"
    STRUCTURE = "structure"
    ROOF = "roof"
    FREE_FIELD = "free_field"


def _several(given: Any) -> Any:
    """Take one table for a list of one."""
    return given if isinstance(given, list | tuple) else [given]


Day = dt.datetime | dt.date
"""A date, or a time, of the structure's own time zone."""


class Zero(Settings):
    """Commissioning zero of an axis: the value, when, and who read it."""

    value: float
    when: Day
    who: Annotated[str, Field(min_length=1)]


class Axis(Settings):
    """One channel of an instrument."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9]$")]
    azimuth_deg: Annotated[float, Field(ge=0, lt=360)]
    dip_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0
    polarity: Annotated[int, Field(ge=-1, le=1)] = 1
    zero: Annotated[tuple[Zero, ...], BeforeValidator(_several)] = ()
    """The zeros in the order they were read; each holds from then on, see `dating`."""

    @model_validator(mode="after")
    def _named_for_its_direction(self) -> "Axis":
        north = min(self.azimuth_deg, 360 - self.azimuth_deg)
        east = abs(self.azimuth_deg - 90)
        off = {"N": north, "E": east}.get(self.code, 0.0)
        if self.dip_deg == 0 and off > 5:
            raise ValueError(
                f"axis {self.code} at azimuth {self.azimuth_deg:g}: N and E only within 5 degrees "
                "of true; call it 1 or 2"
            )
        if self.polarity == 0:
            raise ValueError("polarity: expected 1 or -1")
        return self


class Instrument(Settings):
    """One stream of one instrument."""

    stream: Annotated[str, _code("band_source")]
    model: Annotated[str, Field(min_length=1)]
    serial: str = ""
    calibrated: dt.date | None = None
    rate_hz: Annotated[float, Field(gt=0)]
    unit: Unit
    sensitivity: Annotated[float, Field(gt=0)]
    """Counts for one unit."""
    full_scale: Annotated[float, Field(gt=0)] | None = None
    noise_rms: Annotated[float, Field(gt=0)] | None = None
    """Instrument noise over its own band, in the unit."""
    group_delay_s: Annotated[float, Field(ge=0)] = 0.0
    baseline_m: Annotated[float, Field(gt=0)] | None = None
    """Length over which a tilt becomes a differential settlement. [m]"""
    temperature_partner: str | None = None
    """Stream of the same node that holds this instrument's temperature."""
    axes: Annotated[tuple[Axis, ...], Field(min_length=1)]

    @property
    def axis_codes(self) -> str:
        """Axis codes in the order of a block's rows."""
        return "".join(axis.code for axis in self.axes)


class Node(Settings):
    """A place on the structure where instruments sit."""

    code: Annotated[str, _code("node")]
    name: Annotated[str, Field(min_length=1)]
    role: Role
    level: int = 0
    x_m: float = 0.0
    y_m: float = 0.0
    z_m: float = 0.0
    agent: str | None = None
    """Edge agent that reads this node, for telling a silent link from a silent instrument."""
    instrument: Annotated[tuple[Instrument, ...], Field(min_length=1)]


class ConstructionStage(Settings):
    """A construction stage: from when, how many floors cast."""

    since: Day
    floors_cast: Annotated[int, Field(ge=0)]
    complete: bool = False
    """Whether the building stands as designed: only then do fragilities of finished ones apply."""
    note: str = ""

    @property
    def name(self) -> str:
        """Name of the stage, under which its baselines are stored: the day it began."""
        return self.since.isoformat()


class Structure(Settings):
    """A building, bridge or pit that is watched."""

    code: Annotated[str, _code("structure")]
    name: Annotated[str, Field(min_length=1)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    elevation_m: float = 0.0
    height_m: Annotated[float, Field(gt=0)] | None = None
    storeys: Annotated[int, Field(gt=0)] | None = None
    hazus_class: Annotated[str, Field(pattern=r"^[A-Z]+\d*\.[LMH]\.[HMLP]C$")] | None = None
    """Structure, height and design code as HAZUS names them: ``C2.H.MC``."""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    stage: tuple[ConstructionStage, ...] = ()
    node: Annotated[tuple[Node, ...], Field(min_length=1)]


class Network(Settings):
    """The FDSN network the structures belong to."""

    code: Annotated[str, _code("network")]
    name: str = ""


class Inventory(Settings):
    """Everything that is installed, and what it needs to be understood."""

    network: Network
    structure: Annotated[tuple[Structure, ...], Field(min_length=1)]

    def stream_id(self, structure: Structure, node: Node, instrument: Instrument) -> StreamId:
        """Return the identity of one instrument's stream."""
        return StreamId(
            network=self.network.code,
            structure=structure.code,
            node=node.code,
            band_source=instrument.stream,
            axes=instrument.axis_codes,
        )
