"""Description of a rig, read from TOML: structure, instruments, timeline, faults."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plumbline.simulator.acts import AnyAct
from plumbline.wire.identity import StreamId
from plumbline.wire.settings import Settings

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class StructureSpec(Settings):
    """A tower and the ground it stands on."""

    network: str = "XX"
    code: str = "TWR01"
    storeys: Annotated[int, Field(gt=0)] = 30
    first_period_s: tuple[Positive, Positive] = (3.0, 2.7)
    """East-west and north-south. [s]"""
    damping: Annotated[float, Field(gt=0, lt=0.2)] = 0.015
    ambient_gal: NotNegative = 0.03
    """Rms of each component of the ground's own noise, 0.5 to 30 Hz. [gal]"""
    wind_roof_gal: Positive = 0.3
    """Rms of the roof's sway in ordinary wind. [gal]"""
    vehicles_per_minute: NotNegative = 0.0
    vehicle_gal: NotNegative = 1.0
    walks_per_minute: NotNegative = 0.0
    walk_gal: NotNegative = 3.0
    thermal_urad_c: float = 3.0
    """Tilt of the top by daily warmth. [µrad/°C]"""
    seed: int = 1


class LineSpec(Settings):
    """The serial line between an instrument and the edge."""

    baud: Annotated[int, Field(gt=0)]
    jitter_ms: NotNegative = 0.0
    """Each delivery is late by 0 to this much. [ms]"""


class InstrumentSpec(Settings):
    """One instrument at one place."""

    port: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    """Name of the symlink, as ``ttyGROUND``."""
    kind: Literal["adxl355_node", "witmotion_wt901", "lily", "tuff_tilt"]
    node: str
    level: Annotated[int, Field(ge=0)] = 0
    axes: str = ""
    """Channel letter of the instrument's x, y (and z); east, north, up when not given."""
    baud: int | None = None
    jitter_ms: NotNegative = 0.0
    clock_ppm: Annotated[float, Field(ge=-20_000, le=20_000)] = 0.0
    """How much too fast the instrument's clock runs. [ppm]"""
    serial: str = ""
    seed: int = 1
    options: dict[str, str | int | float | bool | list[int]] = Field(default_factory=dict)
    """What only this kind of instrument knows."""


class FaultSpec(Settings):
    """Something that goes wrong on one line between two seconds of the site's time."""

    kind: Literal["drop", "corrupt", "duplicate", "unplug", "clock_step", "power_cut"]
    port: str
    start_s: NotNegative
    seconds: NotNegative = 0.0
    share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the deliveries that are dropped, corrupted or duplicated."""
    step_s: float = 0.0
    """How far the instrument's own clock jumps. [s]"""


class RigSpec(Settings):
    """Everything one rig runs."""

    structure: StructureSpec = StructureSpec()
    instrument: Annotated[tuple[InstrumentSpec, ...], Field(min_length=1)]
    act: tuple[AnyAct, ...] = ()
    fault: tuple[FaultSpec, ...] = ()
    ports: Path = Path("ports")
    """Folder of the symlinks."""
    truth: Path = Path("truth")
    """Folder of the truth."""
    wait_s: NotNegative = 30.0
    """How long to wait for somebody to open every port. [s]"""
    seconds: Positive | None = None
    """When to stop; without it the rig runs until it is told to."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "RigSpec":
        ports = [instrument.port for instrument in self.instrument]
        if len(set(ports)) != len(ports):
            raise ValueError("each instrument needs a port of its own")
        if unknown := {fault.port for fault in self.fault} - set(ports):
            raise ValueError(f"faults name ports that no instrument has: {sorted(unknown)}")
        return self

    def stream_id(self, instrument: InstrumentSpec, band_source: str, axes: str) -> StreamId:
        """Return the identity of a stream of one of the rig's instruments."""
        return StreamId(
            network=self.structure.network,
            structure=self.structure.code,
            node=instrument.node,
            band_source=band_source,
            axes=axes,
        )
