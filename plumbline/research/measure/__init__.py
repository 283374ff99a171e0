"""Measuring whole records for people: from a station's files to one report."""

from plumbline.research.measure.rules import SPECTRUM_PERIODS_S, MeasuredRecord, MeasureOptions
from plumbline.research.measure.station import measured

__all__ = ["SPECTRUM_PERIODS_S", "MeasureOptions", "MeasuredRecord", "measured"]
