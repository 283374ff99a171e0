"""Write ``docs/detectors.md``: every measured record through the detectors.

Run: ``python -m plumbline.research.replay.table [DATA]``, with the folder of the record sets,
by default ``../shared/data`` beside the checkout.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from plumbline.analysis.classify import Cause, Confusion
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.research.replay.cases import Case, RecordSets, manifest, replayed_case
from plumbline.research.replay.run import Replayed

REPO = Path(__file__).resolve().parents[3]
DATA = REPO.parent / "shared" / "data"
PAGE = REPO / "docs" / "detectors.md"

HEAD = """\
# What the detectors make of measured records

Written by `python -m plumbline.research.replay.table` from the records beside the checkout; do
not edit. Every row is `plumbline replay` with the default `[detection]` settings: {settings}.

The collector's own detection stage takes the record in blocks of one second. A lone record is
judged as a structure with one node, on the ground; 20 s of instrument noise are put before it and
the triggers start at the noise floor of an ADXL355 (22.5 µg/√Hz). Records without a unit are judged
by shape: their quiet parts are made 0.3 gal rms, or the size stated. *Opened* counts from when the
ground first passes 1 gal in that motion, and from the onset the trigger states. *Looks like* is
what the classifier says of the episode, or, where there is none, of the loudest minute; it opens
and prevents nothing.

What does not come out as expected stands in bold. A motion above 2 gal that opens nothing, and why:
{misses}

| set | files | peak gal | decision | opened, s after 1 gal / onset | evidence | looks like | |
|---|---|---|---|---|---|---|---|
"""

CLASSES = """\

## The classifier beside what it really was

{agreement} Thresholds: `plumbline.analysis.classify.ClassifySettings`; they were fitted on these
records and on synthetic wind, cranes, piling, feet and faults, and so this is no independent test.
Engineers' labels of real events are kept by the collector: `plumbline labels`.

"""

OTHERS = """
## Sets without motion to judge

| set | |
|---|---|
"""


def main(words: Sequence[str]) -> int:
    """Write the page; return how many decisions are not as expected."""
    data = Path(words[0]) if words else DATA
    if not data.is_dir():
        print(f"{data}: no such folder; name the folder of the record sets")
        return 2
    known = manifest()
    found = [(case, one) for case in known.case for one in replayed_case(case, data)]
    PAGE.write_text(page(known, found), encoding="utf-8")
    wrong = [case.name for case, one in found if one.report["decision"] != case.expect]
    print(f"{PAGE}: {len(found)} rows, {len(wrong)} not as expected {wrong or ''}")
    return len(wrong)


def page(known: RecordSets, found: Sequence[tuple[Case, Replayed]]) -> str:
    """Return the page as Markdown."""
    misses = [
        f"- `{case.set}` {' '.join(case.files)}: {case.why or 'not explained'}"
        for case, one in found
        if case.cause is Cause.EARTHQUAKE and one.report["decision"] == "none"
    ]
    settings = DetectionSettings()
    thresholds = (
        f"short-period on at {settings.short_ratio:g} and {settings.short_gal:g} gal, "
        f"long-period on at {settings.long_ratio:g} and {settings.long_gal:g} gal"
    )
    rows = "".join(f"| {' | '.join(_row(case, one.report))} |\n" for case, one in found)
    others = "".join(f"| {other.set} | {other.why} |\n" for other in known.other)
    head = HEAD.format(settings=thresholds, misses="\n".join(misses) or "- none")
    return head + rows + _classes(found) + OTHERS + others


def _row(case: Case, report: dict[str, Any]) -> Iterator[str]:
    yield case.set
    words = [*case.files, *case.words[-2:]] if "--without" in case.words else case.files
    name = f" ({report['name']})" if report["judged"] != "in its unit" else ""
    yield f"`{' '.join(words)}`{name}"
    yield f"{max(node['peak_gal'] for node in report['nodes']):.4g}"
    decided = report["decision"]
    yield decided if decided == case.expect else f"**{decided}, expected {case.expect}**"
    if report["episodes"]:
        first = report["episodes"][0]
        after = first["seconds_after_1_gal"]
        passed = "-" if after is None else f"{after:.1f}"
        yield f"{passed} / {first['seconds_after_onset']:.1f}"
        yield _evidence(first)
    else:
        yield "-"
        yield _silent(report["triggers"])
    yield _classified(_verdict(report))
    more = len(report["episodes"]) - 1
    yield case.why + (
        f" ({more} more {'episode' if more == 1 else 'episodes'})" if more > 0 else ""
    )


def _verdict(report: dict[str, Any]) -> dict[str, Any] | None:
    """Return the classification of the first episode, or of the loudest minute."""
    first = report["episodes"][0] if report["episodes"] else report.get("loudest") or {}
    found: dict[str, Any] | None = first.get("classified")
    return found


def _evidence(episode: dict[str, Any]) -> str:
    nodes = episode["evidence"]["opened_by"]["nodes"]
    parts = [f"{episode['detector']} on {', '.join(nodes)}"]
    for detector in ("short_period", "long_period"):
        found = episode["evidence"][detector]
        parts.append(f"{detector} ratio {found['largest_ratio']:.3g}")
    return "; ".join(parts)


def _silent(triggers: Sequence[dict[str, Any]]) -> str:
    if not triggers:
        return "no trigger"
    return f"{len(triggers)} triggers that nothing joined"


def _classified(found: dict[str, Any] | None) -> str:
    if found is None:
        return "-"
    variant = f", {found['variant']}" if found["variant"] else ""
    return f"{found['cause']}{variant}"


def _classes(found: Sequence[tuple[Case, Replayed]]) -> str:
    pairs = [
        (case.cause, Cause(found_one["cause"]))
        for case, one in found
        if case.cause is not None and (found_one := _verdict(one.report)) is not None
    ]
    matrix = Confusion.of(pairs)
    heading, *body = matrix.rows()
    lines = [heading, ["---"] * len(heading), *body]
    same = (
        f"{matrix.agreement:.0%} of {matrix.total} agree." if matrix.agreement is not None else ""
    )
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return CLASSES.format(agreement=same) + table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
