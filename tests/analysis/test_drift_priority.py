"""Fragilities give the printed chances; a priority says where to look, never that all is well."""

import pytest

from plumbline.analysis.drift import (
    DESIGN_LIMITS,
    MEDIANS,
    Damage,
    DriftEvidence,
    Priority,
    ProjectDrifts,
    drift_evidence,
    fragility,
    inspection,
)
from plumbline.analysis.limit_standing import Adoption, Standing


@pytest.mark.parametrize(
    ("building_class", "drift", "chances"),
    [
        ("C2.H.MC", 0.005, (0.98901, 0.66854, 0.01769, 0.0)),
        ("C2.H.MC", 0.010, (0.99997, 0.98495, 0.35530, 0.00301)),
        ("C1.H.LC", 0.005, (0.95844, 0.71153, 0.04156, 0.00003)),
    ],
)
def test_hazus_at_the_printed_precision(building_class, drift, chances):
    found = fragility(building_class, drift).probability
    assert [found[state] for state in Damage] == pytest.approx(chances, abs=5.1e-6)


def test_at_its_median_a_state_is_an_even_chance():
    for name, medians in MEDIANS.items():
        for state, median in zip(Damage, medians, strict=True):
            assert fragility(name, median).probability[state] == pytest.approx(0.5)


def test_medians_rise_from_slight_to_complete():
    assert all(list(medians) == sorted(medians) for medians in MEDIANS.values())


def test_no_drift_no_damage_and_an_unread_class_is_refused():
    assert set(fragility("C2.H.MC", 0.0).probability.values()) == {0.0}
    with pytest.raises(LookupError, match=r"C2\.H\.MC"):
        fragility("W1.H.HC", 0.01)


@pytest.mark.parametrize(
    ("drift", "priority"),
    [(0.0005, Priority.GREEN), (0.003, Priority.YELLOW), (0.012, Priority.RED)],
)
def test_a_finished_building_is_ranked_by_its_fragility(drift, priority):
    assert drift_evidence(drift, 0.0, "C2.H.MC", "complete").priority is priority


def test_uncertainty_pushes_toward_looking():
    assert drift_evidence(0.0022, 0.0, "C2.H.LC", "complete").priority is Priority.YELLOW
    assert drift_evidence(0.0015, 0.0, "C2.H.LC", "complete").priority is Priority.GREEN
    assert drift_evidence(0.0015, 0.0015, "C2.H.LC", "complete").priority is Priority.YELLOW


def test_a_building_under_construction_has_no_hazus_priority():
    evidence = drift_evidence(0.02, 0.001, "C2.H.MC", "level 12")
    assert evidence.priority is Priority.NOT_APPLICABLE
    assert "finished buildings" in evidence.what


def test_project_limits_hold_at_any_stage():
    project = ProjectDrifts(
        yellow_ratio=0.002,
        red_ratio=0.005,
        adoption=Adoption(engineer="S. Example, PE", date="2026-03-01", document="TWR01-S-01"),
    )
    for drift, priority in (
        (0.001, Priority.GREEN),
        (0.003, Priority.YELLOW),
        (0.01, Priority.RED),
    ):
        evidence = drift_evidence(drift, 0.0, "", "level 12", project)
        assert evidence.priority is priority
        assert "S. Example, PE" in evidence.what


def test_no_height_and_no_class_are_said():
    assert "no height" in drift_evidence(None, 0.0, "C2.H.MC", "complete").what
    assert "no building class" in drift_evidence(0.01, 0.0, "", "complete").what


def test_the_most_urgent_evidence_decides():
    green = DriftEvidence(what="drift", priority=Priority.GREEN)
    red = DriftEvidence(what="tilt", priority=Priority.RED)
    silent = DriftEvidence(what="none", priority=Priority.NOT_APPLICABLE)
    found = inspection([green, silent, red])
    assert found.priority is Priority.RED
    assert found.evidence[0] is red
    assert inspection([]).priority is Priority.NOT_APPLICABLE


def test_no_priority_is_called_safe():
    assert "safe" not in {str(priority) for priority in Priority}


def test_design_drifts_of_asce_7_and_the_unread_ones_as_candidates():
    read = {one.case: one.ratio for one in DESIGN_LIMITS if one.provenance.edition == "7-22"}
    assert read["risk category I or II"] == 0.020
    assert read["risk category IV"] == 0.010
    assert read["risk category III"] == 0.015
    assert read["risk category I or II, four storeys or fewer"] == 0.025
    assert read["risk category III, four storeys or fewer"] == 0.020
    unread = {one.provenance.standing for one in DESIGN_LIMITS if "FEMA" in one.provenance.source}
    assert unread == {Standing.CANDIDATE}
