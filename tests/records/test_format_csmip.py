"""CSMIP and RENADIC volumes: what is stated comes out, in its unit."""

import numpy as np
import pytest
import record_makers as make

from plumbline.records import Quantity, Unit, read_records
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


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("layout", ["(8f10.6)", ""])
def test_csmip_volume_2_has_three_series_and_their_peaks(upper, layout, write):
    text = make.csmip_volume_2(X, X / 10, X / 100, upper=upper, layout=layout)
    accel, velocity, displacement = read_records([write(text)])
    assert [r.quantity for r in (accel, velocity, displacement)] == [
        Quantity.ACCELERATION, Quantity.VELOCITY, Quantity.DISPLACEMENT
    ]  # fmt: skip
    np.testing.assert_allclose(accel.values, X, atol=1e-3)
    np.testing.assert_allclose(displacement.values, X / 100, atol=1e-3)
    assert velocity.peak == pytest.approx(X[np.abs(X).argmax()] / 10, abs=1e-3)
    assert (accel.station, accel.channel, accel.rate_hz) == ("57217", "CHAN7", 50)
    assert accel.place.lower() == "crest, center"
    assert accel.orientation.azimuth_deg == 45
    assert accel.start_ns == utc_ns((2019, 1, 2), 21, 6, 45.5)


def test_csmip_does_not_take_the_origin_time_for_the_start(write):
    text = make.csmip_volume_2(X, X, X, start=False)
    assert read_records([write(text)])[0].start_ns is None


def test_csmip_volume_1_in_g_keeps_its_offset(write):
    (record,) = read_records([write(make.csmip_volume_1(X / 100))])
    assert (record.unit, record.rate_hz, record.station) == (Unit.G, 50, "14403")
    assert (record.peak, record.offset_removed) == (-0.200, False)
    assert record.start_ns == utc_ns((1994, 1, 17), 12, 31, 4.1)
    np.testing.assert_allclose(record.values, X / 100, atol=1e-6)


def test_volume_1_whose_mean_is_removed_is_taken_as_it_is(write):
    level = np.round(X / 100, 6)
    level[0] -= level.sum()
    (record,) = read_records([write(make.csmip_volume_1(level))])
    assert record.offset_removed


def test_volume_1_pairs_in_tenths_of_g_are_tenths(write):
    (record,) = read_records([write(make.csmip_volume_1(X, unit="g/10", pairs=True))])
    assert (record.unit, record.rate_hz) == (Unit.G_TENTH, 50)
    # The header's peak is in g, the values are not.
    assert record.peak == pytest.approx(-2.0)
    np.testing.assert_allclose(record.si(), X * 0.980665, atol=1e-3)


def test_uneven_film_is_put_on_an_even_grid_and_says_so(write):
    times = np.arange(53) / 50 + 0.015 * np.sin(np.arange(53))
    times[0], times[-1] = 0.0, 52 / 50
    values = np.round(np.sin(times), 3)
    text = make.csmip_volume_1(values, unit="g/10", pairs=True, times=times)
    (record,) = read_records([write(text)])
    assert record.rate_hz == 50
    assert "uneven" in record.notes[0]
    np.testing.assert_allclose(record.values, np.sin(np.arange(53) / 50), atol=2e-3)


def test_a_station_without_a_number_has_its_name(write):
    text = make.csmip_volume_1(X, unit="g/10", pairs=True, renadic=True, number=None)
    assert read_records([write(text)])[0].station == "LOS ANGELES - 116TH ST. SCHOOL"


def test_another_network_s_record_is_named_by_its_code(write):
    text = make.csmip_volume_1(X / 100)
    text = text.replace("STATION NO. 14403", "Station Id. WLT  ")
    text = text.replace("14403-S3492-94021.02  ", "15481673.CI.WLT.--.HN ")
    text = text.replace(
        "TRIGGER TIME: 01/17/94, 12:31:04.1 UTC", "Start time:  3/29/14, 04:09:34.0 UTC (GPS)"
    )
    (record,) = read_records([write(text)])
    assert (record.network, record.station, record.location) == ("CI", "WLT", "")
    assert record.start_ns == utc_ns((2014, 3, 29), 4, 9, 34.0)


def test_film_that_ran_a_little_slow_has_its_nominal_rate(write):
    times = np.round(np.arange(53) * 0.0200028, 3)
    text = make.csmip_volume_1(X, unit="g/10", pairs=True, times=times)
    (record,) = read_records([write(text)])
    assert record.rate_hz == 50


def test_channels_of_a_volume_follow_one_another(write):
    text = make.csmip_volume_1(X / 100)
    second = text.replace("CHAN  1:  90 DEG", "CHAN  2: UP")
    records = read_records([write(text + second)])
    assert [(r.channel, r.orientation.vertical) for r in records] == [
        ("CHAN1", False),
        ("CHAN2", True),
    ]
