"""A summary for people, in Markdown; the structure's own time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plumbline.wire.block import NS
from plumbline.wire.timestamps import iso_date

GIB = 2**30


def markdown(content: dict[str, Any]) -> str:
    """Return a summary as Markdown."""
    return "\n".join(_lines(content)) + "\n"


def _lines(content: dict[str, Any]) -> Iterator[str]:
    zone = ZoneInfo(content["timezone"])

    def at(time_ns: int) -> str:
        return f"{datetime.fromtimestamp(time_ns / NS, zone):%m-%d %H:%M:%S}"

    written = datetime.fromtimestamp(content["written_ns"] / NS, zone)
    yield f"# {content['structure']} {content['name']}: {content['length']} {content['period']}"
    yield ""
    yield f"Written {written:%Y-%m-%d %H:%M} {content['timezone']}. No line here says that the"
    yield "structure is safe."
    yield ""
    yield "## What is not known"
    yield ""
    yield from (f"- {line}" for line in content["unknown"])
    yield from _section("Shaking and sway", [_episode(one, at) for one in content["episodes"]])
    yield from _section("Levels reached", [_level(one, at) for one in content["levels"]])
    largest = [_value(one) for one in content["largest"]] + [
        _deformation(one) for one in content["slow"]
    ]
    yield from _section("Largest values", largest)
    silent = [
        f"{_span(one, at)}: {', '.join(one['nodes']) or 'the whole structure'} silent, "
        f"{one['inside_s'] / 60:.0f} min of this {content['length']}"
        for one in content["silence"]
    ]
    yield from _section("Silence", silent)
    yield from _section("Other", [f"{_span(one, at)}: {one['kind']}" for one in content["other"]])
    yield from _streams(content["streams"])
    yield from _section("Who was told", [_message(one, at) for one in content["notifications"]])
    yield from _section("Surveys", [_survey(one) for one in content["surveys"]])
    free, total = content["disk"]["free_bytes"] / GIB, content["disk"]["total_bytes"] / GIB
    yield from _section("Disk", [f"{free:.1f} of {total:.1f} GiB free when this was written"])


def _section(title: str, rows: list[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from (f"- {row}" for row in rows or ["none"])


def _span(one: dict[str, Any], at: Any) -> str:
    end = "going on" if one["closed_ns"] is None else at(one["closed_ns"])
    return f"{at(one['onset_ns'])} – {end}"


def _episode(one: dict[str, Any], at: Any) -> str:
    text = f"{_span(one, at)}: {_value(one)}, by {one['detector']}"
    text += ", found in late data" if one["late"] else ""
    moved = one["moved"]
    if moved is not None:
        answer = moved["verdict"] or "not asked yet"
        answer = "nothing moved above its limits" if answer == "not moved above" else answer
        text += f"; did it move? {answer}" if moved["points"] else "; no point to ask if it moved"
        text += f" ({moved['not_due_yet']} answers not due yet)" if moved["not_due_yet"] else ""
    return text


def _level(one: dict[str, Any], at: Any) -> str:
    limit = one["limit"]
    of = "" if limit is None else f" of {limit['value']:g} {limit['unit']} ({limit['standing']})"
    where = ", ".join(one["nodes"])
    return f"{_span(one, at)}: {_value(one)}{of} at {where}"


def _value(one: dict[str, Any]) -> str:
    return f"{one['kind']} {one['value']:.3g} {one['unit']} ({one['level']})"


def _deformation(one: dict[str, Any]) -> str:
    zero = "" if one["zeroed"] else ", as read: no zero"
    return (
        f"{one['channel']} {one['name']}: {one['lowest']:+.4g} to {one['highest']:+.4g} "
        f"{one['unit']}, last {one['last']:+.4g} ({one['hours']} hourly means{zero})"
    )


def _streams(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield "## Data held"
    yield ""
    if not rows:
        yield "- none"
        return
    yield "| stream | where | held | worst clock error | lowest time quality |"
    yield "|---|---|---|---|---|"
    for one in rows:
        error = "unknown" if one["clock_error_ms"] is None else f"{one['clock_error_ms']:.2f} ms"
        quality = "unknown" if one["time_quality"] is None else f"{one['time_quality']} of 100"
        held = f"{int(1000 * one['held']) / 10:.1f} %"
        yield f"| {one['stream']} | {one['name']} | {held} | {error} | {quality} |"


def _message(one: dict[str, Any], at: Any) -> str:
    answered = f"answered by {one['answered_by']}" if one["answered_by"] else "nobody answered"
    test = "TEST, " if one["test"] else ""
    return (
        f"{at(one['created_ns'])}: {test}{one['person']}, {one['kind']} {one['level']} "
        f"({one['purpose']}): {one['state']}; {answered}"
    )


def _survey(one: dict[str, Any]) -> str:
    closure = "closure not checked"
    if one["closure_mm"] is not None:
        closure = f"closed within {one['closure_mm']:+.2f} of {one['allowed_mm']:.2f} mm"
    day = iso_date(one["date_ns"])
    return f"{day} from {one['benchmark']} by {one['surveyor']}: {one['points']} points, {closure}"
