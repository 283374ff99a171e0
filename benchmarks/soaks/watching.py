"""The collector's own watches over made structures, and what they counted."""

from collections import Counter
from collections.abc import Iterable

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.collector.events.model import Event
from plumbline.collector.stages.detection.associator import Associator
from plumbline.collector.stages.detection.episode import Episode
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.wire.inventory import Axis, Instrument, Inventory, Node, Role, Structure, Unit
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.inventory.model import Network

ROLES = {"0A": Role.GROUND, "1A": Role.STRUCTURE, "3A": Role.ROOF}


def installed(n: int, rate_hz: float, axes: str) -> dict[str, Place]:
    """Return the streams of ``n`` structures of three nodes by key."""
    instrument = Instrument(
        stream="HN",
        model="adxl355_node",
        rate_hz=rate_hz,
        unit=Unit.ACCELERATION,
        sensitivity=256_000 / STANDARD_GRAVITY_MS2,
        axes=tuple(Axis(code=a, azimuth_deg=0, dip_deg=-90 if a == "Z" else 0) for a in axes),
    )
    return places(
        Inventory(
            network=Network(code="XX"),
            structure=tuple(
                Structure(
                    code=f"S{number:04d}",
                    name=f"structure {number}",
                    latitude=0,
                    longitude=0,
                    node=tuple(
                        Node(code=code, name=code, role=role, instrument=(instrument,))
                        for code, role in ROLES.items()
                    ),
                )
                for number in range(n)
            ),
        )
    )


def watches(known: dict[str, Place], settings: DetectionSettings) -> dict[str, Associator]:
    """Return a watch a structure."""
    by_code: dict[str, list[Place]] = {}
    for place in known.values():
        by_code.setdefault(place.structure.code, []).append(place)
    return {code: Associator(code, own, settings) for code, own in by_code.items()}


class Tally:
    """Events by kind, each counted once."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def add(self, found: Iterable[Event | Episode]) -> None:
        """Count events or episodes, new or changed."""
        for one in found:
            self._kinds[one.id] = str(one.kind)

    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        found = Counter(self._kinds.values())
        return {"shaking": found["shaking"], "sway": found["sway"]}
