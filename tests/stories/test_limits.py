"""A candidate limit is shown and calls nobody; adopted by name, the same crossing calls at once."""

import json

import numpy as np
import pytest
from deformation_rig import fed
from places import inventory_text
from stories.alerting_story import Story

from plumbline.cli import main
from plumbline.collector.app.settings import read_collector
from plumbline.collector.limits.adoptions import AdoptionStore, database_path
from plumbline.collector.limits.approval import AdoptedApprovals
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import places

ZERO = '{ code = "2", azimuth_deg = 120, zero = { value = 0, when = 2025-02-01, who = "S. Chai" } }'
LIMIT = """
[deformation]
window_s = 20
step_s = 10
keep_s = 1

[[deformation.limit]]
structure = "TWR01"
node = "0A"
of = "tilt"
amber = 100
red = 200
source = "Bjerrum"
edition = "1963"
owner = "S. Chai"
action = { red = "Stop piling, survey the raft" }
"""
NAME = "TWR01/0A/tilt"


class Site:
    """A story with a slow stage that reads the same files as ``plumbline limits``."""

    def __init__(self, story, folder):
        (folder / "inventory.toml").write_text(
            inventory_text().replace('{ code = "2", azimuth_deg = 120 }', ZERO)
        )
        self.config = folder / "collector.toml"
        self.config.write_text(LIMIT)
        self.story = story
        self.data = folder / "data"
        self.start()

    def start(self):
        """Read the configuration as the collector does, and go on from what is stored."""
        settings, inventory = read_collector(self.config)
        self.places = places(inventory)
        self.adoptions = AdoptionStore(database_path(settings.data))
        self.stage = DeformationStage(
            settings=settings.deformation,
            places=self.places,
            events=self.story.events,
            start=0,
            standings=AdoptedApprovals(self.adoptions),
        )

    def stop(self):
        self.stage.close()
        self.adoptions.close()

    def tilts(self, urad, seconds=60):
        """Let the tiltmeter read so much for a while, and tick the engine."""
        rows = np.full((2, seconds), 0.0)
        rows[0] = 12.5 + urad
        entries = fed(self.places, {"0A.LA": rows}, start_ns=self.story.now_ns)
        self.stage.take(entries, self.story.now_ns)
        self.story.now_ns += seconds * NS
        self.idle()

    def idle(self):
        self.stage.idle(self.story.now_ns)
        self.story.forward(0)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Story(tmp_path) as story:
        made = Site(story, tmp_path)
        yield made
        made.stop()


def limits(*words):
    return main(["limits", *words])


ADOPT = ("adopt", NAME, "--by", "S. Chai", "--date", "2025-03-02", "--document", "RPT-017")


def test_a_candidate_limit_calls_nobody_and_is_shown(site):
    site.tilts(0)
    site.tilts(250)
    (event,) = [event for _, event in site.story.events.changes(0)]
    assert (event.level, event.limit.standing) == ("red", "candidate")
    site.story.expect_no_sms()
    assert site.story.log() == ["not_paged"]


def test_a_project_limit_calls_with_the_action_its_owner_wrote(site):
    assert limits(*ADOPT) == 0
    site.idle()
    site.tilts(0)
    site.tilts(250)
    text = site.story.expect_sms("Somchai", "250 urad", "Stop piling, survey the raft")
    assert "โครงการ" in text


def test_adopting_while_it_is_over_calls_at_once(site):
    site.tilts(0)
    site.tilts(250)
    site.story.expect_no_sms()
    limits(*ADOPT)
    site.idle()
    site.story.expect_sms("Somchai", "Stop piling")


def test_the_incident_names_owner_and_limit(site, capsys):
    limits(*ADOPT)
    site.idle()
    site.tilts(250)
    site.story.expect_sms("Somchai")
    (view,) = site.story.open()
    assert (view.facts.limit.owner, view.facts.limit.name) == ("S. Chai", NAME)
    from plumbline.collector.alerting.views import queries, terminal

    shown = "\n".join(
        terminal.incident_details(view, queries.log(site.story.path, view.incident.id))
    )
    for words in (
        "owner     S. Chai",
        f"named     {NAME}",
        "to do     Stop piling",
        "Bjerrum (1963)",
    ):
        assert words in shown


def test_an_adoption_withdrawn_while_it_is_over_calls_nobody_else(site):
    limits(*ADOPT)
    site.idle()
    site.tilts(150)
    site.story.expect_sms("Somchai")
    limits("withdraw", NAME, "--by", "P. Wong", "--reason", "raft thickened")
    site.idle()
    site.tilts(500)
    site.story.expect_no_sms()


def test_changed_bounds_void_the_adoption_and_call_nobody(site):
    limits(*ADOPT)
    site.stop()
    site.config.write_text(LIMIT.replace("amber = 100", "amber = 90"))
    site.start()
    site.tilts(0)
    site.tilts(250)
    site.story.expect_no_sms()


def test_an_adoption_survives_a_restart_and_so_does_the_level(site, capsys):
    limits(*ADOPT)
    site.idle()
    site.tilts(250)
    site.story.expect_sms("Somchai")
    site.stop()
    site.start()
    site.tilts(250)
    site.story.expect_no_sms()
    assert len(site.story.open()) == 1


def test_the_listing_reads_beside_the_collector(site, capsys, tmp_path):
    site.tilts(0)
    site.tilts(150)
    (tmp_path / "data" / "state").mkdir(exist_ok=True)
    (tmp_path / "data" / "state" / "events.db").symlink_to(tmp_path / "events.db")
    assert limits("list") == 0
    printed = capsys.readouterr().out
    assert f"{NAME}  AMBER  150 µrad at " in printed
    assert "candidate, shown only, never calls; Bjerrum (1963)" in printed
    limits("list", "--json")
    (row,) = json.loads(capsys.readouterr().out)["limits"]
    assert (row["level"], row["may_page"]) == ("amber", False)
    assert row["value"] == pytest.approx(150, abs=0.1)


REFUSED = {
    "nobody": (("adopt", NAME, "--by", " ", "--document", "x"), "engineer: must be named"),
    "no document": (("adopt", NAME, "--by", "x", "--document", ""), "document: must be named"),
    "no such limit": (
        ("adopt", "raft", "--by", "x", "--document", "y"),
        "no limit is called 'raft'",
    ),
    "no day": (("adopt", NAME, "--by", "x", "--document", "y", "--date", "soon"), "expected a day"),
    "a day to come": (
        ("adopt", NAME, "--by", "x", "--document", "y", "--date", "2199-01-01"),
        "has not come yet",
    ),
    "not adopted": (("withdraw", NAME, "--by", "x", "--reason", "y"), "is not adopted"),
    "no file": (("list", "--config", "nowhere.toml"), "nowhere.toml"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_one_clear_line(site, capsys, name):
    words, expected = REFUSED[name]
    assert limits(*words) == 2
    assert expected in capsys.readouterr().err
    assert AdoptionStore(database_path(site.data)).log() == []


def test_the_log_reads_as_sentences(site, capsys):
    limits("log")
    limits(*ADOPT)
    limits("withdraw", NAME, "--by", "P. Wong", "--reason", "raft thickened")
    capsys.readouterr()
    limits("log")
    first, second = capsys.readouterr().out.splitlines()
    assert "adopted by S. Chai: candidate -> project, decided 2025-03-02, RPT-017" in first
    assert "withdrawn by P. Wong: project -> candidate, raft thickened" in second
    limits("log", "--json")
    assert [each["person"] for each in json.loads(capsys.readouterr().out)] == [
        "S. Chai",
        "P. Wong",
    ]
