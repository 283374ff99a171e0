"""Which detectors a replay uses: those of a configuration file, or the defaults."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ConfigDict

from plumbline.collector.detect.settings import DetectSettings
from plumbline.commands import CommandError
from plumbline.wire.settings import BadSettings, Settings, read_settings


class DetectorsFile(Settings):
    """A file with a ``[detect]`` section; what else it holds is for others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    detect: DetectSettings


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
