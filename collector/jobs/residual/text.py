"""The answers in words, a line a point and moment."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plumbline.analysis.trend.movement import MovementVerdict
from plumbline.wire.block import NS


def answer_words(answer: dict[str, Any], unit: str, timezone: str = "UTC") -> str:
    """Return one answer: what is known, and where nothing is, why."""
    verdict = answer["verdict"]
    if verdict is None:
        due = answer.get("due_ns")
        return "not asked yet" if due is None else f"due {local(due, timezone)}"
    if verdict == MovementVerdict.UNKNOWN:
        return f"cannot be said: {answer['why']}"
    if verdict == MovementVerdict.NOT_ABOVE:
        said = f"not moved above {number(answer['bound'])} {unit}"
    else:
        half = (answer["high"] - answer["low"]) / 2
        said = f"{verdict} {rounded(answer['size'], half)} ± {number(half)} {unit}"
    settled = answer.get("settlement_mm")
    if settled is not None and verdict != MovementVerdict.NOT_ABOVE:
        half_mm = abs(settled["high"] - settled["low"]) / 2
        said += f" (over its baseline {rounded(settled['size'], half_mm)} mm)"
    if verdict == MovementVerdict.PERHAPS:
        said += f", below the detection limit {number(answer['limit'])} {unit}"
    notes = [answer["why"]] if answer["why"] else []
    if answer.get("missing_s"):
        notes.append(f"{answer['missing_s']:.0f} s of readings missing")
    if answer.get("later_episodes"):
        notes.append(f"with {answer['later_episodes']} later shaking in it")
    return said + (f"; {'; '.join(notes)}" if notes else "")


def point_words(told: dict[str, Any], timezone: str) -> Iterator[str]:
    """Yield a paragraph for each point of an episode."""
    for point in told["points"]:
        yield f"{point['point']}  {point['name']}"
        for answer in point["answers"]:
            yield f"  {answer['horizon']:<7} {answer_words(answer, point['unit'], timezone)}"
    for point in told["levelled"]:
        between = f"levelled {point['before']} and {point['after']} from {point['benchmark']}"
        yield f"{point['point']}  {between}: settled {point['difference_mm']:+.2f} mm"
        yield f"  over what went on before: {answer_words(point, 'mm')}"


def rounded(size: float, half: float) -> str:
    """Return a size with no more digits than its interval bears out."""
    decimals = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 3
    return f"{size:+.{decimals}f}"


def number(value: float) -> str:
    """Return a size with two digits that count."""
    return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"


def local(time_ns: str | int, timezone: str) -> str:
    """Return a time of the structure's own zone, to the minute."""
    return f"{datetime.fromtimestamp(int(time_ns) / NS, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
