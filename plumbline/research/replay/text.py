"""Text of a replay for people: one structure a paragraph."""

from collections.abc import Iterator
from typing import Any

from plumbline.analysis.trigger.arrival_report import arrival_text

MOST_TRIGGERS = 40
"""Triggers printed of one structure; ``--json`` has them all."""


def report_text(report: dict[str, Any]) -> str:
    """Return the report of one structure as text."""
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    when = f", from {report['start_utc']}" if report["start_utc"] else ""
    yield f"{report['name']} ({report['structure']}): {report['seconds']:g} s{when}"
    for node in report["nodes"]:
        gaps = f", {node['gaps']} gaps" if node["gaps"] else ""
        peak = "" if node["peak_gal"] is None else f", peak {node['peak_gal']:g} gal"
        yield (
            f"  node {node['code']}  {node['role']:<10} {node['name']}: {', '.join(node['axes'])}; "
            f"{node['rate_hz']:g} Hz{peak}{gaps}"
        )
    for note in report["notes"]:
        yield f"  note: {note}"
    seeded = report["seeded"]
    if seeded["noise_before_s"]:
        yield (
            f"  note: seeded at the noise floor of {seeded['noise_floor_ms2_per_root_hz']:.2g} "
            f"m/s2/sqrt(Hz); {seeded['noise_before_s']:g} s of instrument noise put before"
        )
    yield from _triggers(report["triggers"])
    yield from _episodes(report)


def _triggers(triggers: list[dict[str, Any]]) -> Iterator[str]:
    for one in triggers[:MOST_TRIGGERS]:
        yield (
            f"  trigger  {one['node']} {one['detector']:<12} onset {one['onset_s']:8.2f} s, "
            f"known {one['known_s']:8.2f} s, on until {one['until_s']:8.2f} s, "
            f"ratio {one['largest_ratio']:g}"
        )
    if len(triggers) > MOST_TRIGGERS:
        yield f"  trigger  ... and {len(triggers) - MOST_TRIGGERS} more"


def _episodes(report: dict[str, Any]) -> Iterator[str]:
    if not report["episodes"]:
        yield "  NO EPISODE" + ("" if report["triggers"] else "; no trigger either")
        loudest = report.get("loudest")
        if loudest is not None and loudest["classified"] is not None:
            yield f"    the loudest minute looks like: {_classified(loudest['classified'])}"
    for one in report["episodes"]:
        after = one["seconds_after_1_gal"]
        beside = "" if after is None else f", {after:g} s after 1 gal"
        yield (
            f"  {one['kind'].upper()}  opened by {one['detector']} at {one['opened_s']:g} s: "
            f"{one['seconds_after_onset']:g} s after its onset{beside}; {one['level']}, "
            f"peak {one['peak_gal']:g} gal"
        )
        if one["closed_s"] is not None:
            yield f"    closed at {one['closed_s']:g} s: {one['evidence'].get('ended', '')}"
        for arrival in one["arrivals"]:
            yield f"    node {arrival['node']} {arrival['channel']}: {arrival_text(arrival)}"
        yield from _evidence(one["evidence"])
        if (found := one.get("classified")) is not None:
            yield f"    looks like: {_classified(found)}"


def _evidence(evidence: dict[str, Any]) -> Iterator[str]:
    opened = evidence.get("opened_by", {})
    if "nodes" in opened:
        yield f"    evidence: {opened['detector']} on nodes {', '.join(opened['nodes'])}"
    for detector in ("short_period", "long_period"):
        if (found := evidence.get(detector)) is not None:
            triggered = "triggered" if found["triggered"] else "did not trigger"
            yield (
                f"    evidence: {detector} {triggered}: largest ratio {found['largest_ratio']:g} "
                f"(on at {found['on_ratio']:g}, from {found['least_gal']:g} gal on)"
            )


def _classified(found: dict[str, Any]) -> str:
    variant = f", {found['variant']}" if found["variant"] else ""
    return f"{found['cause']}{variant}: {found['because']}"
