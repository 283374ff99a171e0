"""The stores that all rooms of a collector share, and the check of a data folder before them."""

from contextlib import suppress
from pathlib import Path

from plumbline.collector.app.upkeep.database_check import database_files
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.store import ModalStore
from plumbline.collector.jobs.residual.store import ResidualStore
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.collector.limits.adoptions import AdoptionStore, database_path
from plumbline.collector.storage.database import open_to_read
from plumbline.collector.storage.errors import CannotOpenDatabase


def refuse_newer_databases(data: Path) -> None:
    """Check every database of a data folder before any of them is changed.

    A damaged one is left to whoever opens it: not all of them are needed to go on.

    Raises
    ------
    DatabaseTooNew
        If a newer version of this program wrote one.
    """
    for name, about in database_files(data).items():
        with suppress(CannotOpenDatabase):
            if (db := open_to_read(data / name, about.schema)) is not None:
                db.close()


class Databases:
    """The databases of a collector.

    Parameters
    ----------
    data
        Folder of the collector's data.
    """

    def __init__(self, data: Path) -> None:
        state = data / "state"
        self.events_path = state / "events.db"
        self.events = EventStore(self.events_path)
        self.measures = EpisodeStore(state / "episodes.db")
        self.modes = ModalStore(state / "modal.db")
        self.movements = ResidualStore(state / "afterwards.db")
        self.adoptions = AdoptionStore(database_path(data))

    def close(self) -> None:
        """Close the files."""
        for store in (self.measures, self.modes, self.movements, self.events, self.adoptions):
            store.close()
