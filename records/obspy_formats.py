"""Everything ObsPy reads: miniSEED, SAC, GSE2, K-NET and more, with StationXML beside it.

Oddities
--------
- miniSEED holds counts and no sensitivity. With a StationXML among the files the counts are
  divided by the overall sensitivity of their channel, right for a flat (accelerometer)
  response in its pass band; the response is not deconvolved.
- SAC and most others hold numbers of no stated unit: they stay unstated until told.
- K-NET and KiK-net state a scale factor; ObsPy has it as ``calib`` in m/s2 and the peak in gal
  among its own headers.
- A trace with masked gaps, or with NaN among its samples, is split into its gap-free runs;
  channels of text and empty ones are passed over.
- A SAC file need not state when it began, and ObsPy then says 1970.
- Kinemetrics EVT states volts a count and volts per g; ObsPy has both in ``calib``, m/s2 a count.
- The band code does not tell acceleration from velocity, the instrument code does (N, L, G
  against H), and only StationXML is believed about units.
"""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from plumbline.records.errors import RecordError, UnknownFormat
from plumbline.records.orientation import VERTICAL, Orientation, from_channel, oriented, towards
from plumbline.records.record import Record, Unit

INPUT_UNITS: dict[str, tuple[Unit, float]] = {
    "M/S2": (Unit.MS2, 1.0),
    "CM/S2": (Unit.GAL, 1.0),
    "GAL": (Unit.GAL, 1.0),
    "MM/S2": (Unit.MMS2, 1.0),
    "NM/S2": (Unit.MS2, 1e-9),
    "G": (Unit.G, 1.0),
    "M/S": (Unit.MS, 1.0),
    "CM/S": (Unit.CMS, 1.0),
    "MM/S": (Unit.MMS, 1.0),
    "NM/S": (Unit.MS, 1e-9),
    "M": (Unit.M, 1.0),
    "NM": (Unit.M, 1e-9),
}
"""What StationXML calls the input of an instrument, see `_plain_unit`, and the factor to ours."""

EVT_ACCELEROMETERS = frozenset({1, *range(10, 21), 32})
"""Sensor types of Kinemetrics that measure acceleration: any, the FBAs, the EpiSensor."""

PACKED = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst", ".tar", ".tgz", ".7z"})
STEEP_DIP = 45.0
NUMERIC = "iuf"
"""Kinds of samples that are numbers; miniSEED also carries text."""

LONGEST_REASON = 160


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
    try:
        stream = _stream(path)
        records = [record for trace in stream for record in _records(trace, path, inventory)]
    except RecordError:
        raise
    except Exception as error:
        reason = (str(error).splitlines() or [repr(error)])[0][:LONGEST_REASON]
        raise RecordError(f"{path}: damaged: {reason}; get the file again") from error
    if not records:
        raise RecordError(f"{path}: holds no samples of motion; leave it out")
    return records


def _stream(path: Path) -> Any:
    import obspy

    try:
        with warnings.catch_warnings():
            # Remarks on headers (SAC's single-precision intervals) nobody here can act on.
            warnings.simplefilter("ignore")
            return obspy.read(str(path)).split()
    except TypeError as error:
        raise UnknownFormat(
            f"{path}: no reader knows this format; for plain columns give --rate and --columns"
            + ("; unpack it first" if path.suffix.lower() in PACKED else "")
        ) from error


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


def _records(trace: Any, path: Path, inventory: Any) -> list[Record]:
    """Return the runs of numbers in a trace: none of a text channel, several where it has gaps."""
    if trace.stats.npts == 0 or trace.data.dtype.kind not in NUMERIC:
        return []
    good = np.isfinite(trace.data)
    if good.all():
        return [_record(trace, path, inventory)]
    edges = np.flatnonzero(np.diff(good, prepend=False, append=False))
    note = f"no number in {np.count_nonzero(~good)} of {good.size} samples: taken for a gap"
    runs = []
    for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        piece = trace.copy()
        piece.data = trace.data[begin:end]
        piece.stats.starttime += begin / trace.stats.sampling_rate
        record = _record(piece, path, inventory)
        runs.append(replace(record, notes=(note, *record.notes)))
    return runs


def _record(trace: Any, path: Path, inventory: Any) -> Record:
    stats = trace.stats
    values, unit, peak = np.asarray(trace.data, dtype=np.float64), Unit.UNSTATED, None
    channel = stats.channel
    notes: tuple[str, ...] = ()
    if stats.get("_format") == "KNET":
        _refuse_cut_k_net(stats, path)
        values, unit = values * stats.calib, Unit.MS2
        peak = float(stats.knet.accmax) * 0.01
    elif (evt := stats.get("kinemetrics_evt")) is not None:
        channel = evt.chan_id or channel
        if evt.chan_sensortype in EVT_ACCELEROMETERS and evt.chan_sensitivity > 0:
            values, unit = values * stats.calib, Unit.MS2
            notes = (f"by the header's volts a count and {evt.chan_sensitivity:g} V/g",)
    elif trace.data.dtype.kind in "iu":
        unit = Unit.COUNTS
    orientation = _named(channel)
    if inventory is not None:
        values, unit, orientation, more = _with_metadata(stats, values, unit, inventory)
        notes += more
    return Record(
        network=stats.network,
        station=stats.station or ("" if channel else path.stem),
        location=stats.location,
        channel=channel,
        rate_hz=float(stats.sampling_rate),
        start_ns=_start_ns(stats),
        values=values,
        unit=unit,
        orientation=orientation,
        peak=peak,
        source=path,
        notes=notes,
    )


def _start_ns(stats: Any) -> int | None:
    """Return the time of the first sample; ObsPy puts 1970 where a header states none. [ns]"""
    sac = stats.get("sac")
    if stats.starttime.ns == 0 or (sac is not None and "nzyear" not in sac):
        return None
    return int(stats.starttime.ns)


def _refuse_cut_k_net(stats: Any, path: Path) -> None:
    """Refuse what ends a second or more before its header says; ObsPy does not compare."""
    if stats.npts < (stats.knet.duration - 1) * stats.sampling_rate:
        raise RecordError(
            f"{path}: {stats.npts} samples where the header states {stats.knet.duration:g} s at "
            f"{stats.sampling_rate:g} Hz: the file is cut; get it again"
        )


def _named(channel: str) -> Orientation:
    """Return the direction a name implies: ``HNZ``, or ``EW`` of K-NET and ``UD2`` of KiK-net."""
    stated = from_channel(channel) if len(channel) == 3 else oriented(channel)
    return stated if stated.vertical is not None else oriented(channel.rstrip("12"))


def _with_metadata(
    stats: Any, values: Any, unit: Unit, inventory: Any
) -> tuple[Any, Unit, Orientation, tuple[str, ...]]:
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
    # An epoch holds up to, not including, its end: at the edge the one that begins has the word.
    begun = [c for c in channels if c.end_date is None or stats.starttime < c.end_date]
    channel = (begun or channels)[0]
    orientation = _named(stats.channel)
    if channel.dip is not None and abs(channel.dip) >= STEEP_DIP:
        orientation = VERTICAL
    elif channel.azimuth is not None:
        orientation = towards(float(channel.azimuth))
    if unit not in (Unit.COUNTS, Unit.UNSTATED):
        return values, unit, orientation, ()
    gain = channel.response.instrument_sensitivity if channel.response else None
    physical = INPUT_UNITS.get(_plain_unit(str(gain.input_units))) if gain else None
    if gain is None or physical is None or not gain.value:
        return values, unit, orientation, ("the StationXML states no usable sensitivity",)
    note = f"counts divided by the sensitivity in the StationXML, {gain.value:g}"
    return values / gain.value * physical[1], physical[0], orientation, (note,)


def _plain_unit(text: str) -> str:
    """Return a unit as ``M/S2``, of ``m/s**2``, ``M/S^2``, ``m/s/s`` or ``m s-2``."""
    word = text.upper().replace("**", "").replace("^", "").replace("/S/S", "/S2")
    return word.replace(" S-2", "/S2").replace(" S-1", "/S").replace(" ", "")
