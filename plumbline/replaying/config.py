"""Which detectors and which inventory a replay uses: of a configuration file, or the defaults."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ConfigDict

from plumbline.collector.detect.settings import DetectSettings
from plumbline.commands import CommandError
from plumbline.wire.inventory import read_inventory
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.settings import BadSettings, BesidePath, Settings, read_settings


class DetectorsFile(Settings):
    """A file with a ``[detect]`` section; what else it holds is for others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    detect: DetectSettings = DetectSettings()
    inventory: BesidePath | None = None


def detect_settings(path: Path | None, without: Sequence[str] = ()) -> DetectSettings:
    """Return the settings of the detectors.

    Parameters
    ----------
    path
        TOML with a ``[detect]`` section; None for the defaults.
    without
        Detectors that may not open an episode: ``short_period``, ``long_period``.

    Raises
    ------
    CommandError
        With every problem of the file.
    """
    settings = DetectSettings()
    if path is not None:
        try:
            settings = read_settings(path, DetectorsFile).detect
        except BadSettings as error:
            raise CommandError(str(error)) from error
    return settings.model_copy(update=dict.fromkeys(without, False))


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
            inventory = read_settings(config, DetectorsFile).inventory
        beside = (data / "inventory.toml", data.parent / "inventory.toml")
        path = inventory or next((one for one in beside if one.is_file()), None)
        if path is None:
            raise CommandError(f"{data}: an archive needs its inventory; give --inventory FILE")
        return places(read_inventory(path))
    except BadSettings as error:
        raise CommandError(str(error)) from error
