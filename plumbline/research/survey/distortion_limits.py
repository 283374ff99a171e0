"""Distortion beside limits and damage categories: each with its source, none of them adopted."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.analysis.limit_standing import Provenance
from plumbline.analysis.tilt import (
    DISTORTION_LIMITS,
    DamageCategory,
    category_by_crack,
    category_by_strain,
    combined_strain,
)
from plumbline.analysis.tilt.damage import COMBINED
from plumbline.analysis.tilt.limits import DistortionQuantity, differential_from_distortion_mm
from plumbline.research.survey.distortion import hogs, worst

PER_SEGMENT = {
    DistortionQuantity.ANGULAR_DISTORTION: "angular_distortion",
    DistortionQuantity.ROTATION: "rotation",
}


def limit_reports(
    segments: Sequence[Mapping[str, Any]], plane: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Return every limit beside the worst of its quantity; candidates for this structure, all.

    Parameters
    ----------
    segments
        Pairs and segments of profiles; where a profile hogs, limits of angular distortion are
        half.
    plane
        The plane's report, for limits on the tilt of the whole.
    """
    found = []
    for key, limit in DISTORTION_LIMITS.items():
        if limit.quantity is DistortionQuantity.TILT:
            ratio, where, bound = None, "the whole", limit.ratio
            if plane is not None:
                ratio = plane["tilt_urad"] * 1e-6
        else:
            figure = PER_SEGMENT[limit.quantity]
            shares = [
                {**one, "share": abs(one[figure]) / limit.for_curvature(hogs(one))}
                for one in segments
                if one[figure] is not None
            ]
            one = worst(shares, "share")
            ratio = None if one is None else abs(one[figure])
            where = "" if one is None else f"{one['first']} to {one['second']}"
            bound = limit.ratio if one is None else limit.for_curvature(hogs(one))
        found.append(
            {
                "limit": key,
                "quantity": str(limit.quantity),
                "ratio": bound,
                "halved_for_hogging": bound < limit.ratio,
                "found": ratio,
                "where": where,
                "reached": None if ratio is None else ratio >= bound,
                "means": limit.means,
                **standing_of(limit.provenance),
            }
        )
    return found


def damage_report(
    segments: Sequence[dict[str, Any]], horizontal_strain: float
) -> dict[str, Any] | None:
    """Return strain and damage category of the largest angular distortion; None without one."""
    one = worst(segments, "angular_distortion")
    if one is None:
        return None
    strain = combined_strain(one["angular_distortion"], horizontal_strain)
    return {
        "angular_distortion": abs(one["angular_distortion"]),
        "where": f"{one['first']} to {one['second']}",
        "horizontal_strain": horizontal_strain,
        "strain": strain.strain,
        "crack_direction_deg": strain.angle_deg,
        "strain_rule": standing_of(COMBINED),
        **_category(category_by_strain(strain.strain)),
        # One fit through 98 buildings: a plausibility check, no measurement.
        "skempton_differential_mm": differential_from_distortion_mm(abs(one["angular_distortion"])),
    }


def crack_report(width_mm: float | None) -> dict[str, Any] | None:
    """Return the damage category of the widest crack, which is never used alone."""
    if width_mm is None:
        return None
    return {"width_mm": width_mm, **_category(category_by_crack(width_mm))}


def standing_of(whose: Provenance) -> dict[str, Any]:
    """Return source and standing; nobody has adopted it for this structure."""
    return {
        "source": whose.source,
        "edition": whose.edition,
        "standing": str(whose.standing),
        "adopted": whose.adoption is not None,
    }


def _category(found: DamageCategory) -> dict[str, Any]:
    return {
        "category": found.category,
        "by": found.by,
        "may_stand_alone": found.alone,
        "category_rule": standing_of(found.provenance),
    }
