"""A report as a person reads it: gal, cm/s and cm, one station a paragraph."""

from collections.abc import Iterable
from typing import Any

from plumbline.analysis.trigger.arrival_report import arrival_text
from plumbline.research.measure.hvsr import hvsr_text

COLUMNS = (
    ("axis", "{channel}"),
    ("azimuth", "{azimuth}"),
    ("PGA gal", "{pga_gal:.3f}"),
    ("at s", "{pga_at_s:.2f}"),
    ("stated", "{stated}"),
    ("band gal", "{band_gal:.3f}"),
    ("PGV cm/s", "{pgv_cms:.3f}"),
    ("PGD cm", "{pgd_cm:.3f}"),
    ("Arias m/s", "{arias_ms:.4g}"),
    ("CAV m/s", "{cav_ms:.4g}"),
    ("CAVstd g s", "{cav_standardised_gs:.4g}"),
    ("D5-95 s", "{d5_95_s:.2f}"),
)


def words(report: dict[str, Any]) -> str:
    """Return the report of one station as text."""
    lines = [
        report["name"],
        f"  {report['rate_hz']:g} Hz, {report['duration_s']:g} s"
        + (f", from {report['start_utc']}" if report["start_utc"] else ", start time not stated"),
    ]
    if "jma" in report:
        lines += _shaking(report)
    elif "axes" in report:
        lines += _numbers(report)
    lines += [
        f"  given {g['quantity']} {g['channel']}: "
        + ", ".join(f"{key} {value:.6g}" for key, value in list(g.items())[2:] if value is not None)
        for g in report.get("given", [])
    ]
    lines += [f"  note: {note}" for note in report["notes"]]
    return "\n".join(lines)


def _shaking(report: dict[str, Any]) -> Iterable[str]:
    rules, peaks = report["rules"], report["peaks"]
    low, high = rules["band_hz"]
    corner = rules["velocity_high_pass_hz"]
    window = f" over {rules['baseline_window_s']:.2f} s" if rules["baseline_window_s"] else ""
    yield (
        f"  baseline: {rules['baseline']}{window}; band {low:g}-{high:g} Hz; velocity "
        + (f"above {corner:g} Hz" if corner else "integrated plainly")
    )
    yield from _table(
        [
            axis
            | {
                "azimuth": _direction(axis),
                "pga_gal": axis["pga_ms2"] * 100,
                "band_gal": axis["pga_band_ms2"] * 100,
                "pgv_cms": axis["pgv_ms"] * 100,
                "pgd_cm": axis["pgd_m"] * 100,
                "stated": "-"
                if axis["stated_pga_ms2"] is None
                else f"{axis['stated_pga_ms2'] * 100:.3f}",
            }
            for axis in report["axes"]
        ]
    )
    yield (
        f"  vector: {peaks['pga_vector_ms2'] * 100:.3f} gal, "
        f"{peaks['pgv_vector_ms'] * 100:.3f} cm/s"
    )
    if peaks["pga_rotd50_ms2"] is not None:
        yield (
            f"  horizontal RotD50 / RotD100: {peaks['pga_rotd50_ms2'] * 100:.3f} / "
            f"{peaks['pga_rotd100_ms2'] * 100:.3f} gal, {peaks['pgv_rotd50_ms'] * 100:.3f} / "
            f"{peaks['pgv_rotd100_ms'] * 100:.3f} cm/s"
        )
    yield from _intensities(report)
    if report["arrival"] is not None:
        yield f"  {report['arrival']['channel']}: {arrival_text(report['arrival'])}"
    if "hvsr" in report:
        yield from hvsr_text(report["hvsr"])


def _intensities(report: dict[str, Any]) -> Iterable[str]:
    jma, mmi, slow = report["jma"], report["mmi"], report["long_period"]
    if jma is not None and jma["value"] is not None:
        part = "" if jma["complete"] else f" (a lower bound: {jma['n_axes']} of 3 axes)"
        yield (
            f"  JMA intensity: {jma['reported']:.1f}, scale {jma['scale']}{part}; "
            f"from {jma['value']:.4f}, a0 {jma['a0_gal']:.3f} gal"
        )
    if mmi is not None:
        for name, values in mmi.items():
            parts = [f"{key} {value:.1f}" for key, value in values.items() if value is not None]
            yield f"  MMI, {name}: " + ", ".join(parts)
    if slow is not None:
        yield (
            f"  JMA long-period class: {slow['class']} "
            f"({max(slow['sva_ms']) * 100:.2f} cm/s at {slow['largest_at_s']:g} s; "
            f"horizontal: {slow['horizontal']})"
        )
        if slow["own_sva_ms"] is not None:
            source = slow["own_period_source"]
            yield (
                f"  at the own period of {slow['own_period_s']:.3g} s ({source}): "
                f"{slow['own_sva_ms'] * 100:.2f} cm/s"
            )
        elif slow["own_period_s"] is not None:
            yield (
                f"  the own period of {slow['own_period_s']:.3g} s "
                f"({slow['own_period_source']}) lies outside the class's periods"
            )


def _numbers(report: dict[str, Any]) -> Iterable[str]:
    for axis in report["axes"]:
        values = [f"{key} {value:.6g}" for key, value in list(axis.items())[3:]]
        yield f"  {axis['channel']}: " + ", ".join(values)


def _direction(axis: dict[str, Any]) -> str:
    if axis["vertical"]:
        return "up"
    return "-" if axis["azimuth_deg"] is None else f"{axis['azimuth_deg']:g}"


def _table(rows: list[dict[str, Any]]) -> Iterable[str]:
    cells = [[head for head, _ in COLUMNS]]
    cells += [[form.format(**row) for _, form in COLUMNS] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(COLUMNS))]
    for row in cells:
        yield "  " + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True))
