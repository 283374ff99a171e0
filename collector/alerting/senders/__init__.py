"""Senders: the ways a message can leave, as a table."""

from collections.abc import Callable
from pathlib import Path

from plumbline.collector.alerting.senders.folder import OutboxFolder
from plumbline.collector.alerting.senders.gammu import GammuSpool
from plumbline.collector.alerting.senders.message import Sender
from plumbline.collector.alerting.senders.terminal import Terminal
from plumbline.collector.alerting.settings import AlertingSettings, SenderName

Maker = Callable[[AlertingSettings, Path], Sender]
"""Makes a sender from the section and the collector's data folder."""

SENDERS: dict[SenderName, Maker] = {
    SenderName.OUTBOX_FOLDER: lambda settings, data: OutboxFolder(data / "outbox"),
    SenderName.TERMINAL: lambda settings, data: Terminal(),
    SenderName.GAMMU_SMSD: lambda settings, data: GammuSpool(settings.gammu.spool),
}


def senders_for(settings: AlertingSettings, data: Path) -> dict[SenderName, Sender]:
    """Return the senders a section names, for everybody or for one person."""
    named = {*settings.senders, *(name for one in settings.person for name in one.senders)}
    return {name: SENDERS[name](settings, data) for name in SenderName if name in named}
