"""Our StationXML, judged by ObsPy: its schema, its reader, its response removal."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy.io.stationxml.core import validate_stationxml
from places import G, inventory_text

from plumbline.collector.serving.fdsn.stationxml import station_xml
from plumbline.wire.inventory import Inventory, read_inventory

CREATED = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    text = inventory_text().replace(
        '{ code = "Z", azimuth_deg = 0, dip_deg = -90 }',
        '{ code = "Z", azimuth_deg = 0, dip_deg = -90, polarity = -1 }',
        1,
    )
    text = text.replace('model = "lily"', 'model = "lily"\nserial = "L&7<"', 1)
    path = tmp_path / "inventory.toml"
    path.write_text(text.replace('name = "Tower One"', 'name = "อาคาร Tower & One"'))
    return read_inventory(path)


def test_it_fits_the_schema(inventory: Inventory) -> None:
    is_valid, problems = validate_stationxml(io.BytesIO(station_xml(inventory, CREATED)))
    assert is_valid, problems


def test_obspy_reads_every_channel_with_its_place_and_direction(inventory: Inventory) -> None:
    (network,) = obspy.read_inventory(io.BytesIO(station_xml(inventory, CREATED)))
    (station,) = network
    assert (network.code, station.code, station.site.name) == (
        "XX",
        "TWR01",
        "อาคาร Tower & One",
    )
    found = {f"{c.location_code}.{c.code}": c for c in station}
    assert len(found) == 9
    tilt = found["0A.LA2"]
    assert (tilt.azimuth, tilt.dip, tilt.sample_rate) == (120.0, 0.0, 1.0)
    assert tilt.sensor.serial_number == "L&7<"
    assert (tilt.latitude, tilt.longitude) == (13.75, 100.5)


def test_removing_the_response_gives_physical_units_with_their_sign(
    inventory: Inventory,
) -> None:
    read = obspy.read_inventory(io.BytesIO(station_xml(inventory, CREATED)))
    counts = np.rint(1000 * np.sin(np.arange(3000) / 20)).astype(np.int32)
    for channel, gain in [("0A.HNZ", -256_000 / G), ("0A.HNN", 256_000 / G)]:
        node, code = channel.split(".")
        trace = obspy.Trace(
            counts, {"network": "XX", "station": "TWR01", "location": node, "channel": code,
                     "sampling_rate": 100},
        )  # fmt: skip
        plain = trace.copy().remove_sensitivity(read)
        np.testing.assert_allclose(plain.data, counts / gain, rtol=1e-9)
        whole = trace.copy().remove_response(
            read, output="ACC", zero_mean=False, taper=False, water_level=None
        )
        physical = counts / gain  # ObsPy divides spectra: the mean and the Nyquist bin are lost
        np.testing.assert_allclose(
            whole.data - whole.data.mean(), physical - physical.mean(), atol=1e-5
        )


def test_tilt_leaves_in_radians(inventory: Inventory) -> None:
    read = obspy.read_inventory(io.BytesIO(station_xml(inventory, CREATED)))
    response = read.get_response("XX.TWR01.0A.LA1", obspy.UTCDateTime())
    assert response.instrument_sensitivity.input_units == "rad"
    assert response.instrument_sensitivity.value == 1000 * 1e6


def test_only_the_channels_asked_for(inventory: Inventory) -> None:
    document = station_xml(inventory, CREATED, {"XX.TWR01.3A.HNN"})
    (channel,) = obspy.read_inventory(io.BytesIO(document))[0][0]
    assert (channel.location_code, channel.code) == ("3A", "HNN")
