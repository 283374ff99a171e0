"""Checks of a survey store for people: stability of its benchmarks, doubtful levels."""

import math
from typing import Any

from plumbline.collector.field.levelling import SurveyStore, benchmark_reports, doubts


def checks_report(store: SurveyStore) -> dict[str, Any]:
    """Return every benchmark's stability, and every doubt."""
    return {
        "benchmarks": [
            {
                "benchmark": each.benchmark,
                "seen_from": each.seen_from or None,
                "verdict": each.stability.verdict.value,
                "rate_mm_yr": None
                if math.isnan(each.stability.rate_mm_a_year)
                else each.stability.rate_mm_a_year,
                "checks": each.stability.n,
                "reason": each.stability.reason,
            }
            for each in benchmark_reports(store)
        ],
        "doubts": [
            {"point": each.point, "kind": each.kind.value, "reason": each.reason}
            for each in doubts(store)
        ],
    }


def checks_text(checks: dict[str, Any]) -> list[str]:
    """Return the checks as lines."""
    lines = []
    for row in checks["benchmarks"]:
        seen = (
            f"seen from {row['seen_from']}" if row["seen_from"] else "never levelled from another"
        )
        rate = "" if row["rate_mm_yr"] is None else f", {row['rate_mm_yr']:+.2f} mm/yr"
        lines.append(
            f"benchmark {row['benchmark']}, {seen}: {row['verdict']}{rate} ({row['reason']})"
        )
    lines += [f"look at {each['point']}: {each['reason']}" for each in checks["doubts"]]
    return lines
