"""An assessment in words, for a terminal."""

from typing import Any

# Rates are spoken in the unit a record of this length is thought of in.
SPOKEN = (
    (300.0, "yr", 365.25),
    (2.0, "d", 1.0),
    (1.0 / 12.0, "h", 1.0 / 24.0),
    (0.0, "min", 1 / 1440),
)


def table_words(read: dict[str, Any]) -> list[str]:
    """Return what was read, and what was understood otherwise than written."""
    return [
        f"{read['file']}: {read['parsed']} of {read['lines']} lines, "
        f"{read['from']} to {read['to']}",
        *(f"  {note}" for note in read["notes"]),
    ]


def channel_words(found: dict[str, Any], span_s: float) -> list[str]:
    """Return what was found in one channel, a line a finding."""
    unit = f" {found['unit']}" if found["unit"] else ""
    change = found["change"]
    count = f"{found['readings']} readings"
    if found["out_of_range"]:
        count += f", {found['out_of_range']} out of range (left out)"
    if found["missing"]:
        count += f", {found['missing']} missing"
    lines = [
        f"{found['channel']}: {count}",
        f"  over the record  {change['size']:+.4g}{unit} "
        f"(from {change['first']:.4g} to {change['last']:.4g}, ± {1.96 * change['sigma']:.2g})",
    ]
    for key, name in (
        ("trend", "trend"),
        ("stepless_trend", "without steps"),
        ("compensated_trend", "compensated"),
    ):
        if found[key]:
            lines.append(f"  {name:<16} {_trend(found[key], unit, span_s)}")
    lines += _temperature(found, unit)
    lines += _steps(found["steps"], unit)
    for index, each in enumerate(found["offsets"], start=1):
        lines.append(f"  event {index:<10} {_offset(each, unit)}")
    lines += _watch(found["rate_watch"], unit)
    if found["forecast"]:
        window = found["forecast"]
        lines.append(
            f"  failure window   {window['earliest']} to {window['latest']} "
            f"(90 %, re-forecast {window['reforecast']} times; made {window['made']})"
        )
    else:
        lines.append(f"  no failure forecast: {found['no_forecast']}")
    lines += [f"  {remark}" for remark in found["remarks"]]
    return lines


def _trend(found: dict[str, Any], unit: str, span_s: float) -> str:
    days = span_s / 86_400.0
    _, per, factor = next(row for row in SPOKEN if days >= row[0])
    rate, low, high = (found[key] * factor for key in ("rate_per_d", "low_per_d", "high_per_d"))
    test = found["mann_kendall"]
    return (
        f"{rate:+.4g}{unit}/{per} [{low:+.4g}, {high:+.4g}] at {100 * found['confidence']:.0f} %; "
        f"Mann-Kendall p {test['p']:.2g}; {found['medians']} medians of "
        f"{_length(found['thinned_to_d'] * 86_400.0)}, lag-one {found['lag_one']:.2f}"
    )


def _temperature(found: dict[str, Any], unit: str) -> list[str]:
    coupling = found["temperature"]
    lines = []
    if coupling:
        levels, changes = coupling["correlation_of_levels"], coupling["correlation_of_changes"]
        lines.append(
            f"  temperature      medians {coupling['low_c']:.1f} to {coupling['high_c']:.1f} degC; "
            f"correlation of levels {_two(levels)}, of changes {_two(changes)}"
        )
    model = found["thermal_model"]
    if model:
        slow = "" if model["per_c_slow"] is None else f" (slowly {model['per_c_slow']:.4g})"
        lines.append(
            f"  thermal model    {model['per_c']:.4g}{unit}/degC{slow}, "
            f"lag {model['lag_h']:.2f} h, R² {model['r_squared']:.2f}, "
            f"residual {model['residual_sigma']:.3g}{unit}"
        )
    return lines


def _steps(found: dict[str, Any] | None, unit: str) -> list[str]:
    if found is None:
        return []
    lines = [
        f"  steps            {len(found['steps'])} above {found['detection_limit']:.3g}{unit} "
        f"(what returns within {_length(found['hold_s'])} is a transient)"
    ]
    for each in found["steps"]:
        lines.append(
            f"    step at {each['time_s']:.1f} s after the start ({each['time']}): "
            f"{each['size']:+.4g}{unit} [{each['low']:+.4g}, {each['high']:+.4g}]"
        )
    for each in found["transients"]:
        lines.append(
            f"    transient {each['start_s']:.0f} to {each['end_s']:.0f} s: "
            f"{each['peak']:+.4g}{unit}"
        )
    if found["below_limit"]:
        lines.append(f"    {len(found['below_limit'])} smaller changes of level, not claimed")
    return lines


def _offset(found: dict[str, Any] | None, unit: str) -> str:
    if found is None:
        return "too few readings before or after it"
    verdict = "moved" if found["moved"] else "no offset shown"
    return (
        f"{found['size']:+.4g}{unit} [{found['low']:+.4g}, {found['high']:+.4g}], {verdict}; "
        f"matched in {found['matched_in']}"
    )


def _watch(found: dict[str, Any] | None, unit: str) -> list[str]:
    if found is None:
        return []
    lines = [f"  rate watch       {found['days']} days, {len(found['alarms'])} alarms"]
    for each in found["alarms"]:
        per = f"{unit}/d" if each["kind"] == "rate" else unit
        lines.append(
            f"    {each['day']}: a {each['kind']} of {each['size']:+.4g}{per} "
            f"[{each['low']:+.4g}, {each['high']:+.4g}] since {each['since']}"
        )
    return lines


def _length(span_s: float) -> str:
    for size, name in ((86_400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if span_s >= size:
            return f"{span_s / size:.3g} {name}"
    return f"{span_s:.3g} s"


def _two(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.2f}"
