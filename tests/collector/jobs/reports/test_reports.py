"""A summary tells what happened and what it cannot know, once a period."""

import json
from pathlib import Path

import numpy as np
import pytest
from tilted_site import CLOSED_NS, ONSET_NS, SOON, TILT, Site, shaking

from plumbline.cli import main
from plumbline.collector.archive.index import ArchiveIndex, IndexedChunk
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.field.levelling import LevellingRun, LevelReading, SurveyStore
from plumbline.collector.field.levelling.store import survey_path
from plumbline.collector.jobs.reports.completeness import completeness
from plumbline.collector.jobs.reports.content import ReportSources, report_content
from plumbline.collector.jobs.reports.job import ReportJob
from plumbline.collector.jobs.reports.markdown import markdown
from plumbline.collector.jobs.reports.periods import Length, Period, period_at
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.wire.block import NS

HOUR_NS = 3_600 * NS
DAY = period_at(Length.DAY, "Asia/Bangkok", ONSET_NS)  # 21 June 2026, the shaking at 07:00


def event(kind: EventKind, at_s: int, closed_s: int | None, **changed: object) -> Event:
    words: dict[str, object] = {
        "id": f"{kind}{at_s}", "kind": kind, "structure": "TWR01", "detector": "test",
        "onset_ns": ONSET_NS + at_s * NS, "level": AlarmLevel.AMBER, "value": 1.0, "unit": "µrad",
        "closed_ns": None if closed_s is None else ONSET_NS + closed_s * NS,
    }  # fmt: skip
    return Event(**(words | changed))  # type: ignore[arg-type]


def sources(site: Site) -> ReportSources:
    structures = {place.structure.code: place.structure for place in site.places.values()}
    movements = ResidualView(site.events, site.store, structures, site.folder / "surveys")
    return ReportSources(
        data=site.folder,
        events=site.events,
        movements=movements,
        alerting=site.folder / "state" / "alerting.db",
    )


def summed(site: Site, period: Period = DAY, now_ns: int | None = None) -> dict:
    now_ns = period.end_ns + 2 * HOUR_NS if now_ns is None else now_ns
    structure = site.inventory.structure[0]
    return report_content(sources(site), structure, [site.places[TILT]], period, now_ns)


def started(site: Site) -> ReportJob:
    return ReportJob(
        sources=sources(site),
        structures=site.inventory.structure,
        places={TILT: site.places[TILT]},
    )


def test_events_are_told_in_the_day_they_touch(site: Site) -> None:
    limit = Limit(value=150.0, unit="µrad", source="S. Chai", standing=Standing.PROJECT)
    site.events.save(
        shaking(),
        event(EventKind.TILT, 200, 900, value=180.0, limit=limit),
        event(EventKind.TILT, -100_000, -50_000),
        event(EventKind.SILENCE, -30_000, -24_000),
    )
    found = summed(site)
    assert [one["kind"] for one in found["episodes"]] == ["shaking"]
    assert [one["value"] for one in found["levels"]] == [180.0]
    assert found["levels"][0]["limit"]["standing"] == "project"
    # The day began 25 200 s before the shaking: 1 200 s of the silence are inside it.
    assert [one["inside_s"] for one in found["silence"]] == [1200.0]
    assert {one["kind"]: one["value"] for one in found["largest"]} == {"shaking": 5.0, "tilt": 180}


@pytest.mark.parametrize("closed", [False, True])
def test_the_share_held_is_the_share_that_was_sent(site: Site, closed: bool) -> None:
    site.archived(site.blocks(DAY.begin_ns, DAY.begin_ns + 6 * HOUR_NS - NS))
    if closed:
        site.archive.idle(DAY.end_ns + 2 * HOUR_NS)
    (stream,) = summed(site)["streams"]
    assert stream["held"] == pytest.approx(0.25, abs=1e-4)
    assert stream["clock_error_ms"] == pytest.approx(0.5)
    assert stream["time_quality"] == 100


def test_an_hour_that_closes_while_the_share_is_counted_is_counted_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.archived(site.blocks(DAY.begin_ns, DAY.begin_ns + 6 * HOUR_NS - NS))
    read = ArchiveIndex.chunks

    def read_and_close(index: ArchiveIndex, *span: object) -> list[IndexedChunk]:
        monkeypatch.undo()
        found = read(index, *span)  # type: ignore[arg-type]
        site.archive.close_all()
        return found

    monkeypatch.setattr(ArchiveIndex, "chunks", read_and_close)
    place = site.places[TILT]
    (stream,) = completeness(site.folder, [place], DAY.begin_ns, DAY.end_ns)
    assert stream["held"] == pytest.approx(0.25, abs=1e-4)


def test_where_a_tilt_stood_is_told_from_its_zero(site: Site) -> None:
    site.tilts = lambda time_s: np.stack([np.where(time_s > -18_000, 20.0, 15.0), 0 * time_s])
    site.archived(site.blocks(DAY.begin_ns, DAY.begin_ns + 4 * HOUR_NS - NS))
    first, second = summed(site)["slow"]
    # Before 02:00 it reads 15, then 20; the zero of the first axis is 12.5.
    assert (first["lowest"], first["highest"], first["last"]) == (2.5, 7.5, 7.5)
    assert (first["hours"], first["zeroed"], second["zeroed"]) == (4, True, False)
    assert "+2.5 to +7.5 urad, last +7.5 (4 hourly means)" in markdown(summed(site))


def test_what_is_not_known_is_said(site: Site) -> None:
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    text = markdown(summed(site))
    assert f"not whole: {TILT}" in text
    assert "wait for an answer whether they moved anything" in text
    assert "did it move? moved" in text
    early = summed(site, now_ns=CLOSED_NS + HOUR_NS)
    assert early["unknown"][0].startswith("the day is not over")
    empty = summed(site, DAY.next())
    assert f"nothing is held of {TILT}" in empty["unknown"][0]


def test_a_survey_of_the_day_is_told(site: Site) -> None:
    with SurveyStore(survey_path(site.folder / "surveys", "TWR01")) as store:
        levels = tuple(
            LevelReading(point=p, level_mm=mm) for p, mm in (("B", 1), ("P", 2), ("B", 1.5))
        )
        run = LevellingRun(
            date_ns=ONSET_NS + 5 * HOUR_NS, benchmark="B", surveyor="S", levels=levels
        )
        store.add(run, imported_ns=0)
    (survey,) = summed(site)["surveys"]
    assert (survey["points"], survey["closure_mm"]) == (1, pytest.approx(0.5))
    assert "from B by S: 1 points, closed within +0.50 of" in markdown(summed(site))


def test_each_period_is_written_once_and_downtime_is_caught_up(site: Site) -> None:
    site.archived(site.blocks(DAY.begin_ns, DAY.begin_ns + HOUR_NS))
    site.archive.idle(DAY.end_ns)
    now_ns = DAY.end_ns + 8 * 24 * HOUR_NS
    made = started(site)
    for _ in range(4):
        made.step(now_ns)
    made = started(site)  # as after a kill: what is there is not written again
    folder = site.folder / "summaries" / "TWR01"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    for _ in range(12):
        made.step(now_ns)
    names = sorted(path.name for path in folder.glob("*.json"))
    assert names == [
        *(f"2026-06-{day}.json" for day in range(21, 29)),
        "2026-W25.json",
        "2026-W26.json",
    ]
    assert len(list(folder.glob("*.md"))) == len(names)
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())
    assert json.loads((folder / "2026-06-21.json").read_text())["period"] == "2026-06-21"


def test_a_day_is_not_summed_up_before_its_last_hour_is_archived(site: Site) -> None:
    site.archived(site.blocks(DAY.begin_ns, DAY.begin_ns + HOUR_NS))
    site.archive.idle(DAY.end_ns)
    started(site).step(DAY.end_ns + HOUR_NS - NS)
    assert not (site.folder / "summaries").exists()
    started(site).step(DAY.end_ns + HOUR_NS)
    assert (site.folder / "summaries" / "TWR01" / "2026-06-21.json").exists()


def test_the_command_sums_up_on_demand(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.events.save(shaking())
    data = str(site.folder)
    assert main(["summary", data, "--day", "2025-01-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["period"] == "2025-01-01"
    assert main(["summary", data, "--week", "2025-W02"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# TWR01 Tower One: week 2025-W02")
    assert "## What is not known" in text
    assert not (Path(data) / "summaries").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--day", "yesterday"], "write 2026-06-21"),
        (["--day", "2199-01-01"], "has not begun"),
        (["--structure", "TWR09"], "it has TWR01"),
    ],
)
def test_what_cannot_be_summed_up_says_what_to_do(
    site: Site, words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", str(site.folder), *words]) == 2
    assert complaint in capsys.readouterr().err
