"""Each closed shaking is asked what it moved: in time, across gaps, late data and restarts."""

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tilted_site import (
    CLOSED_NS,
    LATER,
    NEXT_DAY,
    ONSET_NS,
    SOON,
    TILT,
    Site,
    shaking,
)

from plumbline.collector.events.model import EventKind
from plumbline.collector.jobs.residual.horizons import HORIZONS, covered_ns, spans
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Zero


def test_a_step_is_told_after_two_minutes_an_hour_and_a_day(site: Site) -> None:
    site.record(*HORIZONS)
    site.events.save(shaking())
    site.idle_at(100)
    assert site.comparison(SOON) is None
    site.idle_at(300)
    soon = site.comparison(SOON)
    assert soon["verdict"] == "moved"
    first, second = soon["axes"]
    assert first["size"] == pytest.approx(30, abs=0.5)
    assert first["low"] < 30 < first["high"]
    assert first["witnesses"] == 20
    assert second["verdict"] == "not moved above"
    assert second["bound"] < 1.5
    assert site.comparison(LATER) is None
    site.idle_at(3_700)
    later = site.comparison(LATER)["axes"][0]
    # An hour of the daily wave is up to 5.2 urad, as its witnesses know.
    assert 5 < later["high"] - later["size"] < 20
    assert later["low"] < 30 < later["high"]
    site.idle_at(86_500)
    day = site.comparison(NEXT_DAY)["axes"][0]
    assert day["size"] == pytest.approx(30, abs=0.5)
    assert day["high"] - day["size"] < 0.5  # the same hour of the day: the wave cancels
    rows = site.store.comparisons(shaking().id)
    assert all(row.due_ns is None and row.revision == 1 for row in rows)


def test_the_settlement_over_the_baseline_is_told_beside_the_tilt(site: Site) -> None:
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    axis = site.comparison(SOON)["axes"][0]
    assert axis["settlement_mm"]["size"] == pytest.approx(axis["size"] * 12 / 1000)


def test_the_resultant_points_where_the_top_went(site: Site) -> None:
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    resultant = site.comparison(SOON)["resultant"]
    assert resultant["size"] == pytest.approx(30, abs=0.5)
    assert resultant["azimuth_deg"] == pytest.approx(30, abs=2)


def test_nothing_within_the_hold_is_read() -> None:
    for horizon in HORIZONS:
        before, after = spans(horizon, ONSET_NS, CLOSED_NS)
        assert ONSET_NS - before[1] == 10 * NS
        assert after[0] - CLOSED_NS >= 120 * NS
        assert after[1] - after[0] == before[1] - before[0]
    assert covered_ns((0, 100), [(-5, 10), (5, 20), (90, 200)]) == 30


@pytest.mark.parametrize(("hold_after_s", "held_s"), [(60, 0), (120, 0), (160, 40), (200, 80)])
def test_what_is_blanked_after_the_shaking_is_not_read(
    site: Site, hold_after_s: float, held_s: float
) -> None:
    site.settings = DeformationSettings(hold_after_s=hold_after_s)
    site.restart()
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    report = site.comparison(SOON)
    assert (report["after"]["held_s"], report["before"]["held_s"]) == (held_s, 0)
    assert report["after"]["readings"] == 120 - held_s
    assert report["whole"]
    assert report["axes"][0]["size"] == pytest.approx(30, abs=0.5)


def test_a_window_that_is_all_blanked_says_by_what(site: Site) -> None:
    site.settings = DeformationSettings(hold_after_s=300)
    site.restart()
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    report = site.comparison(SOON)
    assert report["verdict"] == "cannot be said"
    assert report["axes"][0]["why"] == "[deformation] hold_after_s blanks the window after it"


def test_a_gap_is_stated_and_what_comes_late_revises_the_answer(site: Site) -> None:
    site.record(SOON, without=(245, 1000))
    site.events.save(shaking())
    site.idle_at(300)
    report = site.comparison(SOON)
    assert not report["whole"]
    assert report["after"]["missing_s"] == pytest.approx(92, abs=11)
    early = [row.revision for row in site.store.comparisons(shaking().id)]
    site.archived(site.blocks(CLOSED_NS + 120 * NS, CLOSED_NS + 240 * NS))
    site.idle_at(310)
    assert not site.comparison(SOON)["whole"]  # the archive is given a moment
    site.idle_at(330)
    assert site.comparison(SOON)["whole"]
    row = next(row for row in site.store.comparisons(shaking().id) if row.horizon == SOON.name)
    assert (row.due_ns, row.revision) == (None, early[0] + 1)


def test_late_data_nobody_announced_are_found_by_looking_again(site: Site) -> None:
    site.record(SOON, without=(100, 1000))
    site.events.save(shaking())
    site.idle_at(300)
    assert site.comparison(SOON)["verdict"] == "cannot be said"
    assert "0 readings in the window after" in site.comparison(SOON)["axes"][0]["why"]
    site.archived(site.blocks(CLOSED_NS + 120 * NS, CLOSED_NS + 240 * NS))
    site.idle_at(300 + 601)
    assert site.comparison(SOON)["verdict"] == "moved"


def test_what_never_comes_is_given_up_after_a_week(site: Site) -> None:
    site.record(SOON, without=(100, 1000))
    site.events.save(shaking())
    for hours in range(0, 8 * 24, 6):
        site.idle_at(300 + 3_600 * hours)
    rows = [row for row in site.store.comparisons(shaking().id) if row.horizon == SOON.name]
    assert [(row.due_ns, row.revision) for row in rows] == [(None, 1)]


def test_a_restart_looks_again_only_at_what_is_not_final(site: Site) -> None:
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    before = site.store.comparisons(shaking().id)
    site.restart()
    site.idle_at(301)
    assert site.store.comparisons(shaking().id) == before


def test_an_episode_that_ends_later_after_all_is_asked_again(site: Site) -> None:
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    longer = shaking(closed_ns=CLOSED_NS + 1000 * NS)
    site.events.save(replace(longer, closed_ns=None))
    site.events.save(longer)
    site.idle_at(310)
    row = next(row for row in site.store.comparisons(longer.id) if row.horizon == SOON.name)
    assert row.due_ns == CLOSED_NS + (1000 + 240 + 20) * NS


def test_sway_and_open_episodes_are_not_asked(site: Site) -> None:
    site.events.save(
        shaking(kind=EventKind.SWAY), shaking(onset_ns=ONSET_NS + 500 * NS, closed_ns=None)
    )
    site.idle_at(90_000)
    assert site.store.next_due(2**61) is None


def test_an_aftershock_is_left_out_and_counted(site: Site) -> None:
    site.record(LATER)
    again = shaking(onset_ns=ONSET_NS + 2_900 * NS)  # inside the window after an hour
    site.events.save(shaking(), again)
    site.idle_at(4_000)
    report = site.comparison(LATER)
    assert report["later_episodes"] == [again.id]
    assert report["after"]["held_s"] == pytest.approx(230)
    assert report["after"]["readings"] == pytest.approx(1200 - 230, abs=3)
    soon = site.comparison(SOON, again)
    assert soon["axes"][0]["size"] == pytest.approx(0, abs=1)  # the first one's step is before it


def test_a_railed_instrument_says_nothing(site: Site) -> None:
    place = site.places[TILT]
    short = place.instrument.model_copy(update={"full_scale": 25.0})
    site.places[TILT] = replace(place, instrument=short)
    site.restart()
    site.tilts = lambda time_s: np.where(time_s > 50, 25.0, 0.0) * np.ones((2, 1))
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    report = site.comparison(SOON)
    assert report["verdict"] == "cannot be said"
    assert "end of its range (25 urad) after it; re-level it" in report["axes"][0]["why"]


def test_a_new_zero_between_the_windows_forbids_an_answer(site: Site) -> None:
    place = site.places[TILT]
    first, second = place.instrument.axes
    anew = Zero(value=80.0, when=dt.datetime.fromtimestamp(ONSET_NS // NS + 60, dt.UTC), who="S.")
    axes = (first.model_copy(update={"zero": (*first.zero, anew)}), second)
    fitted = place.instrument.model_copy(update={"axes": axes})
    site.places[TILT] = replace(place, instrument=fitted)
    site.restart()
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    report = site.comparison(SOON)["axes"]
    assert report[0]["verdict"] == "cannot be said"
    assert "a new zero was taken" in report[0]["why"]
    assert report[1]["verdict"] == "not moved above"


def test_a_young_site_says_what_its_interval_leaves_out(site: Site) -> None:
    compared = spans(SOON, ONSET_NS, CLOSED_NS)
    for span in compared:
        site.archived(site.blocks(*span))
    site.events.save(shaking())
    site.idle_at(300)
    axis = site.comparison(SOON)["axes"][0]
    assert axis["verdict"] == "moved"
    assert "not drift and slow wander" in axis["why"]


DIES = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from tilted_site import HORIZONS, Site, CLOSED_NS
site = Site(Path({folder!r}))
save, left = site.store.save, [{saves}]
def dying(*given, **named):
    if {when!r} == "before" and not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    save(*given, **named)
    left[0] -= 1
    if {when!r} == "after" and not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
site.store.save = dying
site.idle_at(90_000)
"""


def test_kills_in_the_middle_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.record(SOON)
    events = [shaking(ONSET_NS + second * NS, closed_ns=CLOSED_NS) for second in range(3)]
    site.events.save(*events)
    site.close()
    here = Path(__file__).resolve().parent
    paths = [str(here), str(here.parents[2])]
    for saves, when in ((0, "before"), (1, "after"), (2, "before")):
        code = DIES.format(paths=paths, folder=str(tmp_path), saves=saves, when=when)
        words = [sys.executable, "-c", code]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ended.returncode == -9, ended.stderr
    site = Site(tmp_path)
    answered = [row for event in events for row in site.store.comparisons(event.id) if row.body]
    assert len(answered) == 3
    site.idle_at(90_000)
    rows = [row for event in events for row in site.store.comparisons(event.id)]
    site.close()
    assert len(rows) == 3 * len(HORIZONS)
    assert all(row.body is not None and row.revision == 1 for row in rows)
