"""What ObsPy reads becomes records too: counts with a StationXML, K-NET's own scale."""

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
