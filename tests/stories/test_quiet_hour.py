"""An hour in which nothing happens but a city: nobody is called."""

from pathlib import Path

import pytest
from stories.offline_site import OfflineCollector, arrivals, read_agents

from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import EventKind
from plumbline.demo.tower import (
    accelerometer,
    edge_text,
    inventory_text,
    lily,
    rig_text,
)
from plumbline.simulator.acts import AnyAct, FarQuake, Wind
from plumbline.simulator.spec import RigSpec, StructureSpec
from plumbline.wire.block import NS
from plumbline.wire.settings import read_settings

START_NS = 1_782_000_000 * NS
SPOTS = (
    accelerometer("0A", "ground", "ground", 0, "pi", 18.0),
    accelerometer("1A", "level 15", "structure", 15, "pi", -31.0),
    accelerometer("3A", "roof", "roof", 30, "pi", 7.0),
    lily("0T", "raft", "pi"),
)
CITY = StructureSpec(
    vehicles_per_minute=4, vehicle_gal=5, walks_per_minute=3, walk_gal=5, wind_roof_gal=0.5
)
STORM = Wind(start_s=900, seconds=1200, strength=6)
"""Gusts of some 10 gal on the roof, for twenty minutes."""
PEOPLE_AND_LIMITS = """
[[alerting.person]]
name = "Somchai"
phone = "+66810000001"
[[alerting.step]]
people = ["Somchai"]
delay_s = 60
[[detect.threshold]]
structure = "TWR01"
amber = 8
source = "site rules"
standing = "project"
[[slow.limit]]
structure = "TWR01"
node = "0T"
of = "tilt"
amber = 80
source = "site rules"
standing = "project"
[alerting]
senders = ["outbox-folder"]
"""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class City:
    """A tower in a city, its collector, and a stretch of simulated time."""

    def __init__(self, folder: Path, *acts: AnyAct) -> None:
        (folder / "inventory.toml").write_text(inventory_text(SPOTS))
        (folder / "collector.toml").write_text(PEOPLE_AND_LIMITS)
        agent = edge_text("pi", ports=folder, spool=folder / "s.db", broker_port=1883, spots=SPOTS)
        (folder / "pi.toml").write_text(agent)
        rig = rig_text([], ports=folder, truth=folder / "truth", seconds=1, spots=SPOTS)
        (folder / "rig.toml").write_text(rig)
        spec = read_settings(folder / "rig.toml", RigSpec)
        self._rig = spec.model_copy(update={"structure": CITY, "act": acts})
        self._agents = read_agents([folder / "pi.toml"])
        self.collector = OfflineCollector(folder / "collector.toml")

    def passes(self, seconds: float) -> None:
        some = arrivals(self._rig, self._agents, start_ns=START_NS, seconds=seconds)
        self.collector.take(some, group_ns=5 * NS)

    def kinds(self) -> set[EventKind]:
        return {event.kind for event in self.collector.saved_events()}

    def calls(self) -> list[str]:
        calls = queries.notifications(self.collector.data / "state" / "alerting.db")
        return [call.text for call in calls]


def test_an_hour_of_traffic_footfall_and_wind_calls_nobody(tmp_path: Path) -> None:
    city = City(tmp_path, STORM)
    city.passes(3600)
    # A storm may be reported as sway, which is shown and calls nobody.
    assert city.kinds() <= {EventKind.SWAY}
    assert city.calls() == []


def test_a_far_earthquake_in_the_same_storm_calls_somebody(tmp_path: Path) -> None:
    far = FarQuake(start_s=120, seconds=60, peak_gal=4.0)
    storm = STORM.model_copy(update={"start_s": 20.0, "seconds": 200.0})
    city = City(tmp_path, storm, far)
    city.passes(220)
    assert EventKind.SHAKING in city.kinds()
    assert city.calls()
