"""Reading the record files other people bring."""

from plumbline.records.errors import RecordError
from plumbline.records.reading import Reading, read_each, read_records
from plumbline.records.record import Quantity, Record, Unit
from plumbline.records.stations import Station, joined, stations

__all__ = [
    "Quantity",
    "Reading",
    "Record",
    "RecordError",
    "Station",
    "Unit",
    "joined",
    "read_each",
    "read_records",
    "stations",
]
