"""Verification of a data folder: is everything there that was called held, and is it undamaged.

Read-only: nothing is created, locked or mended, so that it may run beside a collector. What a
collector is writing at the moment is no damage.
"""

from contextlib import closing
from pathlib import Path

from plumbline.collector.app.upkeep.archive_check import ArchiveCheck
from plumbline.collector.app.upkeep.database_check import check_databases, database_files
from plumbline.collector.app.upkeep.findings import (
    Finding,
    OnProgress,
    ProgressMeter,
    StoreKind,
    VerifyReport,
)
from plumbline.collector.app.upkeep.journal_check import JournalCheck
from plumbline.collector.app.upkeep.ledger_check import LedgerCheck
from plumbline.collector.app.upkeep.manifest import NAME as MANIFEST
from plumbline.collector.app.upkeep.manifest import Manifest, NotABackup, damaged_files
from plumbline.collector.app.upkeep.sqlite_read import is_locked
from plumbline.collector.journal.store_id import known_store_id


class NotADataFolder(Exception):
    """There is no collector's data here."""


def collector_runs(data: Path) -> bool:
    """Tell whether a collector has a data folder open."""
    return is_locked(data / "journal" / "lock")


def verify(data: Path, on_progress: OnProgress | None = None) -> VerifyReport:
    """Look at everything in a data folder.

    Raises
    ------
    NotADataFolder
        If it holds neither journal nor state.
    """
    if not (data / "journal").is_dir() and not (data / "state").is_dir():
        raise NotADataFolder(
            f"{data}: neither journal nor state in it; give the folder that 'data' names in "
            "collector.toml"
        )
    running = collector_runs(data)
    report = VerifyReport()
    manifest = _manifest(data, report)
    total = _bytes_to_read(data)
    meter = ProgressMeter(2 * total if manifest else total, on_progress)
    store = known_store_id(data / "journal")
    if manifest is not None:
        report.findings += damaged_files(data, manifest, meter)
        report.count("files of a backup", len(manifest.files))
        store = manifest.store_id
    check_databases(data, running=running, report=report, meter=meter)
    ArchiveCheck(data, running=running, report=report, meter=meter).check()
    journal = JournalCheck(data, report, meter)
    with closing(LedgerCheck(data, store, running=running, report=report)) as ledger:
        for entry in journal.entries():
            ledger.entry(entry)
        ledger.finish(journal.first_offset, journal.end_offset)
    return report


def _manifest(data: Path, report: VerifyReport) -> Manifest | None:
    """Return the manifest where the folder is a backup."""
    if not (data / MANIFEST).exists():
        return None
    try:
        return Manifest.read(data)
    except NotABackup as error:
        finding = Finding(store=StoreKind.BACKUP, file=MANIFEST, first_byte=0, text=str(error))
        report.findings.append(finding)
        return None


def _bytes_to_read(data: Path) -> int:
    paths = [data / name for name in database_files(data)]
    for folder in ("journal", "archive", "open"):
        paths += [path for path in (data / folder).rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in paths if path.exists())
