"""The inventory as FDSN StationXML 1.2.

A count is ``polarity * sensitivity`` of a unit, so an axis mounted the other way round has a
negative gain, as the standard wants it. Positions inside the structure are in the descriptions.

References
----------
.. [1] FDSN StationXML schema 1.2, http://www.fdsn.org/xml/station/
"""

import datetime as dt
from collections.abc import Collection
from xml.etree import ElementTree as ET

from plumbline import __version__
from plumbline.wire.inventory import Axis, Instrument, Inventory, Node, Structure, Unit

NAMESPACE = "http://www.fdsn.org/xml/station/1"
REFERENCE_HZ = 1.0
SI: dict[Unit, tuple[str, float]] = {
    Unit.ACCELERATION: ("m/s**2", 1.0),
    Unit.VELOCITY: ("m/s", 1.0),
    Unit.TILT: ("rad", 1e6),
    Unit.TEMPERATURE: ("degC", 1.0),
    Unit.SETTLEMENT: ("m", 1e3),
}
"""Name of the unit in StationXML, and how many of ours make one of it."""


def station_xml(
    inventory: Inventory, created: dt.datetime, channels: Collection[str] | None = None
) -> bytes:
    """Return the document; of some channels (``XX.TWR01.3A.HNZ``) or of all.

    Parameters
    ----------
    created
        Time of making, for the document's head.
    """
    root = ET.Element("FDSNStationXML", {"xmlns": NAMESPACE, "schemaVersion": "1.2"})
    _text(root, "Source", "Plumbline inventory")
    _text(root, "Sender", "Plumbline")
    _text(root, "Module", f"plumbline {__version__}")
    _text(root, "Created", created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    network = ET.SubElement(root, "Network", {"code": inventory.network.code})
    if inventory.network.name:
        _text(network, "Description", inventory.network.name)
    for structure in inventory.structure:
        station = _station(structure)
        for node in structure.node:
            for instrument in node.instrument:
                stream = inventory.stream_id(structure, node, instrument)
                for axis, nslc in zip(instrument.axes, stream.nslc, strict=True):
                    if channels is None or nslc in channels:
                        station.append(_channel(structure, node, instrument, axis))
        if station.find("Channel") is not None:
            network.append(station)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _station(structure: Structure) -> ET.Element:
    station = ET.Element("Station", {"code": structure.code})
    _text(station, "Description", structure.name)
    _text(station, "Latitude", f"{structure.latitude:.6f}")
    _text(station, "Longitude", f"{structure.longitude:.6f}")
    _text(station, "Elevation", f"{structure.elevation_m:.2f}")
    site = ET.SubElement(station, "Site")
    _text(site, "Name", structure.name)
    return station


def _channel(structure: Structure, node: Node, instrument: Instrument, axis: Axis) -> ET.Element:
    channel = ET.Element(
        "Channel", {"code": instrument.stream + axis.code, "locationCode": node.code}
    )
    _text(
        channel,
        "Description",
        f"{node.name}; {node.role}, level {node.level}; "
        f"x {node.x_m:g} m, y {node.y_m:g} m, z {node.z_m:g} m in the structure",
    )
    _text(channel, "Latitude", f"{structure.latitude:.6f}")
    _text(channel, "Longitude", f"{structure.longitude:.6f}")
    _text(channel, "Elevation", f"{structure.elevation_m + node.z_m:.2f}")
    _text(channel, "Depth", f"{max(-node.z_m, 0.0):.2f}")
    _text(channel, "Azimuth", f"{axis.azimuth_deg:g}")
    _text(channel, "Dip", f"{axis.dip_deg:g}")
    _text(channel, "SampleRate", f"{instrument.rate_hz:g}")
    sensor = ET.SubElement(channel, "Sensor")
    _text(sensor, "Model", instrument.model)
    if instrument.serial:
        _text(sensor, "SerialNumber", instrument.serial)
    if instrument.calibrated:
        _text(sensor, "CalibrationDate", f"{instrument.calibrated.isoformat()}T00:00:00Z")
    channel.append(_response(instrument, axis))
    return channel


def _response(instrument: Instrument, axis: Axis) -> ET.Element:
    name, factor = SI[instrument.unit]
    gain = axis.polarity * instrument.sensitivity * factor
    response = ET.Element("Response")
    sensitivity = ET.SubElement(response, "InstrumentSensitivity")
    _text(sensitivity, "Value", repr(gain))
    _text(sensitivity, "Frequency", f"{REFERENCE_HZ:g}")
    _units(sensitivity, name)
    stage = ET.SubElement(response, "Stage", {"number": "1"})
    flat = ET.SubElement(stage, "PolesZeros")
    _units(flat, name)
    _text(flat, "PzTransferFunctionType", "LAPLACE (RADIANS/SECOND)")
    _text(flat, "NormalizationFactor", "1.0")
    _text(flat, "NormalizationFrequency", f"{REFERENCE_HZ:g}")
    stage_gain = ET.SubElement(stage, "StageGain")
    _text(stage_gain, "Value", repr(gain))
    _text(stage_gain, "Frequency", f"{REFERENCE_HZ:g}")
    return response


def _units(parent: ET.Element, name: str) -> None:
    for tag, unit in (("InputUnits", name), ("OutputUnits", "count")):
        _text(ET.SubElement(parent, tag), "Name", unit)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
