"""What ObsPy reads becomes records too: counts with a StationXML, K-NET's own scale."""

import copy
import gzip
from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy.core.inventory import (
    Channel,
    Inventory,
    Network,
    Response,
    Station,
)
from obspy.core.inventory.response import InstrumentSensitivity
from obspy.io.sac import SACTrace

from plumbline.records import Quantity, RecordError, Unit, read_records
from plumbline.records.errors import UnknownFormat

KNET = Path(obspy.__path__[0]) / "io" / "nied" / "tests" / "data" / "test.knet"
START = obspy.UTCDateTime(2020, 1, 1)
COUNTS = np.arange(500, dtype=np.int32)


def trace(channel="HNZ", data=COUNTS, start=START):
    header = {"network": "XX", "station": "TWR01", "location": "3A", "channel": channel}
    return obspy.Trace(data, header | {"sampling_rate": 100.0, "starttime": start})


def station_xml(path, sensitivity=2000.0, units="M/S**2", dip=-90.0, azimuth=0.0):
    gain = InstrumentSensitivity(
        value=sensitivity, frequency=1.0, input_units=units, output_units="COUNTS"
    )
    place = {"latitude": 13.7, "longitude": 100.5, "elevation": 0.0}
    channel = Channel(
        "HNZ", "3A", depth=0.0, dip=dip, azimuth=azimuth, sample_rate=100.0,
        response=Response(instrument_sensitivity=gain), **place,
    )  # fmt: skip
    station = Station("TWR01", channels=[channel], **place)
    inventory = Inventory([Network("XX", stations=[station])], source="test")
    inventory.write(str(path), format="STATIONXML")
    return path


def test_miniseed_is_counts_with_an_exact_start(tmp_path):
    trace().write(str(tmp_path / "a.mseed"), format="MSEED")
    (record,) = read_records([tmp_path / "a.mseed"])
    assert (record.network, record.station, record.location) == ("XX", "TWR01", "3A")
    assert (record.unit, record.quantity) == (Unit.COUNTS, Quantity.UNKNOWN)
    assert (record.rate_hz, record.start_ns) == (100, START.ns)
    assert record.orientation.vertical


def test_station_xml_among_the_files_gives_counts_their_unit(tmp_path):
    trace().write(str(tmp_path / "a.mseed"), format="MSEED")
    xml = station_xml(tmp_path / "station.xml")
    for order in ([tmp_path / "a.mseed", xml], [xml, tmp_path / "a.mseed"]):
        (record,) = read_records(order)
        assert record.unit is Unit.MS2
        np.testing.assert_allclose(record.si(), COUNTS / 2000.0)
        assert any("2000" in note for note in record.notes)


def test_station_xml_says_which_way_an_axis_points(tmp_path):
    trace().write(str(tmp_path / "a.mseed"), format="MSEED")
    xml = station_xml(tmp_path / "station.xml", dip=0.0, azimuth=37.0)
    (record,) = read_records([tmp_path / "a.mseed", xml])
    assert (record.orientation.vertical, record.orientation.azimuth_deg) == (False, 37)


def test_a_channel_the_station_xml_lacks_stays_counts_and_says_so(tmp_path):
    trace("HNE").write(str(tmp_path / "a.mseed"), format="MSEED")
    (record,) = read_records([tmp_path / "a.mseed", station_xml(tmp_path / "station.xml")])
    assert record.unit is Unit.COUNTS
    assert record.notes == ("not in the StationXML given",)


def test_a_gap_in_a_file_makes_two_records(tmp_path):
    stream = obspy.Stream([trace(), trace(start=START + 60)])
    stream.write(str(tmp_path / "a.mseed"), format="MSEED")
    assert [r.values.size for r in read_records([tmp_path / "a.mseed"])] == [500, 500]


def test_sac_states_no_unit(tmp_path):
    trace(data=COUNTS.astype(np.float32)).write(str(tmp_path / "a.sac"), format="SAC")
    assert read_records([tmp_path / "a.sac"])[0].unit is Unit.UNSTATED
    assert read_records([tmp_path / "a.sac"], unit=Unit.G)[0].unit is Unit.G


def test_k_net_is_acceleration_by_its_own_scale():
    (record,) = read_records([KNET])
    assert (record.station, record.channel, record.unit) == ("AKT013", "EW", Unit.MS2)
    assert record.orientation.azimuth_deg == 90
    found = np.abs(record.values - record.values.mean()).max()
    assert found == pytest.approx(record.peak, rel=2e-3)


def test_a_broken_file_is_named(tmp_path):
    trace().write(str(tmp_path / "a.sac"), format="SAC")
    whole = (tmp_path / "a.sac").read_bytes()
    (tmp_path / "a.sac").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RecordError, match=r"a\.sac"):
        read_records([tmp_path / "a.sac"])


def test_a_broken_station_xml_is_named(tmp_path):
    path = station_xml(tmp_path / "station.xml")
    path.write_text(path.read_text()[:900])
    with pytest.raises(RecordError, match=r"station\.xml"):
        read_records([path])


def test_a_packed_file_nobody_reads_is_to_be_unpacked(tmp_path):
    path = tmp_path / "motion.csv.gz"
    path.write_bytes(gzip.compress(b"1 2 3\n" * 50))
    with pytest.raises(UnknownFormat, match="unpack it first"):
        read_records([path])


def test_samples_that_are_no_number_are_a_gap(tmp_path):
    data = COUNTS.astype(np.float32)
    data[[0, 200, 201]] = np.nan
    trace(data=data).write(str(tmp_path / "a.mseed"), format="MSEED")
    before, after = read_records([tmp_path / "a.mseed"])
    assert (before.values.size, after.values.size) == (199, 298)
    assert (before.start_ns, after.start_ns) == ((START + 0.01).ns, (START + 2.02).ns)
    assert before.notes == ("no number in 3 of 500 samples: taken for a gap",)


def test_channels_of_text_are_passed_over(tmp_path):
    log = trace("LOG", data=np.frombuffer(b"clock locked", dtype="|S1"))
    log.write(str(tmp_path / "log.mseed"), format="MSEED")
    trace().write(str(tmp_path / "a.mseed"), format="MSEED")
    both = (tmp_path / "log.mseed").read_bytes() + (tmp_path / "a.mseed").read_bytes()
    (tmp_path / "both.mseed").write_bytes(both)
    assert [r.channel for r in read_records([tmp_path / "both.mseed"])] == ["HNZ"]
    with pytest.raises(RecordError, match=r"log\.mseed: holds no samples of motion"):
        read_records([tmp_path / "log.mseed"])


def test_a_sac_file_without_a_time_did_not_begin_in_1970(tmp_path):
    SACTrace(data=COUNTS.astype(np.float32), delta=0.01).write(str(tmp_path / "nameless.sac"))
    (record,) = read_records([tmp_path / "nameless.sac"])
    assert (record.start_ns, record.station) == (None, "nameless")


def test_k_net_cut_in_the_middle_is_refused(tmp_path):
    lines = KNET.read_text().splitlines(keepends=True)
    (tmp_path / "cut.knet").write_text("".join(lines[:-200]))
    with pytest.raises(RecordError, match=r"cut\.knet: \d+ samples where the header states 59 s"):
        read_records([tmp_path / "cut.knet"])


@pytest.mark.filterwarnings("ignore:chan_")
def test_kinemetrics_is_acceleration_by_its_own_sensitivity():
    evt = Path(obspy.__path__[0]) / "io/kinemetrics/tests/data/BX456_MOLA-02351.evt"
    (raw, *_), (record, *_) = obspy.read(str(evt)), read_records([evt])
    header = raw.stats.kinemetrics_evt
    volts = raw.data / 2**23 * header.chan_fullscale
    assert record.unit is Unit.MS2
    np.testing.assert_allclose(record.values, volts / header.chan_sensitivity * 9.80665, rtol=1e-3)


@pytest.mark.parametrize(
    ("units", "ms2"),
    [("m/s**2", 1.0), ("M/S/S", 1.0), ("m s-2", 1.0), ("CM/S^2", 0.01), ("nm/s**2", 1e-9),
     ("g", 9.80665)],
)  # fmt: skip
def test_station_xml_may_spell_its_unit_in_many_ways(units, ms2, tmp_path):
    trace().write(str(tmp_path / "a.mseed"), format="MSEED")
    xml = station_xml(tmp_path / "station.xml", units=units)
    (record,) = read_records([tmp_path / "a.mseed", xml])
    np.testing.assert_allclose(record.si(), COUNTS / 2000.0 * ms2)


@pytest.mark.parametrize(("offset_s", "expected"), [(-10.0, 2000.0), (0.0, 4000.0), (10.0, 4000.0)])
@pytest.mark.parametrize("newest_first", [False, True])
def test_at_the_edge_of_two_epochs_the_one_that_begins_holds(
    offset_s, expected, newest_first, tmp_path
):
    trace(start=START + offset_s).write(str(tmp_path / "a.mseed"), format="MSEED")
    inventory = obspy.read_inventory(str(station_xml(tmp_path / "station.xml")))
    (station,) = inventory[0]
    old = station.channels[0]
    new = copy.deepcopy(old)
    old.start_date, old.end_date, new.start_date = START - 3600, START, START
    new.response.instrument_sensitivity.value = 4000.0
    station.channels = [new, old] if newest_first else [old, new]
    inventory.write(str(tmp_path / "station.xml"), format="STATIONXML")
    (record,) = read_records([tmp_path / "a.mseed", tmp_path / "station.xml"])
    np.testing.assert_allclose(record.si(), COUNTS / expected)
