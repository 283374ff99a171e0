"""Everything ObsPy reads: miniSEED, SAC, GSE2, K-NET and more, with StationXML beside it.

Oddities
--------
- miniSEED holds counts and no sensitivity. With a StationXML among the files the counts are
  divided by the overall sensitivity of their channel, right for a flat (accelerometer)
  response in its pass band; the response is not deconvolved.
- SAC and most others hold numbers of no stated unit: they stay unstated until told.
- K-NET and KiK-net state a scale factor; ObsPy has it as ``calib`` in m/s2 and the peak in gal
  among its own headers.
- A trace with masked gaps is split into its gap-free runs.
- The band code does not tell acceleration from velocity, the instrument code does (N, L, G
  against H), and only StationXML is believed about units.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from plumbline.records.errors import RecordError, UnknownFormat
from plumbline.records.orientation import VERTICAL, Orientation, from_channel, oriented, towards
from plumbline.records.record import Record, Unit

INPUT_UNITS: dict[str, Unit] = {
    "M/S**2": Unit.MS2,
    "M/S^2": Unit.MS2,
    "M/S/S": Unit.MS2,
    "M/S2": Unit.MS2,
    "CM/S**2": Unit.GAL,
    "M/S": Unit.MS,
    "M": Unit.M,
}
"""What StationXML calls the input of an instrument, upper-case."""

PACKED = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst", ".tar", ".tgz", ".7z"})
STEEP_DIP = 45.0


def is_station_xml(head: str) -> bool:
    """Return whether the first lines are StationXML."""
    return "<FDSNStationXML" in head


def read_obspy(path: Path, inventory: Any = None) -> list[Record]:
    """Read a file in any format ObsPy recognises.

    Raises
    ------
    UnknownFormat
        If ObsPy does not recognise it.
    RecordError
        If ObsPy recognises it and fails.
    """
    import obspy

    try:
        with warnings.catch_warnings():
            # Remarks on headers (SAC's single-precision intervals) nobody here can act on.
            warnings.simplefilter("ignore")
            stream = obspy.read(str(path))
    except TypeError as error:
        raise UnknownFormat(
            f"{path}: no reader knows this format; for plain columns give --rate and --columns"
            + ("; unpack it first" if path.suffix.lower() in PACKED else "")
        ) from error
    except Exception as error:
        raise RecordError(f"{path}: {error}") from error
    return [_record(trace, path, inventory) for trace in stream.split()]


def read_inventory(paths: list[Path]) -> Any:
    """Return one ObsPy inventory of the StationXML files, or None if there are none."""
    import obspy

    inventory = None
    for path in paths:
        try:
            found = obspy.read_inventory(str(path))
        except Exception as error:
            raise RecordError(f"{path}: StationXML: {error}") from error
        inventory = found if inventory is None else inventory + found
    return inventory


def _record(trace: Any, path: Path, inventory: Any) -> Record:
    stats = trace.stats
    values, unit, peak = np.asarray(trace.data, dtype=np.float64), Unit.UNSTATED, None
    orientation = _named(stats.channel)
    notes: tuple[str, ...] = ()
    if stats.get("_format") == "KNET":
        values, unit = values * stats.calib, Unit.MS2
        peak = float(stats.knet.accmax) * 0.01
    elif np.issubdtype(trace.data.dtype, np.integer):
        unit = Unit.COUNTS
    if inventory is not None:
        values, unit, orientation, notes = _with_metadata(trace, values, unit, inventory)
    return Record(
        network=stats.network,
        station=stats.station,
        location=stats.location,
        channel=stats.channel,
        rate_hz=float(stats.sampling_rate),
        start_ns=stats.starttime.ns,
        values=values,
        unit=unit,
        orientation=orientation,
        peak=peak,
        source=path,
        notes=notes,
    )


def _named(channel: str) -> Orientation:
    """Return the direction a name implies: ``HNZ``, or ``EW`` of K-NET and ``UD2`` of KiK-net."""
    stated = from_channel(channel) if len(channel) == 3 else oriented(channel)
    return stated if stated.vertical is not None else oriented(channel.rstrip("12"))


def _with_metadata(
    trace: Any, values: Any, unit: Unit, inventory: Any
) -> tuple[Any, Unit, Orientation, tuple[str, ...]]:
    stats = trace.stats
    found = inventory.select(
        network=stats.network,
        station=stats.station,
        location=stats.location or "",
        channel=stats.channel,
        time=stats.starttime,
    )
    channels = [channel for net in found for station in net for channel in station]
    if not channels:
        return values, unit, _named(stats.channel), ("not in the StationXML given",)
    channel = channels[0]
    orientation = _named(stats.channel)
    if channel.dip is not None and abs(channel.dip) >= STEEP_DIP:
        orientation = VERTICAL
    elif channel.azimuth is not None:
        orientation = towards(float(channel.azimuth))
    gain = channel.response.instrument_sensitivity if channel.response else None
    physical = INPUT_UNITS.get(str(gain.input_units).upper()) if gain else None
    if gain is None or physical is None or not gain.value:
        return values, unit, orientation, ("the StationXML states no usable sensitivity",)
    note = f"counts divided by the sensitivity in the StationXML, {gain.value:g}"
    return values / gain.value, physical, orientation, (note,)
