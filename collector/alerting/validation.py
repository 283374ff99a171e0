"""Validation of the alerting section on this machine: folders and people; starts nothing."""

import os
from collections.abc import Iterator

from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.wire.settings import Problem


def problems_here(settings: AlertingSettings) -> Iterator[Problem]:
    """Yield what would stop messages from leaving, and that there is nobody to send them to."""
    if not settings.person:
        yield Problem(
            where="alerting.person", what="nobody is called; add a [[alerting.person]] table"
        )
    named = {name for person in settings.person for name in settings.senders_of(person)}
    if SenderName.GAMMU_SMSD in named | set(settings.senders):
        for name in ("outbox", "sent", "error", "inbox"):
            folder = settings.gammu.spool / name
            if not folder.is_dir():
                what = f"{folder}: no such folder; install gammu-smsd or set the spool it uses"
                yield Problem(where="alerting.gammu.spool", what=what)
            elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                what = f"{folder}: cannot be written; add the collector's user to the group gammu"
                yield Problem(where="alerting.gammu.spool", what=what)
