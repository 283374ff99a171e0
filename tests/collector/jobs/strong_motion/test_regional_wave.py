"""Episodes of one city become one regional event, and its wave is told with what it is worth."""

from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest
from places import tower
from shaken_site import ONSET_NS, shaking

from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.strong_motion.regional_association import RegionalAssociation
from plumbline.collector.jobs.strong_motion.regional_wave import KM_A_DEGREE, Arrival, belongs, wave
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.wire.block import FOREVER_NS, NS

MIDDLE = (13.75, 100.5)
CITY_KM = ((0.0, 0.0), (18.0, 4.0), (-6.0, 21.0), (9.0, -15.0))
"""East and north of four towers. [km]"""


def arrival(east_km: float, north_km: float, onset_s: float, sigma_s: float = 0.2) -> Arrival:
    return Arrival(
        event=f"{east_km}-{north_km}", structure=f"{east_km}-{north_km}",
        latitude=MIDDLE[0] + north_km / KM_A_DEGREE,
        longitude=MIDDLE[1] + east_km / KM_A_DEGREE / cos(radians(MIDDLE[0])),
        onset_ns=ONSET_NS + round(onset_s * NS), sigma_s=sigma_s,
    )  # fmt: skip


def crossing(
    velocity_kms: float, azimuth_deg: float, sigma_s: float = 0.2, seed: int | None = None
) -> list[Arrival]:
    """Return the onsets of a plane wave over the four towers, with errors drawn from a seed."""
    a = radians(azimuth_deg)
    late = np.zeros(4) if seed is None else np.random.default_rng(seed).normal(0, sigma_s, 4)
    return [
        arrival(e, n, (e * sin(a) + n * cos(a)) / velocity_kms + error, sigma_s)
        for (e, n), error in zip(CITY_KM, late, strict=True)
    ]


@pytest.mark.parametrize("azimuth_deg", [12.0, 135.0, 250.0])
def test_a_plane_wave_over_four_towers_is_recovered(azimuth_deg: float) -> None:
    found = wave(crossing(3.2, azimuth_deg))
    assert found.velocity_kms == pytest.approx(3.2, rel=0.002)
    assert found.azimuth_deg == pytest.approx(azimuth_deg, abs=0.1)
    assert found.residual_s == pytest.approx(0, abs=0.01)


def test_the_stated_uncertainty_holds_what_it_says() -> None:
    held, turned = 0, 0
    for seed in range(300):
        found = wave(crossing(3.2, 60.0, sigma_s=0.4, seed=seed))
        assert found.at_least_kms is not None
        held += found.at_least_kms <= 3.2 <= (found.at_most_kms or np.inf)
        if found.azimuth_deg is not None and found.azimuth_sigma_deg is not None:
            turned += abs(found.azimuth_deg - 60) <= 2 * found.azimuth_sigma_deg
    assert held >= 0.92 * 300
    assert turned >= 0.92 * 300


def test_onsets_too_coarse_resolve_no_velocity() -> None:
    found = wave(crossing(6.0, 60.0, sigma_s=10.0))
    assert (found.velocity_kms, found.azimuth_deg, found.at_most_kms) == (None, None, None)
    assert found.at_least_kms is not None
    assert found.at_least_kms < 6.0


def test_two_towers_bound_the_velocity_along_their_line() -> None:
    found = wave([arrival(0, 0, 0.0), arrival(0, 20, 5.0)])
    assert found.method == "along the line"
    sigma = 0.2 * 2**0.5
    assert found.at_least_kms == pytest.approx(20 / (5 + 2 * sigma), rel=1e-3)
    assert found.at_most_kms == pytest.approx(20 / (5 - 2 * sigma), rel=1e-3)
    assert found.velocity_kms is None


def test_three_towers_in_a_row_are_a_line() -> None:
    found = wave([arrival(x, 2 * x, x) for x in (0.0, 5.0, 10.0)])
    assert found.method == "along the line"


def test_towers_on_one_site_say_nothing_of_the_wave() -> None:
    assert wave([arrival(0, 0, 0.0), arrival(0, 0.01, 3.0)]).method == "none"


def test_what_is_too_slow_too_far_or_again_is_another_wave() -> None:
    first = arrival(0, 0, 0.0)
    assert belongs(arrival(0, 30, 89.0), [first])
    assert not belongs(arrival(0, 30, 91.0), [first])
    assert not belongs(arrival(0, 120, 30.0), [first])
    assert not belongs(replace(first, onset_ns=first.onset_ns + NS), [first])


class City:
    """Four towers and their stores."""

    def __init__(self, folder: Path) -> None:
        one = tower(folder).structure[0]
        self.structures = {}
        for number, (east_km, north_km) in enumerate(CITY_KM):
            at = arrival(east_km, north_km, 0)
            where = {"latitude": at.latitude, "longitude": at.longitude, "code": f"T{number}"}
            self.structures[f"T{number}"] = one.model_copy(update=where)
        self.events = EventStore(folder / "events.db")
        self.store = EpisodeStore(folder / "episodes.db")
        self.association = RegionalAssociation(self.structures, self.events, self.store)

    def shakes(self, number: int, after_s: float, **changed: object) -> str:
        event = shaking(f"T{number}", ONSET_NS + round(after_s * NS), **changed)
        self.events.save(event)
        self.association.update(event)
        return event.id

    def regions(self) -> list[dict[str, object]]:
        return self.store.regions(0, FOREVER_NS)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.store.close()
    made.events.close()


def test_one_tower_alone_is_no_regional_event(city: City) -> None:
    city.shakes(0, 0)
    assert city.regions() == []


def test_towers_join_one_regional_event_that_keeps_its_id(city: City) -> None:
    members = [city.shakes(0, 0), city.shakes(1, 5)]
    (first,) = city.regions()
    city.association = RegionalAssociation(city.structures, city.events, city.store)  # a restart
    members += [city.shakes(2, -3), city.shakes(3, 6)]
    (region,) = city.regions()
    assert region["id"] == first["id"]
    assert {one["event"] for one in region["structures"]} == set(members)
    assert region["first_onset_ns"] == ONSET_NS - 3 * NS
    assert region["wave"]["method"] == "plane wave"
    assert region["closed_ns"] is None


def test_it_closes_when_the_last_tower_is_quiet(city: City) -> None:
    city.shakes(0, 0)
    city.shakes(1, 5, closed_ns=ONSET_NS + 60 * NS)
    city.shakes(0, 0, closed_ns=ONSET_NS + 80 * NS)
    assert city.regions()[0]["closed_ns"] == ONSET_NS + 80 * NS


def test_an_aftershock_is_a_regional_event_of_its_own(city: City) -> None:
    for number in range(3):
        city.shakes(number, 2 * number)
    for number in range(3):
        city.shakes(number, 50 + 2 * number)
    regions = city.regions()
    assert len(regions) == 2
    assert all(len(region["structures"]) == 3 for region in regions)
