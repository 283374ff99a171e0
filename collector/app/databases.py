"""Databases of the collector beside journal and archive: one a room."""

from pathlib import Path

from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.store import ModalStore
from plumbline.collector.jobs.residual.store import ResidualStore
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.collector.limits.adoptions import AdoptionStore, database_path


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
