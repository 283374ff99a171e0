"""COSMOS files: what is stated comes out, in its unit."""

import numpy as np
import pytest
import record_makers as make

from plumbline.records import Unit, read_records
from plumbline.records.instant import utc_ns

X = np.round(np.sin(np.arange(53) / 3) * np.arange(53), 3)


@pytest.fixture
def write(tmp_path):
    def written(content, name="record.dat"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="latin-1")
        return path

    return written


def test_cosmos_says_who_where_when_and_how_much(write):
    (record,) = read_records([write(make.cosmos(X))])
    assert (record.network, record.station, record.location) == ("NP", "1234", "10")
    assert (record.channel, record.place) == ("HNE", "Basement")
    assert record.orientation.azimuth_deg == 90
    assert record.start_ns == utc_ns((2019, 7, 6), 3, 19, 52.25)
    assert (record.rate_hz, record.unit, record.peak) == (200, Unit.GAL, X[np.abs(X).argmax()])
    np.testing.assert_allclose(record.values, X, atol=1e-6)


def test_cosmos_goes_by_the_interval_of_the_series_not_of_the_recorder(write):
    (record,) = read_records([write(make.cosmos(X, step_ms=5.0, recorder_step_s=0.02))])
    assert record.rate_hz == 200


def test_cosmos_without_usgs_comment_is_named_by_its_code(write):
    text = make.cosmos(
        X, scnl=None, code="CE-J2236", channel="Sta Cha:  3: 340 deg (Rcrdr Chan  1) Location: roof"
    )
    (record,) = read_records([write(text)])
    assert (record.network, record.station, record.channel) == ("CE", "J2236", "CHAN3")
    assert (record.place, record.orientation.azimuth_deg) == ("roof", 340)


@pytest.mark.parametrize(
    ("azimuth", "vertical", "degrees"), [(400, True, None), (600, False, None), (135, False, 135)]
)
def test_cosmos_direction_codes_are_understood(azimuth, vertical, degrees, write):
    text = make.cosmos(X, azimuth=azimuth, channel="Sta Chan   ?:Other   (Rcrdr Chan  ?)")
    (record,) = read_records([write(text)])
    assert record.orientation.vertical is vertical
    assert record.orientation.azimuth_deg == degrees


def test_cosmos_numbers_may_touch(write):
    (record,) = read_records([write(make.cosmos(-100 * np.abs(X), layout=(8, "{:9.3f}", "8F9.3")))])
    np.testing.assert_allclose(record.values, -100 * np.abs(X), atol=1e-3)


def test_cosmos_channels_follow_one_another_in_a_file(write):
    text = make.cosmos(X) + make.cosmos(2 * X, scnl="1234.HNZ.NP.10")
    first, second = read_records([write(text)])
    assert (first.channel, second.channel) == ("HNE", "HNZ")
    np.testing.assert_allclose(second.values, 2 * first.values, atol=1e-5)


def test_cosmos_counts_become_g_by_the_header(write):
    counts = np.round(X * 1000)
    text = make.cosmos(
        counts, stage=0, unit=(50, "counts"), kind="Raw acceleration counts",
        layout=(1, "{:8.0f}", "1I8"), counts=(0.298024, 1.2553, 1.0),
    )  # fmt: skip
    (record,) = read_records([write(text)])
    assert record.unit is Unit.G
    np.testing.assert_allclose(record.values, counts * 0.298024e-6 / 1.2553)


def test_cosmos_counts_without_a_sensitivity_stay_counts(write):
    text = make.cosmos(X, stage=0, unit=(50, "counts"), kind="Raw acceleration counts")
    assert read_records([write(text)])[0].unit is Unit.COUNTS


@pytest.mark.parametrize(
    ("stage", "mean", "removed"), [(1, -999.0, False), (1, 0.0, True), (2, 3.0, True)]
)
def test_cosmos_tells_whether_the_offset_is_gone(stage, mean, removed, write):
    (record,) = read_records([write(make.cosmos(X, stage=stage, mean=mean))])
    assert record.offset_removed is removed
