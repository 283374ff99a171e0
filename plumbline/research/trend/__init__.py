"""Time series of slow readings: tables with a time column, and a Nivel's own lines.

::

    TableError       what is wrong with the file; what to do
"""

from plumbline.records.tables.errors import TableError
from plumbline.records.tables.series_reading import TimeSeriesTable
from plumbline.research.trend.reading import read_time_series

__all__ = ["TableError", "TimeSeriesTable", "read_time_series"]
