"""``[[deformation.channel]]``: virtual channels, as the configuration describes them.

A channel is named by its address: ``0A.LA`` is everything a stream of a node measures, ``0A.LA1``
one axis of it, ``raft`` a virtual channel by its own name, ``raft.2`` one part of that.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plumbline.wire.settings import Settings

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
"""Small letters: no node and no stream can be called the same."""
Address = Annotated[
    str,
    Field(pattern=r"^([A-Z0-9]{2}\.[A-Z]{2}[A-Z0-9]?|[a-z][a-z0-9_]{0,23}(\.[A-Za-z0-9]{1,3})?)$"),
]
Metres = Annotated[float, Field(gt=0)]


class _Virtual(Settings):
    """Keys of every virtual channel."""

    structure: str
    name: Name


class DifferenceChannelSettings(_Virtual):
    """``of`` minus ``minus``; without one of them there is no difference."""

    kind: Literal["difference"]
    of: Address
    minus: Address

    @property
    def members(self) -> tuple[str, ...]:
        """Addresses it is made of."""
        return (self.of, self.minus)


class ChainChannelSettings(_Virtual):
    """Tilt beams in a line, in order from the reference: the settlement of every joint beyond it.

    Each beam's axis points away from the reference. A missing beam leaves every joint beyond it
    unknown, and only those.
    """

    kind: Literal["chain"]
    of: Annotated[tuple[Address, ...], Field(min_length=1, max_length=99)]
    length_m: tuple[Metres, ...] = ()
    """Length of each beam; not given, ``baseline_m`` of its instrument. [m]"""
    start: Address | None = None
    """Settlement of the reference itself, where a level or a cell knows it; else it is zero."""

    @model_validator(mode="after")
    def _one_length_a_beam(self) -> "ChainChannelSettings":
        if self.length_m and len(self.length_m) != len(self.of):
            raise ValueError(f"{len(self.of)} beams and {len(self.length_m)} lengths in length_m")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """Addresses it is made of."""
        return self.of if self.start is None else (*self.of, self.start)


class MeanChannelSettings(_Virtual):
    """The mean of a group; a member that is missing is left out, and named."""

    kind: Literal["mean"]
    of: Annotated[tuple[Address, ...], Field(min_length=2)]
    at_least: Annotated[int, Field(ge=1)] | None = None
    """With fewer members than this there is no mean; not given, more than half of them."""

    @model_validator(mode="after")
    def _enough_members(self) -> "MeanChannelSettings":
        if self.at_least is not None and self.at_least > len(self.of):
            raise ValueError(f"at_least {self.at_least} of {len(self.of)} members")
        if len(set(self.of)) != len(self.of):
            raise ValueError("of: a member is named twice; name each once")
        return self

    @property
    def fewest(self) -> int:
        """How many members a mean needs."""
        return self.at_least or len(self.of) // 2 + 1

    @property
    def members(self) -> tuple[str, ...]:
        """Addresses it is made of."""
        return self.of


class CompensatedChannelSettings(_Virtual):
    """A copy with the part taken off that temperature explains; the raw channel stays beside.

    The model is fitted once, on the archive's commissioning window, and saved under its version. It
    is refused where the temperature moved too little. Works, like every hourly value, once an hour.
    """

    kind: Literal["compensated"]
    of: Address
    temperature: Address | None = None
    """Not given: the temperature partner of the instrument, from the inventory."""
    fit_from: dt.date
    fit_to: dt.date
    """First day and the day after the last, of the structure's time zone."""
    version: Annotated[str, Field(min_length=1, max_length=40)]
    """Name of the fit; another window or channel is another fit and needs another name."""

    @model_validator(mode="after")
    def _window(self) -> "CompensatedChannelSettings":
        if self.fit_to <= self.fit_from:
            raise ValueError("fit_to must be later than fit_from")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """Addresses it is made of."""
        return (self.of,) if self.temperature is None else (self.of, self.temperature)


AnyChannel = Annotated[
    DifferenceChannelSettings
    | ChainChannelSettings
    | MeanChannelSettings
    | CompensatedChannelSettings,
    Field(discriminator="kind"),
]
