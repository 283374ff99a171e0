"""Mercalli intensity from peaks: both regressions against their tabled values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.analysis.ground_motion.mmi import Relation, mmi

# seismic.md 5.5: peak in cm/s2 or cm/s, Worden 2012, Wald 1999; to three decimals.
PGA = [
    (1, 1.710, 1.000), (10, 3.330, 3.200), (30, 4.070, 4.250), (100, 5.800, 5.660),
    (300, 7.565, 7.406),
]  # fmt: skip
PGV = [
    (0.1, 2.310, 1.300), (1, 3.780, 3.400), (5, 5.099, 4.868), (10, 6.050, 5.820),
    (20, 7.001, 6.865), (50, 8.259, 8.245),
]  # fmt: skip


@pytest.mark.parametrize(("gal", "worden", "wald"), PGA)
def test_acceleration_reads_as_tabled(gal, worden, wald):
    assert mmi(pga_ms2=gal / 100).pga == pytest.approx(worden, abs=5e-4)
    assert mmi(pga_ms2=gal / 100, relation="wald1999").pga == pytest.approx(wald, abs=5e-4)


@pytest.mark.parametrize(("cms", "worden", "wald"), PGV)
def test_velocity_reads_as_tabled(cms, worden, wald):
    assert mmi(pgv_ms=cms / 100).pgv == pytest.approx(worden, abs=5e-4)
    assert mmi(pgv_ms=cms / 100, relation="wald1999").pgv == pytest.approx(wald, abs=5e-4)


def test_long_period_shaking_is_read_from_its_spectrum_not_its_peak():
    assert mmi(sa_30_ms2=0.10).sa_30 == pytest.approx(5.00, abs=5e-3)
    assert mmi(sa_30_ms2=1.00).sa_30 == pytest.approx(8.01, abs=5e-3)
    assert mmi(pga_ms2=0.10).pga == pytest.approx(3.33, abs=5e-3)


@pytest.mark.parametrize(
    ("given_sa", "low", "high"),
    [
        # Where two lines of a relation meet, the published ends are rounded: a small step.
        ("sa_03_ms2", 0.44, 2.21),
        ("sa_10_ms2", -0.33, 1.65),
        ("sa_30_ms2", -1.55, 0.99),
        ("pga_ms2", 0.14, 1.57),
        ("pgv_ms", -1.21, 0.53),
    ],
)
def test_the_lines_of_a_relation_meet(given_sa, low, high):
    name = given_sa.rsplit("_", 1)[0]
    for level in (low, high):
        left, right = (
            getattr(mmi(**{given_sa: 10 ** (level + step) / 100}), name) for step in (-1e-6, 1e-6)
        )
        assert left == pytest.approx(right, abs=0.12)


def test_between_five_and_seven_velocity_takes_over():
    low = mmi(pga_ms2=0.3, pgv_ms=0.5, relation=Relation.WALD_1999)
    high = mmi(pga_ms2=5.0, pgv_ms=0.5, relation=Relation.WALD_1999)
    middle = mmi(pga_ms2=1.5, pgv_ms=0.2, relation=Relation.WALD_1999)
    assert low.pga < 5
    assert low.blended == low.pga
    assert high.pga > 7
    assert high.blended == high.pgv
    assert min(middle.pga, middle.pgv) < middle.blended < max(middle.pga, middle.pgv)


def test_walds_largest_values_are_ten():
    assert mmi(pga_ms2=12.0, relation=Relation.WALD_1999).pga == 10
    assert mmi(pga_ms2=9.0, relation=Relation.WALD_1999).pga < 9.5


@given(st.floats(0, 1e3))
def test_intensity_stays_on_its_scale(peak):
    for relation in Relation:
        found = mmi(pga_ms2=peak, pgv_ms=peak, relation=relation)
        assert 1 <= found.pga <= 10
        assert 1 <= found.pgv <= 10


def test_a_relation_is_not_stretched_to_what_it_does_not_cover():
    with pytest.raises(ValueError, match="no regression"):
        mmi(sa_10_ms2=1.0, relation=Relation.WALD_1999)
    with pytest.raises(ValueError, match="negative"):
        mmi(pga_ms2=-1.0)
