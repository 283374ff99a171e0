"""Which detectors and which inventory a replay uses: of a configuration file, or the defaults."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ConfigDict

from plumbline.analysis.classify import ClassifySettings
from plumbline.collector.app.section_names import SECTION_NAMES
from plumbline.collector.field.labels.settings import ClassifySection
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.errors import CommandError
from plumbline.wire.inventory import read_inventory
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.settings import BadSettings, BesidePath, Settings, read_settings


class DetectorsFile(Settings):
    """A file with ``[detection]`` and ``[classify]``; what else it holds is for others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    detection: DetectionSettings = DetectionSettings()
    classify: ClassifySection = ClassifySection()
    inventory: BesidePath | None = None


def detect_settings(path: Path | None, without: Sequence[str] = ()) -> DetectionSettings:
    """Return the settings of the detectors.

    Parameters
    ----------
    path
        TOML with a ``[detection]`` section; None for the defaults.
    without
        Detectors that may not open an episode: ``short_period``, ``long_period``.

    Raises
    ------
    CommandError
        With every problem of the file.
    """
    return _read(path).detection.model_copy(update=dict.fromkeys(without, False))


def classify_settings(path: Path | None) -> ClassifySettings:
    """Return the thresholds of the classifier: those of a ``[classify]`` section.

    Raises
    ------
    CommandError
        With every problem of the file.
    """
    return _read(path).classify.settings()


def _read(path: Path | None) -> DetectorsFile:
    if path is None:
        return DetectorsFile()
    try:
        return read_settings(path, DetectorsFile, renamed=SECTION_NAMES)
    except BadSettings as error:
        raise CommandError(str(error)) from error


def installed(inventory: Path | None, config: Path | None, data: Path) -> dict[str, Place]:
    """Return the streams of an archive.

    Parameters
    ----------
    inventory
        The inventory file, if named.
    config
        A collector's configuration, which names one.
    data
        The archive; an ``inventory.toml`` in it or beside it is taken last.

    Raises
    ------
    CommandError
        If there is none, or it is wrong.
    """
    try:
        if inventory is None and config is not None:
            inventory = _read(config).inventory
        beside = (data / "inventory.toml", data.parent / "inventory.toml")
        path = inventory or next((one for one in beside if one.is_file()), None)
        if path is None:
            raise CommandError(f"{data}: an archive needs its inventory; give --inventory FILE")
        return places(read_inventory(path))
    except BadSettings as error:
        raise CommandError(str(error)) from error
