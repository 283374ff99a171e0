"""The stores that all rooms of a collector share, and the check of a data folder before them."""

from contextlib import suppress
from pathlib import Path

from plumbline.collector.app.upkeep.database_check import database_files
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.store import ModalStore
from plumbline.collector.jobs.residual.store import ResidualStore
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.collector.limits.adoptions import AdoptionStore, database_path
from plumbline.collector.storage.database import open_database, refuse_newer
from plumbline.collector.storage.errors import CannotOpenDatabase


def bring_up_to_date(data: Path) -> None:
    """Bring every database of a data folder up to the schema of this version, or none.

    A damaged one is left to whoever opens it: not all of them are needed to go on.

    Raises
    ------
    DatabaseTooNew
        If a newer version of this program wrote one.
    """
    found = {data / name: about.schema for name, about in database_files(data).items()}
    present = {path: schema for path, schema in found.items() if path.exists()}
    for path, schema in present.items():
        with suppress(CannotOpenDatabase):
            refuse_newer(path, schema)
    for path, schema in present.items():
        with suppress(CannotOpenDatabase):
            open_database(path, schema).close()


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
