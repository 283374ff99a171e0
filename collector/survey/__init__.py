"""Levelling surveys: irregular channels of points, each run with its closure, kept in SQLite.

::

    SurveyError         what is wrong with a survey table, every line of it at once
"""

from plumbline.collector.survey.doubts import Doubt, Kind, doubts
from plumbline.collector.survey.errors import SurveyError
from plumbline.collector.survey.model import Level, Run
from plumbline.collector.survey.stability import benchmark_reports
from plumbline.collector.survey.store import Outcome, SurveyStore
from plumbline.collector.survey.table import read_runs

__all__ = [
    "Doubt",
    "Kind",
    "Level",
    "Outcome",
    "Run",
    "SurveyError",
    "SurveyStore",
    "benchmark_reports",
    "doubts",
    "read_runs",
]
