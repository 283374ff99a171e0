"""The readings around an episode, out of the archive, for the picture of before and after."""

from collections.abc import Mapping
from typing import Any

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.jobs.residual.horizons import BY_NAME, spans
from plumbline.collector.jobs.residual.readings import readings
from plumbline.wire.inventory.lookup import Place

MARGIN = 0.25
"""Of a window's length, drawn before and after. [1]"""


def traces(
    archive: ArchiveReader, places: Mapping[str, Place], report: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the readings of every point from before the window before to after the one after.

    Returns
    -------
    dict
        By point and horizon: ``time_ns`` and ``values`` in the instrument's unit, ``(n,)``; blanked
        readings are in it.
    """
    found: dict[str, dict[str, Any]] = {}
    onset_ns, closed_ns = int(report["onset_ns"]), int(report["closed_ns"])
    for point in report["points"]:
        place = places.get(point["point"][:-1])
        if place is None:
            continue
        row = place.instrument.axis_codes.index(point["point"][-1])
        for comparison in point["answers"]:
            compared = spans(BY_NAME[comparison["horizon"]], onset_ns, closed_ns)
            room_ns = round(MARGIN * (compared.before[1] - compared.before[0]))
            around = compared.before[0] - room_ns, compared.after[1] + room_ns
            read = readings(archive, place, around, (), {})
            trace = {"time_ns": read.time_ns, "values": read.values[row]}
            found.setdefault(point["point"], {})[comparison["horizon"]] = trace
    return found
