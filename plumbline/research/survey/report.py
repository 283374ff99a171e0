"""Report of a structure's distortion between two dates: what ``survey distortion`` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plumbline.analysis.tilt import PlaneFit
from plumbline.collector.field.levelling import SurveyStore
from plumbline.collector.field.levelling.store import PointLevel
from plumbline.research.survey.distortion import (
    SettledPoint,
    pair_reports,
    plane_report,
    profile_report,
    worst,
)
from plumbline.research.survey.distortion_limits import crack_report, damage_report, limit_reports
from plumbline.research.survey.points import day_text
from plumbline.research.survey.positions import Position

HOGGING_UNKNOWN = (
    "whether a pair hogs is not known without --profile; where it does, limits of angular "
    "distortion are half"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistortionQuestion:
    """Options of a distortion report.

    Attributes
    ----------
    since_ns, until_ns
        Dates of the two surveys compared; None takes the first and the last. [ns since 1970]
    fit
        How the plane is put through the points.
    profiles
        Lines of points, each in order.
    level_sigma_mm
        Standard deviation of one level, if known. [mm]
    horizontal_strain
        Tensile strain beside the distortion, for the damage category. [1]
    crack_mm
        Widest crack, if seen. [mm]
    """

    since_ns: int | None = None
    until_ns: int | None = None
    fit: PlaneFit = PlaneFit.LEAST_SQUARES
    profiles: tuple[tuple[str, ...], ...] = ()
    level_sigma_mm: float | None = None
    horizontal_strain: float = 0.0
    crack_mm: float | None = None


def distortion_report(
    store: SurveyStore, positions: Mapping[str, Position], question: DistortionQuestion
) -> dict[str, Any]:
    """Return plane, pairs, profiles, damage and limits.

    Raises
    ------
    ValueError
        If fewer than two points can be compared, or a profile cannot be made.
    """
    points, left_out, notes = _settled(store, positions, question)
    if len(points) < 2:
        why = "; ".join(f"{one['point']}: {one['why']}" for one in left_out)
        raise ValueError(f"fewer than two points with a position and two levels ({why})")
    plane, body, no_distortion = plane_report(points, question.fit)
    pairs = pair_reports(points, body, question.level_sigma_mm)
    by_name = {point.name: point for point in points}
    profiles = [profile_report(names, by_name, body) for names in question.profiles]
    segments = [one for profile in profiles for one in profile["segments"]]
    if not question.profiles:
        segments = pairs
        notes += [HOGGING_UNKNOWN] if body is not None else []
    return {
        "points": [
            {
                "point": one.name,
                "x_m": one.position.x_m,
                "y_m": one.position.y_m,
                "settlement_mm": one.settlement_mm,
                "from": one.first,
                "to": one.last,
            }
            for one in points
        ],
        "left_out": left_out,
        "plane": plane,
        "no_angular_distortion": no_distortion,
        "pairs": pairs,
        "profiles": profiles,
        "largest_rotation": worst(segments, "rotation"),
        "largest_angular_distortion": worst(segments, "angular_distortion"),
        "damage": damage_report(segments, question.horizontal_strain),
        "crack": crack_report(question.crack_mm),
        "limits": limit_reports(segments, plane),
        "notes": notes,
    }


def _settled(
    store: SurveyStore, positions: Mapping[str, Position], question: DistortionQuestion
) -> tuple[list[SettledPoint], list[dict[str, str]], list[str]]:
    """Return points with what they settled, those left out, and what must be known of the rest."""
    found: list[SettledPoint] = []
    left_out: list[dict[str, str]] = []
    datums: set[str] = set()
    for name, position in positions.items():
        levels = store.levels(name)
        pair = _ends(levels, question)
        if isinstance(pair, str):
            left_out.append({"point": name, "why": pair})
            continue
        before, after = pair
        datums |= {before.benchmark, after.benchmark}
        found.append(
            SettledPoint(
                name=name,
                position=position,
                settlement_mm=before.level_mm - after.level_mm,
                first=day_text(before.date_ns),
                last=day_text(after.date_ns),
            )
        )
    notes = []
    if len(datums) > 1:
        notes.append(f"levelled from {', '.join(sorted(datums))}: their own movement is in it")
    if len({(one.first, one.last) for one in found}) > 1:
        notes.append("the points were not all levelled on the same two days; see each")
    return found, left_out, notes


def _ends(
    levels: Sequence[PointLevel], question: DistortionQuestion
) -> tuple[PointLevel, PointLevel] | str:
    """Return the levels at the two dates, each the last before its end, or what is missing."""
    if not levels:
        return "never levelled"
    since = [one for one in levels if question.since_ns is None or one.date_ns <= question.since_ns]
    until = [one for one in levels if question.until_ns is None or one.date_ns <= question.until_ns]
    if not since or not until:
        return f"first levelled {day_text(levels[0].date_ns)}"
    before = levels[0] if question.since_ns is None else since[-1]
    after = until[-1]
    return (before, after) if after.date_ns > before.date_ns else "levelled once in that time"
