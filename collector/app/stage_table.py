"""The stages: which there are, how each is built, and for which the journal waits."""

from collections.abc import Callable, Iterator
from functools import partial

from plumbline.collector.app.context import Context
from plumbline.collector.archive.blocks import SLICE_NS, archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.journal.reading import JournalReader
from plumbline.collector.limits.approval import AdoptedApprovals
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.collector.stages.detection.late_stage import LateStage
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.collector.stages.influxdb.sink import sink_for
from plumbline.collector.stages.influxdb.stage import InfluxStage
from plumbline.collector.stages.influxdb.state import InfluxState
from plumbline.collector.stages.live.stage import LiveStage
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.collector.stages.runner import Stage
from plumbline.wire.block import NS, Block

BATCH_INTERVAL_S = {
    "archive": 0.25,
    "detect": 0.1,  # a call costs some 5 ms whatever comes
    "live": 0.1,
    "late": 0.5,
}
"""How long entries are gathered before a stage takes them. [s]"""
RETENTION_STAGES = ("archive", "detect", "late", "slow")
"""The journal waits for these."""
DEFORMATION_SLICE_NS = 6 * 3600 * NS  # of a stream at 1 Hz as much as ten minutes of one at 36 Hz


class StageTable:
    """Builds the stages; one that died is built again.

    Parameters
    ----------
    journal
        What the stages follow: the journal itself, or its segments as another process writes them.
    waves, channels
        What the page and the status show, filled by the ``live`` stage; without them there is none.
    """

    def __init__(
        self,
        *,
        context: Context,
        journal: JournalReader,
        waves: WaveformBuffer | None = None,
        channels: ChannelWatch | None = None,
    ) -> None:
        self._settings = context.settings
        self._places = context.places
        self._stores = context.stores
        self._conditions = context.conditions
        self._now_ns = context.now_ns
        self._journal = journal
        self._waves = waves
        self._channels = channels

    def table(self) -> dict[str, Callable[[], Stage]]:
        """Return by name how each stage is built."""
        stages: dict[str, Callable[[], Stage]] = {
            "archive": self._archive_stage,
            "detect": self._detection,
            "late": self._late,
            "slow": self._deformation,
        }
        if self._waves is not None and self._channels is not None:
            stages["live"] = partial(self._live, self._waves, self._channels)
        if self._settings.influxdb.url is not None:
            stages["series"] = self._influxdb
        return stages

    def _archive(self) -> ArchiveReader:
        return ArchiveReader(self._settings.data)

    def _window(self, slice_ns: int) -> Callable[[str, int, int], Iterator[Block]]:
        """Return how a stage reads a stream between two times, so much at a time."""
        archive = self._archive()

        def window(key: str, start_ns: int, end_ns: int) -> Iterator[Block]:
            place = self._places[key]
            return archived_blocks(archive, place, start_ns, end_ns, slice_ns=slice_ns)

        return window

    def _archive_stage(self) -> ArchiveStage:
        settings = self._settings
        return ArchiveStage(settings.data, self._journal, settings.archive, self._now_ns())

    def _live(self, waves: WaveformBuffer, channels: ChannelWatch) -> LiveStage:
        return LiveStage(start=self._journal.end_offset, waveforms=waves, channels=channels)

    def _detection(self) -> DetectionStage:
        return DetectionStage(
            settings=self._settings.detection,
            places=self._places,
            events=self._stores.events,
            start=self._journal.first_offset,
            journal_id=self._journal.store_id,
        )

    def _late(self) -> LateStage:
        return LateStage(
            settings=self._settings.detection,
            places=self._places,
            events=self._stores.events,
            start=self._journal.first_offset,
            conditions=self._conditions,
            journal_id=self._journal.store_id,
        )

    def _deformation(self) -> DeformationStage:
        return DeformationStage(
            settings=self._settings.deformation,
            places=self._places,
            events=self._stores.events,
            start=self._journal.first_offset,
            journal_id=self._journal.store_id,
            standings=AdoptedApprovals(self._stores.adoptions),
            conditions=self._conditions,
            window=self._window(DEFORMATION_SLICE_NS),
        )

    def _influxdb(self) -> InfluxStage:
        settings = self._settings
        return InfluxStage(
            settings=settings.influxdb,
            places=self._places,
            sink=sink_for(settings.influxdb),
            state=InfluxState(settings.data / "state" / "series.db", self._journal.store_id),
            events=self._stores.events,
            window=self._window(SLICE_NS),
        )
