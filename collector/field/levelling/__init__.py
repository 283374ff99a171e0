"""Levelling surveys: irregular channels of points, each run with its closure, stored in SQLite.

::

    SurveyError         what is wrong with a survey table, every line of it at once
"""

from plumbline.collector.field.levelling.doubts import Doubt, DoubtKind, doubts
from plumbline.collector.field.levelling.errors import SurveyError
from plumbline.collector.field.levelling.model import LevellingRun, LevelReading
from plumbline.collector.field.levelling.stability import benchmark_reports
from plumbline.collector.field.levelling.store import SurveyOutcome, SurveyStore
from plumbline.collector.field.levelling.table import read_runs

__all__ = [
    "Doubt",
    "DoubtKind",
    "LevelReading",
    "LevellingRun",
    "SurveyError",
    "SurveyOutcome",
    "SurveyStore",
    "benchmark_reports",
    "doubts",
    "read_runs",
]
