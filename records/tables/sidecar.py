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

``tower.json`` with the same keys does as well.
"""

import json
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plumbline.records.tables.errors import TableError


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


def beside(path: Path) -> Path | None:
    """Return the sidecar of a file; None if there is none."""
    found = (path.with_suffix(suffix) for suffix in (".toml", ".json"))
    return next((one for one in found if one != path and one.is_file()), None)


def sidecar_of(path: Path) -> Sidecar:
    """Return what the sidecar of a file says; an empty one if there is none.

    Raises
    ------
    TableError
        If the sidecar cannot be understood.
    """
    found = beside(path)
    if found is None:
        return EMPTY
    try:
        text = found.read_text(encoding="utf-8-sig")
        said: Any = tomllib.loads(text) if found.suffix == ".toml" else json.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{found}: not {found.suffix[1:].upper()}: {error}") from None
    if not isinstance(said, dict):
        raise TableError(f"{found}: expected keys and values, as rate_hz = 100")
    known = set(Sidecar.__dataclass_fields__)
    unknown = sorted(set(said) - known)
    if unknown:
        raise TableError(f"{found}: unknown {', '.join(unknown)}; known are {sorted(known)}")
    try:
        rate_hz = float(said["rate_hz"]) if "rate_hz" in said else None
        if rate_hz is not None and not 0 < rate_hz < math.inf:
            raise ValueError(f"rate_hz = {rate_hz:g}: must be a number above 0")
        units = said.get("units")
        if units is not None and not isinstance(units, str):
            raise TypeError(f'units = {units!r}: must be a word, as "gal"')
        return Sidecar(
            rate_hz=rate_hz,
            units=units,
            columns=tuple(str(name) for name in said.get("columns", ())),
            exclude=tuple(str(name) for name in said.get("exclude", ())),
            places={str(k): str(v) for k, v in said.get("places", {}).items()},
            azimuths_deg={str(k): float(v) for k, v in said.get("azimuths_deg", {}).items()},
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise TableError(f"{found}: {error}") from None
