"""What can happen at the site, as the timeline's table spells it.

A timeline is a list of acts, each with the second at which it begins. Amplitudes are those at the
ground. Nothing here is random but by its seed.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plumbline.wire.settings import Settings

Positive = Annotated[float, Field(gt=0)]
Tilt = tuple[float, float]
"""East and north. [µrad]"""


class Act(Settings):
    """Something that begins at a second of the site's time and takes a while."""

    start_s: Annotated[float, Field(ge=0)]
    seconds: Positive
    seed: int = 1

    @property
    def end_s(self) -> float:
        """When it is over. [s]"""
        return self.start_s + self.seconds


class Piling(Act):
    """Hammer blows, 5 to 30 Hz."""

    kind: Literal["piling"] = "piling"
    peak_gal: Positive = 45.0
    blows_per_s: Annotated[float, Field(gt=0, le=5)] = 1.5


class Quake(Act):
    """A recorded earthquake: an ``.npz`` file with ``accel_ms2`` (east, north, up), ``rate_hz``.

    What is longer than ``seconds`` is left out.
    """

    kind: Literal["earthquake"] = "earthquake"
    record: Path
    scale: Positive = 1.0


class FarQuake(Act):
    """A synthetic far earthquake: periods of 2 to 4 s, at most 5 gal, rising over 20 s or more."""

    kind: Literal["far_earthquake"] = "far_earthquake"
    peak_gal: Annotated[float, Field(gt=0, le=5)] = 3.0
    rise_s: Annotated[float, Field(ge=20)] = 25.0

    @model_validator(mode="after")
    def _swells(self) -> "FarQuake":
        if self.rise_s > self.seconds * 2 / 3:
            raise ValueError("rise_s: must be at most two thirds of seconds")
        return self


class Wind(Act):
    """A windier spell: gusts stronger by a factor that comes and goes over ``edge_s``."""

    kind: Literal["wind"] = "wind"
    strength: Positive = 3.0
    edge_s: Positive = 5.0


class TiltRamp(Act):
    """A change of tilt, everywhere or on some levels only, that stays."""

    kind: Literal["tilt"] = "tilt"
    total_urad: Tilt
    levels: tuple[int, ...] = ()
    """Levels that tilt; none named means all, as a stiff body."""


class Settlement(Act):
    """One side of the raft sinks: a change of tilt of the whole body that stays."""

    kind: Literal["settlement"] = "settlement"
    settlement_mm: float
    length_m: Positive
    toward: Literal["east", "north"] = "east"


AnyAct = Annotated[
    Piling | Quake | FarQuake | Wind | TiltRamp | Settlement, Field(discriminator="kind")
]
