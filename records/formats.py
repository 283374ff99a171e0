"""Every format with a reader of our own, tried in this order before ObsPy is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from plumbline.records import cosmos
from plumbline.records.record import Record


class Format(NamedTuple):
    """How to recognise a format and how to read it.

    ``sniff`` gets the first 8 kB as text (latin-1) and the path, and only the contents decide
    unless a format has no mark of its own.
    """

    summary: str
    sniff: Callable[[str, Path], bool]
    read: Callable[[Path], list[Record]]


FORMATS: dict[str, Format] = {
    "cosmos": Format("COSMOS V0, V1, V1c, V2, V2c", cosmos.sniff, cosmos.read),
}
