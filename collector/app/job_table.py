"""The jobs: which there are and how each is built; the journal waits for none of them."""

from collections.abc import Callable

from plumbline.collector.app.databases import Databases
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.archive.additions import ArchiveAdditions
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.jobs.modal.job import ModalJob
from plumbline.collector.jobs.reports.content import ReportSources
from plumbline.collector.jobs.reports.job import ReportJob
from plumbline.collector.jobs.residual.job import ResidualJob
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.collector.jobs.runner import Job
from plumbline.collector.jobs.strong_motion.job import StrongMotionJob
from plumbline.wire.inventory.lookup import Place


class JobTable:
    """Builds the jobs; one that died is built again.

    Parameters
    ----------
    places
        Every stream of the inventory, by its key.
    """

    def __init__(
        self, *, settings: CollectorSettings, places: dict[str, Place], stores: Databases
    ) -> None:
        self._settings = settings
        self._places = places
        self._stores = stores

    def table(self) -> dict[str, Callable[[], Job]]:
        """Return by name how each job is built."""
        return {
            "episodes": self._strong_motion,
            "modal": self._modal,
            "afterwards": self._residual,
            "summaries": self._reports,
        }

    def _archive(self) -> ArchiveReader:
        return ArchiveReader(self._settings.data)

    def _strong_motion(self) -> StrongMotionJob:
        return StrongMotionJob(
            settings=self._settings.strong_motion,
            places=self._places,
            events=self._stores.events,
            store=self._stores.measures,
            archive=self._archive(),
        )

    def _modal(self) -> ModalJob:
        return ModalJob(
            settings=self._settings.modal,
            places=self._places,
            events=self._stores.events,
            store=self._stores.modes,
            archive=self._archive(),
        )

    def _residual(self) -> ResidualJob:
        return ResidualJob(
            places=self._places,
            events=self._stores.events,
            store=self._stores.movements,
            archive=self._archive(),
            additions=ArchiveAdditions(self._settings.data),
            blanking=self._settings.deformation.blanking(self._stores.events),
        )

    def _reports(self) -> ReportJob:
        data, events = self._settings.data, self._stores.events
        structures = {p.structure.code: p.structure for p in self._places.values()}
        movements = ResidualView(events, self._stores.movements, structures, data / "surveys")
        return ReportJob(
            sources=ReportSources(
                data=data,
                events=events,
                movements=movements,
                alerting=data / "state" / "alerting.db",
            ),
            structures=tuple(structures.values()),
            places=self._places,
        )
