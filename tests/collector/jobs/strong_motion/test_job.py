"""An episode is measured while it goes on and once for all, across gaps and restarts."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from shaken_site import CLOSED_NS, GROUND, ONSET_NS, PERIOD_S, QUIET_S, ROOF, Site, shaking

from plumbline.analysis.ground_motion.measures_report import KnownPeriod
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import EventKind
from plumbline.collector.jobs.strong_motion.store import STRUCTURE
from plumbline.collector.serving.export.bundle import write_bundle
from plumbline.collector.serving.export.request import ExportRequest
from plumbline.records import read_records, stations
from plumbline.research.measure import MeasureOptions, measured
from plumbline.wire.block import NS

OVER_S = QUIET_S + 135 + 5
PATIENCE_S = OVER_S + 70


def finished(site: Site) -> str:
    """Measure a closed episode and return its id."""
    event = shaking(closed_ns=CLOSED_NS)
    site.events.save(event)
    site.idle_until(OVER_S)
    return event.id


def test_a_closed_episode_is_measured_once_for_all(site: Site) -> None:
    for key in (GROUND, ROOF):
        site.record(key)
    rows = site.store.measures(finished(site))
    assert set(rows) == {"0A", "3A", STRUCTURE}
    assert all(row.final for row in rows.values())
    assert site.store.waiting() == {}
    ground = rows["0A"].body
    assert ground["window"]["completeness"] == 1.0
    assert ground["rules"]["baseline"] == "pre-event mean"


def test_a_sine_has_the_peaks_and_the_response_of_a_sine(site: Site) -> None:
    site.record(GROUND)
    ground = site.store.measures(finished(site))["0A"].body
    north = ground["axes"][1]
    omega = 2 * np.pi / PERIOD_S
    assert abs(north["pga_ms2"]) == pytest.approx(0.05, rel=0.02)
    assert abs(north["pgv_ms"]) == pytest.approx(0.05 / omega, rel=0.02)
    assert abs(north["pgd_m"]) == pytest.approx(0.05 / omega**2, rel=0.02)
    # seismic reference 5.3: 4.7985 cm/s for each gal at 3 s, so 5 gal are class 2
    assert ground["long_period"]["own_sva_ms"] == pytest.approx(5 * 0.047985, rel=0.02)
    assert ground["long_period"]["class"] == 2


def test_the_roof_is_four_times_the_base(site: Site) -> None:
    for key in (GROUND, ROOF):
        site.record(key)
    body = site.store.measures(finished(site))[STRUCTURE].body
    assert (body["base"], body["roof"]) == ("0A", "3A")
    ratio = body["roof_to_base"]
    assert ratio["axes"]["N"]["pga"] == pytest.approx(4, rel=0.02)
    at = ratio["periods_s"].index(PERIOD_S)
    assert ratio["axes"]["N"]["psa"][at] == pytest.approx(4, rel=0.01)
    assert ratio["whole"]
    assert [floor["level"] for floor in body["floors"]] == [0, 1]


def test_a_run_that_ends_in_the_shaking_says_so(site: Site) -> None:
    site.record(GROUND)
    site.events.save(shaking())
    site.idle_until(QUIET_S + 60)
    ending = site.store.measures(shaking().id)["0A"].body["window"]["end_share"]
    assert ending > 0.9
    site.events.save(shaking(closed_ns=CLOSED_NS))
    site.idle_until(OVER_S)
    assert site.store.measures(shaking().id)["0A"].body["window"]["end_share"] < 0.05


def test_an_open_episode_is_revised_and_grows(site: Site) -> None:
    site.record(GROUND)
    site.idle_until(QUIET_S + 2)
    site.events.save(shaking())
    site.idle_until(QUIET_S + 12)
    early = site.store.measures(shaking().id)["0A"]
    site.idle_until(QUIET_S + 30)
    later = site.store.measures(shaking().id)["0A"]
    assert not later.final
    assert early.revision < later.revision <= 29
    assert later.body["window"]["duration_s"] == pytest.approx(
        early.body["window"]["duration_s"] + 18, abs=1.1
    )
    assert later.body["axes"][1]["cav_ms"] > early.body["axes"][1]["cav_ms"]


def test_revision_rests_twenty_times_what_it_worked(site: Site) -> None:
    site.record(GROUND)
    site.events.save(shaking())
    site.pacer._cpu_s = lambda: (setattr(site, "spent_s", site.spent_s + 0.1), site.spent_s)[1]
    site.idle_until(QUIET_S + 50)
    assert site.store.measures(shaking().id)["0A"].revision <= (QUIET_S + 50) / (2 * 2) + 1


def test_a_restart_in_the_middle_keeps_the_ids_and_finishes(site: Site) -> None:
    for key in (GROUND, ROOF):
        site.record(key)
    site.events.save(shaking())
    site.idle_until(QUIET_S + 20)
    before = site.store.measures(shaking().id)
    site.restart()
    site.events.save(shaking(closed_ns=CLOSED_NS))
    site.restart()
    site.idle_until(OVER_S)
    after = site.store.measures(shaking().id)
    assert set(before) == set(after)
    assert all(after[code].final and after[code].revision > before[code].revision for code in after)


def test_a_gap_is_stated_and_the_longest_run_measured(site: Site) -> None:
    site.record(GROUND, without=range(70, 75))
    event = shaking(closed_ns=CLOSED_NS)
    site.events.save(event)
    site.idle_until(OVER_S)
    assert not site.store.measures(event.id)["0A"].final  # the rest may still come
    site.idle_until(PATIENCE_S)
    row = site.store.measures(event.id)["0A"]
    window = row.body["window"]
    assert row.final
    assert window["gaps"] == 1
    assert window["missing_s"] == pytest.approx(5, abs=0.02)
    assert window["duration_s"] == pytest.approx(100, abs=0.02)
    assert window["completeness"] == pytest.approx(100 / 165, abs=0.001)


def test_what_comes_late_makes_the_measures_whole(site: Site) -> None:
    site.record(GROUND, without=range(70, 75))
    event = shaking(closed_ns=CLOSED_NS)
    site.events.save(event)
    site.idle_until(PATIENCE_S)
    site.archived(b for b in site.blocks(GROUND) if b.seq in range(70, 75))
    site.events.save(event)  # detection tells it anew when late data belong to it
    site.idle_until(PATIENCE_S + 5)
    assert site.store.measures(event.id)["0A"].body["window"]["completeness"] == 1.0


def test_a_node_without_samples_is_named(site: Site) -> None:
    site.record(GROUND)
    event = finished(site)
    site.idle_until(PATIENCE_S)
    body = site.store.measures(event)[STRUCTURE].body
    assert body["without_samples"] == ["3A"]
    assert body["roof_to_base"] is None
    assert site.store.waiting() == {}


def test_an_episode_found_late_is_measured_too(site: Site) -> None:
    site.record(GROUND)
    site.idle_until(1000, step_s=100)
    event = shaking(closed_ns=CLOSED_NS, late=True)
    site.events.save(event)
    site.idle_until(1005)
    assert site.store.measures(event.id)["0A"].final


def test_an_aftershock_does_not_take_over_the_peaks_before_it(site: Site) -> None:
    site.record(GROUND)
    again_ns = CLOSED_NS + 10 * NS
    again = shaking(onset_ns=again_ns, closed_ns=again_ns + 15 * NS)
    site.events.save(shaking(closed_ns=CLOSED_NS), again)
    site.idle_until(OVER_S + 30)
    body = site.store.measures(again.id)["0A"].body
    assert body["window"]["asked_start_ns"] == CLOSED_NS
    assert abs(body["axes"][1]["pga_ms2"]) < 0.002
    assert body["rules"]["baseline"] == "pre-event mean"


def test_what_is_no_episode_is_not_measured(site: Site) -> None:
    site.record(GROUND)
    site.events.save(shaking(closed_ns=CLOSED_NS, kind=EventKind.SILENCE))
    site.idle_until(OVER_S)
    assert site.store.waiting() == {}
    assert site.store.measures(shaking().id) == {}


def test_measures_equal_those_of_the_exported_window(site: Site, tmp_path: Path) -> None:
    site.record(GROUND)
    ours = site.store.measures(finished(site))["0A"].body
    request = ExportRequest(
        channels=(GROUND,),
        start_ns=ours["window"]["asked_start_ns"],
        end_ns=ours["window"]["asked_end_ns"],
    )
    created = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    reader = ArchiveReader(site.folder)
    bundle = write_bundle(reader, site.inventory, request, tmp_path / "out", created)
    reader.close()
    files = [*bundle.waveforms, *bundle.folder.glob("*.xml")]
    pre_event_s = (ONSET_NS - ours["window"]["start_ns"]) / NS - 0.5
    (station,) = stations(read_records(files))
    theirs = measured(
        station,
        MeasureOptions(pre_event_s=pre_event_s, own_period=KnownPeriod(PERIOD_S, "ambient survey")),
    ).report
    same(ours["jma"], theirs["jma"])
    same(ours["peaks"], theirs["peaks"])
    same(ours["mmi"], theirs["mmi"])
    same(ours["long_period"], theirs["long_period"])
    by_channel = {axis["channel"][-1]: axis for axis in theirs["axes"]}
    for axis in ours["axes"]:
        other = by_channel[axis["channel"]]
        for name in ("pga_ms2", "pga_band_ms2", "pgv_ms", "pgd_m", "arias_ms", "cav_ms", "d5_95_s"):
            same(axis[name], other[name])
        there = dict(zip(other["spectrum"]["periods_s"], other["spectrum"]["psa_ms2"], strict=True))
        for period, psa in zip(
            axis["spectrum"]["periods_s"], axis["spectrum"]["psa_ms2"], strict=True
        ):
            same(psa, there[period])


def same(ours: object, theirs: object) -> None:
    """Equal, up to the last digits that another order of the axes changes."""
    if isinstance(ours, dict):
        assert isinstance(theirs, dict)
        assert set(ours) == set(theirs)
        for key, value in ours.items():
            same(value, theirs[key])
    elif isinstance(ours, list):
        assert isinstance(theirs, list)
        assert ours == pytest.approx(theirs, rel=1e-6)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-6)
    else:
        assert ours == theirs
