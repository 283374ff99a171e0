"""Every format with a reader of our own, tried in this order before ObsPy is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from plumbline.records import cosmos, csmip, cwb, esm, geonet, jma_csv, openeew, renadic, smc
from plumbline.records.record import Record


class RecordFormat(NamedTuple):
    """How to recognise a format and how to read it.

    ``sniff`` gets the first 8 kB as text (latin-1) and the path, and only the contents decide
    unless a format has no mark of its own.
    """

    summary: str
    sniff: Callable[[str, Path], bool]
    read: Callable[[Path], list[Record]]


FORMATS: dict[str, RecordFormat] = {
    "cosmos": RecordFormat("COSMOS V0, V1, V1c, V2, V2c", cosmos.sniff, cosmos.read),
    "smc": RecordFormat("SMC of the USGS", smc.sniff, smc.read),
    "renadic": RecordFormat("RENADIC V1", renadic.sniff, renadic.read),
    "csmip": RecordFormat("CSMIP/CDMG V1, V2", csmip.sniff, csmip.read),
    "geonet": RecordFormat("GeoNet V1A, V2A", geonet.sniff, geonet.read),
    "jma": RecordFormat("JMA CSV", jma_csv.sniff, jma_csv.read),
    "cwb": RecordFormat("CWB/CWA text", cwb.sniff, cwb.read),
    "esm": RecordFormat("ESM/ITACA ASCII (DYNA)", esm.sniff, esm.read),
    "openeew": RecordFormat("OpenEEW JSON lines", openeew.sniff, openeew.read),
}
