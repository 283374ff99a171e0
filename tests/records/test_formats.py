"""Each format read from files made for the purpose: what is stated comes out, in its unit."""

import numpy as np
import pytest
import record_makers as make

from plumbline.records import Unit, read_records
from plumbline.records.formats import FORMATS
from plumbline.records.instant import utc_ns
from plumbline.records.reading import format_of

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


MADE = {
    "cosmos": make.cosmos(X),
    "csmip": make.csmip_volume_1(X / 100),
    "renadic": make.csmip_volume_1(X, unit="g/10", pairs=True, renadic=True),
    "smc": make.smc(X),
    "jma": make.jma(np.column_stack([X, X, X])),
    "cwb": make.cwb(np.column_stack([X, X, X, X])),
    "geonet": make.geonet(X),
    "esm": make.esm(X),
    "openeew": make.openeew(3),
}


def test_every_format_has_a_made_file():
    assert set(MADE) == set(FORMATS)


@pytest.mark.parametrize("name", MADE)
def test_a_format_is_known_by_its_contents_alone(name, write):
    path = write(MADE[name], "no-suffix-at-all")
    assert format_of(path) == name
    head = path.read_bytes().decode("latin-1")
    assert next(other for other, form in FORMATS.items() if form.sniff(head, path)) == name


@pytest.mark.parametrize("name", MADE)
def test_windows_line_ends_change_nothing(name, write):
    content = MADE[name]
    raw = content if isinstance(content, bytes) else content.encode("latin-1")
    unix = read_records([write(raw.replace(b"\r\n", b"\n"), "unix")])
    dos = read_records([write(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), "dos")])
    assert len(unix) == len(dos) > 0
    for one, other in zip(unix, dos, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        assert (one.station, one.channel, one.start_ns) == (
            other.station, other.channel, other.start_ns
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "unit", "removed"),
    [("1 UNCORRECTED ACCELEROGRAM", Unit.GAL, False), ("3 VELOCITY", Unit.CMS, True),
     ("4 DISPLACEMENT", Unit.CM, True), ("2 CORRECTED ACCELEROGRAM", Unit.GAL, True)],
)  # fmt: skip
def test_smc_takes_its_unit_from_the_first_line(kind, unit, removed, write):
    (record,) = read_records([write(make.smc(X, kind=kind))])
    assert (record.unit, record.offset_removed) == (unit, removed)
    assert (record.station, record.orientation.vertical, record.start_ns) == ("1002", True, None)
    np.testing.assert_allclose(record.values, X, rtol=1e-3)


def test_smc_with_usgs_comments_knows_network_channel_and_place(write):
    (record,) = read_records([write(make.smc(X, component="133", scnl="1103.HN2.NP.RE"))])
    assert (record.network, record.channel, record.location) == ("NP", "HN2", "RE")
    assert (record.place, record.orientation.azimuth_deg) == ("Roof", 133)
    assert record.peak == pytest.approx(X[np.abs(X).argmax()], rel=1e-6)


def test_jma_columns_may_come_in_any_order(write):
    path = write(make.jma(np.column_stack([X, 2 * X, 3 * X]), columns="UD,EW,NS", rate="200 Hz"))
    records = {record.channel: record for record in read_records([path])}
    assert set(records) == {"NS", "EW", "UD"}
    np.testing.assert_allclose(records["NS"].values, 3 * X, atol=1e-3)
    assert records["UD"].orientation.vertical
    assert records["UD"].rate_hz == 200


def test_jma_time_is_nine_hours_ahead_and_its_names_are_japanese(write):
    record = read_records([write(make.jma(np.column_stack([X, X, X])))])[0]
    assert record.start_ns == utc_ns((2011, 3, 11), 5, 46, 10)
    assert (record.station, record.place) == ("41E", "東京都千代田区大手町")


@pytest.mark.parametrize(
    ("start", "hour"),
    [
        ("#StartTime(GMT+08): 1999/09/21-01:47:12.500", 17),
        ("#StartTime: 1999/09/20-17:47:12.500", 17),
    ],
)
def test_cwb_time_goes_by_its_own_offset(start, hour, write):
    record = read_records([write(make.cwb(np.column_stack([X, X, X, X]), start=start))])[0]
    assert record.start_ns == utc_ns((1999, 9, 20), hour, 47, 12.5)


def test_cwb_axes_are_in_the_order_stated_and_may_touch(write):
    table = np.column_stack([np.arange(53) / 200, -10000 - X, 2 * X, 3 * X])
    records = read_records([write(make.cwb(table, order="N(+); E(+); U(+)"))])
    assert [record.channel for record in records] == ["N", "E", "U"]
    np.testing.assert_allclose(records[0].values, -10000 - X, atol=1e-3)
    assert (records[0].peak, records[1].peak, records[2].peak) == (-370.0, None, 529.1)
    assert (records[0].rate_hz, records[0].offset_removed) == (200, True)


def test_geonet_is_millimetres_from_the_first_sample_s_time(write):
    text = make.geonet(X, velocity=X / 2, displacement=X / 4)
    accel, velocity, displacement = read_records([write(text + make.geonet(X, component="Up"))])[:3]
    assert [r.unit for r in (accel, velocity, displacement)] == [Unit.MMS2, Unit.MMS, Unit.MM]
    assert (accel.station, accel.rate_hz) == ("WTMC", 200)
    assert accel.orientation.azimuth_deg == 332
    assert accel.start_ns == utc_ns((2016, 11, 13), 11, 2, 19.715)
    np.testing.assert_allclose(accel.si() * 1000, X, atol=0.051)


def test_geonet_volume_1_has_only_acceleration_and_an_offset(write):
    records = read_records([write(make.geonet(X, corrected=False) * 3)])
    assert [(r.unit, r.offset_removed) for r in records] == [(Unit.MMS2, False)] * 3


def test_esm_header_may_lack_what_it_likes(write):
    path = write(make.esm(X, USER1=None, EVENT_ID=None, LOCATION=None))
    (record,) = read_records([path])
    assert (record.network, record.station, record.channel) == ("IV", "AQU", "HN2")
    assert (record.rate_hz, record.offset_removed) == (100, False)
    assert record.start_ns == utc_ns((2009, 4, 6), 1, 32, 36.005)
    assert record.orientation.vertical is False


@pytest.mark.parametrize(
    ("unit", "expected"), [("cm/s", Unit.CMS), ("cm", Unit.CM), ("m/s^2", Unit.MS2)]
)
def test_esm_comes_in_other_units_too(unit, expected, write):
    assert read_records([write(make.esm(X, UNITS=unit))])[0].unit is expected


def test_openeew_counts_its_true_rate_and_finds_its_first_sample(write):
    x, _, z = read_records([write(make.openeew(10))])
    assert x.rate_hz == pytest.approx(30.0)
    assert x.start_ns / 1e9 == pytest.approx(1518824100.0 - 31 / 30.0, abs=1e-5)
    assert x.values.tolist() == list(range(320))
    assert z.orientation.vertical


def test_openeew_ends_a_run_at_a_gap_and_takes_a_packet_once(write):
    text = make.openeew(6, gap_after=2)
    runs = read_records([write(text + text)])
    assert [(r.channel, r.values.size) for r in runs] == [(c, 96) for c in "XYZ"] * 2


def test_an_openeew_clock_half_an_hour_wrong_is_put_right(write):
    right, wrong = (read_records([write(make.openeew(5, late_s=s))])[0] for s in (0.2, 1816.4))
    assert wrong.start_ns - right.start_ns == 1816 * 10**9
    assert any("1816 s" in note for note in wrong.notes)
