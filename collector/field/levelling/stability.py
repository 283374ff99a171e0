"""Stability of each benchmark, by the runs from other benchmarks."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.settlement.stability import (
    STILL_MM_A_YEAR,
    BenchmarkStability,
    benchmark_stability,
)
from plumbline.collector.field.levelling.store import SurveyStore
from plumbline.wire.block import NS

DAY_NS = 86_400 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkReport:
    """One benchmark as seen from another.

    Attributes
    ----------
    benchmark
        Which.
    seen_from
        The benchmark its levels were carried from; "" when it never was.
    stability
        The verdict on those levels.
    """

    benchmark: str
    seen_from: str
    stability: BenchmarkStability


def benchmark_reports(
    store: SurveyStore, *, limit_mm_a_year: float = STILL_MM_A_YEAR
) -> list[BenchmarkReport]:
    """Return a report for every benchmark, from every other it was levelled from.

    Parameters
    ----------
    store
        The runs.
    limit_mm_a_year
        Rate below which a benchmark stands still. [mm/yr]
    """
    reports = []
    for benchmark in store.benchmarks():
        levels = store.levels(benchmark)
        origins = sorted({level.benchmark for level in levels}) or [""]
        for origin in origins:
            seen = [level for level in levels if level.benchmark == origin]
            time_d = np.array([level.date_ns / DAY_NS for level in seen])
            level_mm = np.array([level.level_mm for level in seen])
            reports.append(
                BenchmarkReport(
                    benchmark=benchmark,
                    seen_from=origin,
                    stability=benchmark_stability(
                        time_d, level_mm, limit_mm_a_year=limit_mm_a_year
                    ),
                )
            )
    return reports
