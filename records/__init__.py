"""Reading the record files other people bring."""

from plumbline.records.errors import RecordError
from plumbline.records.reading import read_records
from plumbline.records.record import Quantity, Record, Unit

__all__ = ["Quantity", "Record", "RecordError", "Unit", "read_records"]
