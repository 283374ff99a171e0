"""What every part of a collector is given: settings, inventory, clock, stores, shared health."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from plumbline.collector.app.databases import Databases, bring_up_to_date
from plumbline.collector.app.limit_register import with_adoptions
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.health.board import HealthBoard
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.health.shared import SharedConditions
from plumbline.collector.limits.approval import AdoptedApprovals
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import Place, places


class Part(Protocol):
    """One part of a collector: it runs in a process of its own, or beside others in one."""

    name: str

    def start(self) -> None:
        """Begin."""

    def poll(self, now_ns: int) -> None:
        """Do what is due each second, and report how it is."""

    def stop(self) -> None:
        """Finish what is at hand, and end."""

    def close(self) -> None:
        """Release files, after every part has stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the parts of one process share.

    Attributes
    ----------
    process
        Name under which this process reports on the health board.
    last_seen
        Arrivals: written by intake, and a copy a second old in every other process.
    """

    settings: CollectorSettings
    inventory: Inventory
    now_ns: Callable[[], int]
    process: str
    board: HealthBoard
    conditions: SharedConditions
    last_seen: LastSeen
    stores: Databases
    places: dict[str, Place]

    @classmethod
    def open(
        cls,
        settings: CollectorSettings,
        inventory: Inventory,
        now_ns: Callable[[], int],
        process: str,
    ) -> "Context":
        """Open the databases and read the limits as they are adopted now."""
        bring_up_to_date(settings.data)
        board = HealthBoard(settings.data / "state" / "health.db")
        stores = Databases(settings.data)
        detection = with_adoptions(settings.detection, AdoptedApprovals(stores.adoptions))
        return cls(
            settings=settings.model_copy(update={"detection": detection}),
            inventory=inventory,
            now_ns=now_ns,
            process=process,
            board=board,
            conditions=SharedConditions(board, process),
            last_seen=LastSeen(),
            stores=stores,
            places=places(inventory),
        )

    def close(self) -> None:
        """Close the databases."""
        self.stores.close()
        self.board.close()
