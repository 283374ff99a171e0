"""The sidecar of a table: a TOML file beside it that says what the columns mean.

For ``tower.csv`` it is ``tower.toml``::

    rate_hz = 100.0
    units = "g"                      # gal, g, m/s2, mm/s, ...; leave out if not known
    columns = ["t", "gx", "gy", "rx", "ry"]
    exclude = ["ry"]

    [places]                         # words like those of a header: level, corner
    gx = "ground floor"
    gy = "ground floor"
    rx = "roof, NE corner"

    [azimuths_deg]                   # direction of positive motion
    gx = 90
    rx = 90
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plumbline.commands import CommandError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What a sidecar says.

    Attributes
    ----------
    rate_hz
        Sampling rate. [Hz]
    units
        Unit of the values.
    columns, exclude
        Columns wanted and not wanted.
    places
        Where each column's sensor stands.
    azimuths_deg
        Which way it points. [degrees]
    """

    rate_hz: float | None = None
    units: str | None = None
    columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    places: dict[str, str] = field(default_factory=dict)
    azimuths_deg: dict[str, float] = field(default_factory=dict)


EMPTY = Sidecar()


def sidecar_of(path: Path) -> Sidecar:
    """Return what the sidecar of a file says; an empty one if there is none.

    Raises
    ------
    CommandError
        If the sidecar cannot be understood.
    """
    beside = path.with_suffix(".toml")
    if not beside.is_file():
        return EMPTY
    try:
        said: dict[str, Any] = tomllib.loads(beside.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CommandError(f"{beside}: not TOML: {error}") from None
    known = set(Sidecar.__dataclass_fields__)
    unknown = sorted(set(said) - known)
    if unknown:
        raise CommandError(f"{beside}: unknown {', '.join(unknown)}; known are {sorted(known)}")
    try:
        return Sidecar(
            rate_hz=float(said["rate_hz"]) if "rate_hz" in said else None,
            units=said.get("units"),
            columns=tuple(str(name) for name in said.get("columns", ())),
            exclude=tuple(str(name) for name in said.get("exclude", ())),
            places={str(k): str(v) for k, v in said.get("places", {}).items()},
            azimuths_deg={str(k): float(v) for k, v in said.get("azimuths_deg", {}).items()},
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise CommandError(f"{beside}: {error}") from None
