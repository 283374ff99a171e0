"""RENADIC (Universidad de Chile) volume 1: CSMIP's layout in Chilean hands.

Oddities
--------
- Values are tenths of g, in ``time value`` pairs; the mean of the whole record is removed, the
  quiet beginning is not at zero.
- The station number is left blank: the station is the name on the sixth line, latin-1.
- Axes are named L, V, T along the building, or EW, NS, V; their azimuths are not given.
- The trigger time is that of the first sample: files an instrument split join to the sample.
- The epicentre is written as zeros.
"""

from pathlib import Path

from plumbline.records import csmip
from plumbline.records.record import Record


def sniff(head: str, path: Path) -> bool:
    """Return whether the first lines are a RENADIC volume."""
    return csmip.sniff(head, path) and "RENADIC" in head.upper()


def read(path: Path) -> list[Record]:
    """Read every channel; `plumbline.records.csmip.read` says what can go wrong."""
    return csmip.read(path)
