"""An adoption is by somebody, of one limit as it is, and stays in a log nobody can change."""

import sqlite3

import pytest
from deformation_rig import limit

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.collector.app.limit_listing import VoidAdoptions, listing, void_texts
from plumbline.collector.app.limit_register import adopt, name_problems, register, with_adoptions
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.limits.adoptions import AdoptionEntry, AdoptionStore
from plumbline.collector.limits.approval import AdoptedApprovals
from plumbline.collector.limits.errors import AdoptionRefused
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.detection.settings import DetectionSettings

CHAI = Adoption(engineer="S. Chai", date="2026-03-02", document="RPT-017 rev B")
NAME = "TWR01/0T.LA/tilt"


def config(*limits, detect=()):
    rows = {"structure": "TWR01", "source": "x", "red": 30.0}
    return CollectorSettings(
        deformation=DeformationSettings(limit=limits),
        detection=DetectionSettings.model_validate(
            {"limit": [{**rows, **each} for each in detect]}
        ),
    )


def candidate(**changed):
    return limit(standing="candidate", **changed)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "limits.db"


@pytest.fixture
def store(path):
    adopted = AdoptionStore(path)
    yield adopted
    adopted.close()


def standing(settings, store):
    return register(settings, store.adoptions())[0].approval.standing


def test_a_candidate_that_is_adopted_is_a_project_limit_and_may_page(store):
    settings = config(candidate())
    assert not register(settings, store.adoptions())[0].may_page
    found = adopt(settings, store, NAME, CHAI, 5)
    assert (found.approval.standing, found.approval.adoption) == (Standing.PROJECT, CHAI)
    assert found.may_page


def test_an_adoption_outlives_the_program(store, path):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    store.close()
    again = AdoptionStore(path)
    assert standing(config(candidate()), again) is Standing.PROJECT
    again.close()


CHANGES = (
    {"amber": 90.0}, {"black": 900.0}, {"dwell_s": 60}, {"hysteresis": 0.5},
    {"rule": "rate"}, {"source": "another book"}, {"edition": "2020"},
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_limit_that_is_changed_afterwards_is_a_candidate_again(store, change):
    adopt(config(candidate(name="raft")), store, "TWR01/raft", CHAI, 5)
    changed = config(candidate(name="raft", **change))
    (found,) = register(changed, store.adoptions())
    assert (found.approval.standing, found.approval.void) == (Standing.CANDIDATE, CHAI)
    ((name, text),) = void_texts(changed, store.adoptions())
    assert name == "TWR01/raft"
    assert "S. Chai adopted it on 2026-03-02 (RPT-017 rev B): the adoption is void" in text


def test_another_owner_or_action_is_still_the_same_limit(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    reworded = config(candidate(owner="P. Wong", action={"red": "Call the office"}))
    assert standing(reworded, store) is Standing.PROJECT


def test_a_void_adoption_can_be_made_again(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    changed = config(candidate(amber=90.0))
    adopt(changed, store, NAME, CHAI, 6)
    assert standing(changed, store) is Standing.PROJECT
    assert store.log()[-1].detail["replaces"]["amber"] == 100.0
    assert store.log()[-1].detail["definition"]["amber"] == 90.0


@pytest.mark.parametrize("own", ["project", "verified"])
def test_only_a_candidate_can_be_adopted(store, own):
    with pytest.raises(AdoptionRefused, match=f"is {own} by the configuration"):
        adopt(config(limit(standing=own)), store, NAME, CHAI, 5)


def test_an_adopted_limit_is_not_adopted_twice(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    with pytest.raises(AdoptionRefused, match="was adopted by S. Chai on 2026-03-02"):
        adopt(config(candidate()), store, NAME, CHAI, 6)


def test_a_wrong_name_says_which_limits_there_are(store):
    with pytest.raises(AdoptionRefused, match="no limit is called 'TWR01/9Z'.*TWR01/0T.LA/tilt"):
        adopt(config(candidate()), store, "TWR01/9Z", CHAI, 5)


def test_what_was_withdrawn_stands_as_configured(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    assert store.withdraw(NAME, by="P. Wong", reason="raft thickened", at_ns=9)
    assert standing(config(candidate()), store) is Standing.CANDIDATE
    assert not store.withdraw(NAME, by="P. Wong", reason="again", at_ns=10)


def test_every_step_stays_in_the_log_with_who_when_and_what(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    store.withdraw(NAME, by="P. Wong", reason="raft thickened", at_ns=9)
    first, second = store.log()
    assert (first.entry, first.person, first.at_ns) == (AdoptionEntry.ADOPTED, "S. Chai", 5)
    assert (first.detail["before"], first.detail["after"]) == ("candidate", "project")
    assert (first.detail["document"], first.detail["date"]) == ("RPT-017 rev B", "2026-03-02")
    assert first.detail["definition"]["amber"] == 100.0
    assert (second.entry, second.person) == (AdoptionEntry.WITHDRAWN, "P. Wong")
    assert second.detail["reason"] == "raft thickened"


def test_the_log_is_only_added_to(store, path):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    other = sqlite3.connect(path)
    for statement in ("DELETE FROM audit", "UPDATE audit SET person = 'nobody'"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            other.execute(statement)
    other.close()


def test_a_running_follower_sees_what_another_process_adopts(store, path):
    following = AdoptionStore(path)
    standings = AdoptedApprovals(following)
    assert standings.of(candidate()) is Standing.CANDIDATE
    assert not standings.refresh()
    adopt(config(candidate()), store, NAME, CHAI, 5)
    assert standings.refresh()
    assert standings.of(candidate()) is Standing.PROJECT
    following.close()


def test_limits_of_acceleration_are_adopted_too(store):
    settings = config(detect=[{}])
    adopt(settings, store, "TWR01/shaking", CHAI, 5)
    detect = with_adoptions(settings.detection, AdoptedApprovals(store))
    assert detect.limit[0].standing is Standing.PROJECT
    assert settings.detection.limit[0].standing is Standing.CANDIDATE


def test_limits_that_cannot_be_told_apart_are_a_problem():
    found = list(name_problems(config(candidate(), candidate(amber=50.0))))
    assert [each.where for each in found] == ["deformation.limit[0]", "deformation.limit[1]"]
    assert not list(name_problems(config(candidate(), candidate(name="second"))))


def test_an_adoption_of_a_limit_that_is_gone_is_told(store):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    ((name, text),) = void_texts(config(), store.adoptions())
    assert name == NAME
    assert "not in the configuration any more" in text


def test_the_operator_is_told_of_a_void_adoption_until_it_is_made_again(store, path):
    adopt(config(candidate()), store, NAME, CHAI, 5)
    changed, conditions, following = (
        config(candidate(amber=90.0)),
        Conditions(),
        AdoptionStore(path),
    )
    void = VoidAdoptions(changed, following, conditions)
    void.poll(1)
    (condition,) = conditions.open()
    assert "the adoption is void" in condition.text
    adopt(changed, store, NAME, CHAI, 6)
    void.poll(2)
    assert conditions.open() == []
    following.close()


def test_the_listing_says_everything_of_every_limit(store, tmp_path):
    given = config(
        candidate(owner="S. Chai", edition="1963", action={"amber": "Survey the raft"}),
        detect=[{"amber": 8.0}],
    )
    tilt, shaking = listing(given, store.adoptions(), tmp_path / "events.db")
    assert tilt["limit"] == NAME
    assert tilt["bounds"] == {"amber": 100.0, "red": 200.0}
    assert (tilt["unit"], tilt["standing"], tilt["may_page"]) == ("µrad", "candidate", False)
    assert (tilt["owner"], tilt["edition"]) == ("S. Chai", "1963")
    assert tilt["action"] == {"amber": "Survey the raft"}
    assert tilt["level"] is None
    assert (shaking["limit"], shaking["unit"]) == ("TWR01/shaking", "gal")
