"""Files of slow readings people bring: tables with a time column, and a Nivel's own lines.

::

    TableError       what is wrong with the file; what to do
"""

from plumbline.records.tables.errors import TableError
from plumbline.records.tables.series_reading import SlowTable, read_slow_file

__all__ = ["SlowTable", "TableError", "read_slow_file"]
