"""Residual comparisons as text, a line a point and horizon."""

import math
from collections.abc import Iterator
from typing import Any

from plumbline.analysis.trend.movement import MovementVerdict
from plumbline.wire.timestamps import local_minute


def comparison_text(one: dict[str, Any], unit: str, timezone: str = "UTC") -> str:
    """Return one comparison: what is known, and where nothing is, why."""
    verdict = one["verdict"]
    if verdict is None:
        due = one.get("due_ns")
        return "not asked yet" if due is None else f"due {local_minute(int(due), timezone)}"
    if verdict == MovementVerdict.UNKNOWN:
        return f"cannot be said: {one['why']}"
    if verdict == MovementVerdict.NOT_ABOVE:
        text = f"not moved above {number(one['bound'])} {unit}"
    else:
        half = (one["high"] - one["low"]) / 2
        text = f"{verdict} {rounded(one['size'], half)} ± {number(half)} {unit}"
    settled = one.get("settlement_mm")
    if settled is not None and verdict != MovementVerdict.NOT_ABOVE:
        half_mm = abs(settled["high"] - settled["low"]) / 2
        text += f" (over its baseline {rounded(settled['size'], half_mm)} mm)"
    if verdict == MovementVerdict.PERHAPS:
        text += f", below the detection limit {number(one['limit'])} {unit}"
    notes = [one["why"]] if one["why"] else []
    if one.get("missing_s"):
        notes.append(f"{one['missing_s']:.0f} s of readings missing")
    if one.get("later_episodes"):
        notes.append(f"with {one['later_episodes']} later shaking in it")
    return text + (f"; {'; '.join(notes)}" if notes else "")


def points_text(report: dict[str, Any], timezone: str) -> Iterator[str]:
    """Yield a paragraph for each point of an episode."""
    for point in report["points"]:
        yield f"{point['point']}  {point['name']}"
        for one in point["answers"]:
            yield f"  {one['horizon']:<7} {comparison_text(one, point['unit'], timezone)}"
    for point in report["levelled"]:
        between = f"levelled {point['before']} and {point['after']} from {point['benchmark']}"
        yield f"{point['point']}  {between}: settled {point['difference_mm']:+.2f} mm"
        yield f"  over what went on before: {comparison_text(point, 'mm')}"


def rounded(size: float, half: float) -> str:
    """Return a size with no more digits than its interval bears out."""
    decimals = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 3
    return f"{size:+.{decimals}f}"


def number(value: float) -> str:
    """Return a size with two digits that count."""
    return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
