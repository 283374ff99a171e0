"""Configuration of the collector, ``collector.toml``: one section a room, all with defaults."""

from pathlib import Path

from pydantic import Field

from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.app.layout import Layout
from plumbline.collector.app.limit_register import name_problems
from plumbline.collector.app.section_names import SECTION_NAMES, as_written, old_sections
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.field.labels.settings import ClassifySection
from plumbline.collector.health.dead_man import DeadManSettings
from plumbline.collector.health.outages.settings import OutageSettings
from plumbline.collector.ingest.quarantine_upkeep import QuarantineSettings
from plumbline.collector.ingest.settings import SubscriberSettings
from plumbline.collector.jobs.modal.settings import ModalSettings, modal_problems
from plumbline.collector.jobs.strong_motion.settings import StrongMotionSettings, episode_problems
from plumbline.collector.journal.settings import JournalSettings
from plumbline.collector.serving.web.settings import WebSettings
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.validation import limit_problems
from plumbline.collector.stages.detection.settings import DetectionSettings, detect_problems
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.wire.inventory import Inventory, read_inventory
from plumbline.wire.inventory.lookup import places
from plumbline.wire.settings import BadSettings, BesidePath, Settings, read_settings


class CollectorSettings(Settings):
    """Everything that ``collector.toml`` may hold."""

    data: BesidePath = Field(default=Path("data"), validate_default=True)
    """Journal, archive, databases, quarantine; made on first use."""
    inventory: BesidePath = Field(default=Path("inventory.toml"), validate_default=True)
    client_id: str = "plumbline-collector"
    """Name at the broker; each collector of one broker needs its own."""
    processes: Layout | None = None
    """``one``, ``few`` (intake, alerting, the rest) or ``many``; few below four cores."""
    broker: SubscriberSettings = SubscriberSettings()
    journal: JournalSettings = JournalSettings()
    archive: ArchiveSettings = ArchiveSettings()
    influxdb: InfluxSettings = InfluxSettings()
    alerting: AlertingSettings = AlertingSettings()
    detection: DetectionSettings = DetectionSettings()
    classify: ClassifySection = ClassifySection()
    deformation: DeformationSettings = DeformationSettings()
    strong_motion: StrongMotionSettings = StrongMotionSettings()
    modal: ModalSettings = ModalSettings()
    outages: OutageSettings = OutageSettings()
    web: WebSettings = WebSettings()
    deadman: DeadManSettings = DeadManSettings()
    quarantine: QuarantineSettings = QuarantineSettings()


def read_collector(path: Path) -> tuple[CollectorSettings, Inventory]:
    """Read the collector's configuration and the inventory it names.

    Raises
    ------
    BadSettings
        With every problem of the configuration, or every one of the inventory, or everything in
        the one that the other does not bear out.
    """
    settings = read_settings(path, CollectorSettings, renamed=SECTION_NAMES)
    inventory = read_inventory(settings.inventory)
    known = places(inventory)
    problems = [
        *limit_problems(settings.deformation, known),
        *name_problems(settings),
        *detect_problems(settings.detection, known),
        *episode_problems(settings.strong_motion, known),
        *modal_problems(settings.modal, known),
    ]
    if problems:
        raise BadSettings(path, list(as_written(problems, old_sections(path))))
    return settings, inventory
