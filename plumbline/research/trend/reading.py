"""Reading a time series of one structure: the table, without what is no level of a benchmark."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from plumbline.analysis.settlement.benchmark_levels import placeholders
from plumbline.records.tables.series_reading import TimeSeriesTable, read_table


def read_time_series(path: Path, **options: Any) -> TimeSeriesTable:
    """Read a table of slow readings; levels of a benchmark that are placeholders become NaN.

    Parameters
    ----------
    options
        As `plumbline.records.tables.series_reading.read_table` takes them.

    Raises
    ------
    TableError
        If the file holds no table with a time.
    """
    table = read_table(path, **options)
    if not table.cumulative:
        return table
    taken = {name: placeholders(level) for name, level in table.columns.items()}
    found = {name: int(flags.sum()) for name, flags in taken.items() if flags.any()}
    if not found:
        return table
    columns = {name: np.where(taken[name], np.nan, level) for name, level in table.columns.items()}
    shown = ", ".join(list(found)[:6]) + (", ..." if len(found) > 6 else "")
    note = f"{sum(found.values())} levels of 0 after another are placeholders, left out: {shown}"
    return replace(table, columns=columns, notes=(*table.notes, note))
