"""Settlement points: the rigid plane, angular distortion, deflection, strain, damage, limits."""

import math

import numpy as np
import pytest

from plumbline.analysis.limit_standing import Standing, may_page
from plumbline.analysis.tilt import (
    DISTORTION_LIMITS,
    Curvature,
    angular_distortions,
    category_by_crack,
    category_by_strain,
    combined_strain,
    curvature,
    deflection_ratio,
    rigid_body,
)
from plumbline.analysis.tilt.limits import differential_from_distortion_mm
from plumbline.analysis.tilt.plane import PlaneFit

X = np.array([0.0, 10.0, 0.0, 10.0, 5.0])
Y = np.array([0.0, 0.0, 20.0, 20.0, 10.0])


def test_a_rigid_body_that_only_tilts_has_no_distortion():
    body = rigid_body(X, Y, 3.0 + 0.5 * X - 0.2 * Y)
    assert body.level_mm == pytest.approx(3.0)
    assert body.tilt_x_urad == pytest.approx(500.0)
    assert body.tilt_y_urad == pytest.approx(-200.0)
    np.testing.assert_allclose(body.residual_mm, 0.0, atol=1e-12)
    assert body.along(0.0) == pytest.approx(500.0)
    assert body.along(90.0) == pytest.approx(-200.0)


def test_one_disturbed_point_does_not_tilt_the_robust_plane():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 30, 12), rng.uniform(0, 30, 12)
    settled = 2.0 + 0.3 * x + rng.normal(0, 0.05, 12)
    settled[int(np.argmax(x))] += 25.0
    plain, robust = rigid_body(x, y, settled), rigid_body(x, y, settled, PlaneFit.HUBER)
    assert abs(robust.tilt_x_urad - 300.0) < 60.0 < abs(plain.tilt_x_urad - 300.0)


def test_two_points_or_a_line_of_points_give_no_plane():
    with pytest.raises(ValueError, match="three settlement points"):
        rigid_body([0, 1], [0, 0], [0, 1])
    with pytest.raises(ValueError, match="one line"):
        rigid_body([0, 1, 2], [0, 1, 2], [0, 1, 3])


def test_angular_distortion_is_the_rotation_less_the_rigid_tilt():
    # 10 m bays; the chord falls 10 mm over 20 m: omega = 1/2000.
    first, second = angular_distortions([0, 10, 20], [0.0, 15.0, 10.0])
    assert first.rotation == pytest.approx(15e-4)
    assert first.angular_distortion == pytest.approx(15e-4 - 5e-4)
    assert second.angular_distortion == pytest.approx(-5e-4 - 5e-4)
    assert first.curvature is Curvature.SAGGING


def test_a_stated_rigid_tilt_is_taken_off_instead_of_the_chord():
    first, second = angular_distortions([0, 10, 20], [0.0, 5.0, 10.0], rigid_tilt_urad=500.0)
    assert first.angular_distortion == pytest.approx(0.0, abs=1e-15)
    assert second.angular_distortion == pytest.approx(0.0, abs=1e-15)
    assert first.curvature is Curvature.STRAIGHT


def test_the_deflection_ratio_is_signed_by_curvature():
    assert deflection_ratio([0, 10, 20], [0, 10, 0]) == pytest.approx(10e-3 / 20)
    assert deflection_ratio([0, 10, 20], [5, 0, 5]) == pytest.approx(-5e-3 / 20)
    assert curvature([0, 10, 20], [5, 0, 5]) is Curvature.HOGGING


def test_the_combined_strain_of_the_reference_is_category_3():
    found = combined_strain(0.002, 0.001)
    assert f"{found.angle_deg:.3f}" == "31.717"
    assert f"{found.strain:.7f}" == "0.0016180"
    assert category_by_strain(found.strain).category == 3


def test_pure_distortion_and_pure_stretch_are_the_limits_of_the_combined_strain():
    assert combined_strain(0.002, 0.0).strain == pytest.approx(0.001)
    assert combined_strain(0.002, 0.0).angle_deg == pytest.approx(45.0)
    assert combined_strain(0.0, 0.001).strain == pytest.approx(0.001)
    # Mohr's circle, an independent way to the same strain.
    beta, stretch = 0.0017, 0.0006
    mohr = stretch / 2 + math.hypot(stretch / 2, beta / 2)
    assert combined_strain(beta, stretch).strain == pytest.approx(mohr)


@pytest.mark.parametrize(
    ("percent", "category"), [(0.05, 0), (0.06, 1), (0.075, 1), (0.1, 2), (0.3, 3), (0.31, 4)]
)
def test_strain_categories_change_at_the_printed_limits(percent, category):
    assert category_by_strain(percent / 100).category == category


@pytest.mark.parametrize(
    ("width_mm", "category"), [(0.05, 0), (0.1, 1), (1, 1), (5, 2), (15, 3), (25, 4), (26, 5)]
)
def test_a_crack_width_has_a_category_and_may_not_be_used_alone(width_mm, category):
    found = category_by_crack(width_mm)
    assert found.category == category
    assert not found.alone


@pytest.mark.parametrize(
    ("key", "ratio"),
    [
        ("ec7-strictest", 1 / 2000),
        ("ec7-common", 1 / 500),
        ("ec7-loosest", 1 / 300),
        ("ec7-ultimate", 1 / 150),
        ("skempton-cracking", 1 / 300),
        ("skempton-structural", 1 / 150),
        ("bjerrum-machinery", 1 / 750),
        ("bjerrum-diagonals", 1 / 600),
        ("bjerrum-visible-tilt", 1 / 250),
        ("sowers-rc-frame", 0.0025),
        ("sowers-rc-curtain-wall", 0.003),
        ("sowers-steel-continuous", 0.002),
        ("sowers-steel-simple", 0.005),
        ("sowers-high-brick", 0.0005),
        ("sowers-tower", 0.004),
        ("sowers-crane-rail", 0.003),
        ("lta-negligible", 1 / 500),
    ],
)
def test_the_table_carries_the_printed_limits(key, ratio):
    assert DISTORTION_LIMITS[key].ratio == ratio


def test_hogging_halves_the_limits_of_angular_distortion_only():
    limit = DISTORTION_LIMITS["ec7-common"]
    assert limit.for_curvature(Curvature.SAGGING) == pytest.approx(1 / 500)
    assert limit.for_curvature(Curvature.HOGGING) == pytest.approx(1 / 1000)
    tower = DISTORTION_LIMITS["sowers-tower"]
    assert tower.for_curvature(Curvature.HOGGING) == tower.ratio


def test_what_nobody_has_read_may_not_page():
    for key, limit in DISTORTION_LIMITS.items():
        unread = key.startswith("bjerrum")
        assert (limit.provenance.standing is Standing.CANDIDATE) == unread
        assert may_page(limit.provenance.standing) != unread


def test_skempton_and_macdonalds_correlation_gives_about_an_inch_and_a_quarter_at_1_in_300():
    assert f"{differential_from_distortion_mm(1 / 300) / 25.4:.2f}" == "1.17"
    # The reference rounds 1.17 in up to 1 1/4 in = 32 mm; the formula itself gives 30 mm.
    assert f"{differential_from_distortion_mm(1 / 300):.0f}" == "30"
