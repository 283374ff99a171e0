"""The limit tables give the published values, and refuse where the standard says nothing."""

from dataclasses import replace

import pytest

from plumbline.analysis.limit_standing import Adoption, Provenance, Standing, may_page
from plumbline.analysis.vibration import STANDARDS, Duration, Location, NoLimitError, sbr_a
from plumbline.analysis.vibration.standards.sbr_a import Measuring, Recurrence, Sensitivity

DIN = STANDARDS["din4150-3"]
BS = STANDARDS["bs7385-2"]
SN = STANDARDS["sn640312a"]
NEB = STANDARDS["neb37"]


# Corners are those of the standard's table; between them the values are straight lines (Bild 1).
@pytest.mark.parametrize(
    ("line", "frequency_hz", "limit_mms"),
    [
        ("2", 30, 10.0),  # published worked examples
        ("2", 18, 7.0),
        ("1-massive", 50, 80.0),
        ("2", 17, 6.75),  # from the straight lines
        ("2", 25, 8.75),
        ("2", 75, 17.5),
        ("3", 30, 5.5),
        ("1", 17, 23.5),
        ("1", 1, 20),
        ("1", 10, 20),
        ("1", 50, 40),
        ("1", 100, 50),
        ("2", 5, 5),
        ("2", 50, 15),
        ("2", 100, 20),
        ("3", 10, 3),
        ("3", 50, 8),
        ("3", 100, 10),
        ("3", 140, 10),  # above 100 Hz its value holds
    ],
)
def test_din_4150_3_at_the_foundation(line, frequency_hz, limit_mms):
    assert DIN.curve(line).limit_mms(frequency_hz) == pytest.approx(limit_mms, abs=1e-9)


@pytest.mark.parametrize(
    ("line", "short_mms", "long_mms"), [("1", 40, 10), ("2", 15, 5), ("3", 8, 2.5)]
)
def test_din_4150_3_on_the_top_floor_at_every_frequency(line, short_mms, long_mms):
    for frequency_hz in (1, 10, 60, 100):
        short = DIN.curve(line, Location.TOP_FLOOR, Duration.SHORT)
        long = DIN.curve(line, Location.TOP_FLOOR, Duration.LONG)
        assert short.limit_mms(frequency_hz) == short_mms
        assert long.limit_mms(frequency_hz) == long_mms


def test_din_4150_3_on_a_floor_slab_and_a_pipe():
    assert DIN.curve("2", Location.FLOOR_SLAB).limit_mms(12) == 20
    pipes = {"pipe-steel": 100, "pipe-concrete": 80, "pipe-masonry": 50}
    for line, limit_mms in pipes.items():
        assert DIN.curve(line, Location.PIPE, Duration.SHORT).limit_mms(30) == limit_mms
        assert DIN.curve(line, Location.PIPE, Duration.LONG).limit_mms(30) == limit_mms / 2


def test_din_4150_3_has_no_long_term_value_at_the_foundation():
    with pytest.raises(NoLimitError, match="no value for foundation/long"):
        DIN.curve("2", Location.FOUNDATION, Duration.LONG)


def test_below_one_hertz_the_table_is_silent():
    with pytest.raises(NoLimitError, match="says nothing below 1 Hz"):
        DIN.curve("2").limit_mms(0.33)


def test_an_unknown_line_is_answered_with_the_known_ones():
    with pytest.raises(NoLimitError, match="2 = dwellings"):
        DIN.curve("9")


@pytest.mark.parametrize(
    ("line", "frequency_hz", "limit_mms"),
    [
        ("1", 4, 50),
        ("1", 100, 50),
        ("2", 4, 15),
        ("2", 10, 17.727),
        ("2", 15, 20),
        ("2", 25, 32.0),
        ("2", 40, 50),
        ("2", 100, 50),
        ("2", 2, 7.540),  # 0.6 mm zero to peak
    ],
)
def test_bs_7385_2(line, frequency_hz, limit_mms):
    assert BS.curve(line).limit_mms(frequency_hz) == pytest.approx(limit_mms, abs=5e-4)


def test_bs_7385_2_halves_for_continuous_vibration():
    assert BS.curve("2", duration=Duration.LONG).limit_mms(15) == 10


@pytest.mark.parametrize(
    ("duration", "low", "middle", "high"),
    [
        (Duration.OCCASIONAL, 15, 20, 30),
        (Duration.FREQUENT, 6, 8, 12),
        (Duration.PERMANENT, 2, 4, 6),
    ],
)
def test_sn_640_312a_steps_at_30_and_60_hz(duration, low, middle, high):
    curve = SN.curve("normal", duration=duration)
    assert [curve.limit_mms(f) for f in (10, 29.9, 30.1, 59.9, 60.1, 120)] == pytest.approx(
        [low, low, middle, middle, high, high]
    )
    assert curve.limit_mms(30) == low  # at the step itself the stricter value


def test_the_doubted_row_of_sn_640_312a_is_a_candidate():
    standing = {curve.duration: curve.provenance.standing for curve in SN.curves}
    assert standing[Duration.PERMANENT] is Standing.CANDIDATE
    assert standing[Duration.OCCASIONAL] is Standing.VERIFIED


# Its printed formulas and DIN's lines are the same straight lines.
@pytest.mark.parametrize(
    ("line", "formula"),
    [
        ("1", lambda f: 20 if f <= 10 else 0.5 * f + 15 if f <= 50 else 0.2 * f + 30),
        ("2", lambda f: 5 if f <= 10 else 0.25 * f + 2.5 if f <= 50 else 0.1 * f + 10),
        ("3", lambda f: 3 if f <= 10 else 0.125 * f + 1.75 if f <= 50 else 0.04 * f + 6),
    ],
)
def test_notification_37_follows_its_formulas(line, formula):
    curve = NEB.curve(line)
    for frequency_hz in (2, 10, 17, 30, 50, 75, 100):
        assert curve.limit_mms(frequency_hz) == pytest.approx(formula(frequency_hz))


def test_notification_37_is_a_candidate_throughout():
    assert {curve.provenance.standing for curve in NEB.curves} == {Standing.CANDIDATE}


@pytest.mark.parametrize(
    ("measuring", "recurrence", "sensitivity", "factor"),
    [
        (Measuring.EXTENSIVE, Recurrence.SHORT, Sensitivity.NORMAL, 1.0),
        (Measuring.LIMITED, Recurrence.REPEATED, Sensitivity.NORMAL, 1.4 * 1.5),
        (Measuring.INDICATIVE, Recurrence.CONTINUOUS, Sensitivity.SENSITIVE, 1.6 * 2.5 * 1.7),
    ],
)
def test_sbr_a_divides_by_its_partial_factors(measuring, recurrence, sensitivity, factor):
    curve = sbr_a(10.0, measuring, recurrence, sensitivity)
    assert curve.limit_mms(20) == pytest.approx(10 / factor)
    assert curve.provenance.standing is Standing.CANDIDATE


def test_every_curve_names_source_edition_and_standing():
    for standard in STANDARDS.values():
        for curve in standard.curves:
            assert curve.provenance.source
            assert curve.provenance.edition


def test_a_candidate_limit_cannot_page_and_a_project_limit_can():
    candidate = NEB.curve("2")
    assert not may_page(candidate.provenance.standing)
    by = Adoption(engineer="S. Example, PE", date="2026-03-01", document="TWR01-VIB-004 rev B")
    project = replace(
        candidate,
        provenance=replace(candidate.provenance, standing=Standing.PROJECT, adoption=by),
    )
    assert may_page(project.provenance.standing)
    assert project.provenance.adoption == by
    assert project.provenance.source == candidate.provenance.source
    assert project.points == candidate.points
    assert candidate.provenance.standing is Standing.CANDIDATE


def test_nobody_adopts_anonymously():
    with pytest.raises(ValueError, match="engineer"):
        Adoption(engineer=" ", date="2026-03-01", document="x")
    with pytest.raises(ValueError, match="isoformat"):
        Adoption(engineer="S. Example", date="soon", document="x")
    with pytest.raises(ValueError, match="names who adopted it"):
        Provenance(source="s", edition="e", standing=Standing.PROJECT)
