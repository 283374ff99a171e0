"""Reader of the alerting section alone: an answer must not wait for the rest of the file."""

from pathlib import Path

from pydantic import ConfigDict

from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.wire.settings import BesidePath, Settings, read_settings


class _Part(Settings):
    """Keys of the collector's file that alerting needs; all else is let through unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: BesidePath = Path("data")
    alerting: AlertingSettings = AlertingSettings()


def read_alerting(path: Path) -> tuple[Path, AlertingSettings]:
    """Return the data folder and the ``[alerting]`` section of a collector's file.

    Raises
    ------
    BadSettings
        If the file cannot be read or one of the two is wrong.
    """
    part = read_settings(path, _Part)
    return part.data, part.alerting
