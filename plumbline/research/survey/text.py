"""A distortion report as a person reads it: slopes as 1 in so many."""

from typing import Any


def distortion_text(report: dict[str, Any]) -> list[str]:
    """Return the report as lines."""
    lines = [
        f"{len(report['points'])} points",
        *(
            f"  {one['point']}: {one['settlement_mm']:+.2f} mm from {one['from']} to {one['to']}"
            for one in report["points"]
        ),
        *(f"  left out {one['point']}: {one['why']}" for one in report["left_out"]),
        *_plane(report["plane"]),
    ]
    if report["no_angular_distortion"]:
        lines.append(f"no angular distortion: {report['no_angular_distortion']}")
    for profile in report["profiles"]:
        lines.append(
            f"profile {'-'.join(profile['points'])}, {profile['length_m']:.1f} m: "
            f"{profile['curvature']}, deflection ratio {slope(profile['deflection_ratio'])}; rigid "
            f"tilt from the {profile['rigid_tilt_from']}"
        )
        lines += [_segment(one) for one in profile["segments"]]
    if not report["profiles"]:
        lines += ["neighbours", *(_segment(one) for one in report["pairs"])]
    lines += _damage(report)
    lines.append("limits: candidates for this structure until one is adopted; none calls anybody")
    lines += [_limit(one) for one in report["limits"] if one["reached"] is not None]
    return lines + [f"note: {note}" for note in report["notes"]]


def slope(ratio: float | None) -> str:
    """Return a ratio as ``1/500``."""
    if ratio is None:
        return "unknown"
    if abs(ratio) < 1e-6:
        return "0"
    return f"{'-' if ratio < 0 else ''}1/{1 / abs(ratio):.0f}"


def _plane(plane: dict[str, Any] | None) -> list[str]:
    if plane is None:
        return []
    spread = plane["residual_sigma_mm"]
    rest = "" if spread is None else f"; {spread:.2f} mm about it"
    return [
        f"plane ({plane['fit']}): tilt {plane['tilt_urad']:.0f} µrad = "
        f"{slope(plane['tilt_urad'] * 1e-6)} down toward {plane['toward_deg']:.0f}° from y{rest}"
    ]


def _segment(one: dict[str, Any]) -> str:
    sigma = "" if one["sigma_mm"] is None else f" ± {one['sigma_mm']:.2f}"
    return (
        f"  {one['first']} to {one['second']}, {one['distance_m']:.1f} m: "
        f"{one['settlement_mm']:+.2f}{sigma} mm, rotation {slope(one['rotation'])}, angular "
        f"distortion {slope(one['angular_distortion'])}"
    )


def _damage(report: dict[str, Any]) -> list[str]:
    lines = []
    if (found := report["damage"]) is not None:
        rule, category = found["strain_rule"], found["category_rule"]
        lines += [
            f"damage category {found['category']} by a tensile strain of "
            f"{100 * found['strain']:.4f} % at {found['where']}, with a horizontal strain of "
            f"{100 * found['horizontal_strain']:g} %",
            f"  strain: {rule['standing']}, {rule['source']}",
            f"  category: {category['standing']}, {category['source']}",
            "  98 buildings of 1956 with such a distortion settled unevenly by some "
            f"{found['skempton_differential_mm']:.0f} mm: a plausibility check",
        ]
    if (crack := report["crack"]) is not None:
        rule = crack["category_rule"]
        lines.append(
            f"damage category {crack['category']} by a crack of {crack['width_mm']:g} mm, never "
            f"to be used alone ({rule['standing']}, {rule['source']})"
        )
    return lines


def _limit(one: dict[str, Any]) -> str:
    state = "REACHED" if one["reached"] else "below  "
    half = ", half for hogging" if one["halved_for_hogging"] else ""
    return (
        f"  {state} {slope(one['ratio'])} {one['quantity']}{half}: {one['means']}; found "
        f"{slope(one['found'])} ({one['where']}) [{one['limit']}; values {one['standing']}: "
        f"{one['source']}, {one['edition']}]"
    )
