"""Measuring whole records for people: from a station's files to one report."""

from plumbline.measuring.rules import SPECTRUM_PERIODS_S, Measured, Rules
from plumbline.measuring.station import measured

__all__ = ["SPECTRUM_PERIODS_S", "Measured", "Rules", "measured"]
