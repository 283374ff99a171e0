"""The page is told the figures of the latest episode, and all of one on request."""

from dataclasses import replace

import pytest
from shaken_site import CLOSED_NS, GROUND, ONSET_NS, QUIET_S, ROOF, Site, shaking

from plumbline.collector.jobs.strong_motion.view import EpisodeView
from plumbline.wire.block import NS

LATER_NS = CLOSED_NS + 60 * NS


@pytest.fixture
def view(site: Site) -> EpisodeView:
    return EpisodeView(site.events, site.store)


def test_nothing_is_shown_before_anything_shook(view: EpisodeView) -> None:
    assert view.latest(LATER_NS) is None
    assert view.whole("nothing") is None
    assert view.regions(LATER_NS) == []


def test_the_latest_episode_has_a_line_a_node(site: Site, view: EpisodeView) -> None:
    for key in (GROUND, ROOF):
        site.record(key)
    site.events.save(shaking(closed_ns=CLOSED_NS))
    site.idle_until(QUIET_S + 140)
    latest = view.latest(LATER_NS)
    assert latest is not None
    assert latest["final"]
    assert latest["roof_to_base"] == pytest.approx(4, rel=0.02)
    roof = latest["nodes"][1]
    assert (roof["node"], roof["completeness"]) == ("3A", 1.0)
    assert roof["pga_gal"] == pytest.approx(20, rel=0.02)
    whole = view.whole(latest["event"])
    assert whole is not None
    assert set(whole["nodes"]) == {"0A", "3A"}
    assert whole["nodes"]["0A"]["window"]["start_ns"] == str(ONSET_NS - 30 * NS)
    assert whole["structure_measures"]["roof"] == "3A"


def test_towers_that_shake_together_are_listed(site: Site, view: EpisodeView) -> None:
    second = site.inventory.structure[0].model_copy(update={"code": "TWR02", "latitude": 13.9})
    moved = {
        key.replace("TWR01", "TWR02"): replace(place, structure=second)
        for key, place in site.places.items()
    }
    site.start({**site.places, **moved})
    site.events.save(shaking(), shaking("TWR02", ONSET_NS + 4 * NS))
    site.idle_until(1)
    (region,) = view.regions(LATER_NS)
    assert [one["structure"] for one in region["structures"]] == ["TWR01", "TWR02"]
    assert region["first_onset_ns"] == str(ONSET_NS)
    assert region["wave"]["method"] == "along the line"
    whole = view.whole(shaking().id)
    assert whole is not None
    assert whole["regional_event"] == region["id"]
