"""Nobody opens SQLite past the storage room, so every store has its pragmas and its version."""

from where import REPO

OTHERS = {
    "collector/app/upkeep/copying.py",  # the copy of a backup, byte for byte
    "collector/app/upkeep/restore.py",  # writes a restored copy before anything opens it
    "collector/app/upkeep/sqlite_read.py",  # verifies files without so much as a lock file
}


def test_only_the_storage_room_opens_sqlite() -> None:
    users = {
        str(path.relative_to(REPO))
        for path in (REPO / "collector").rglob("*.py")
        if "sqlite3.connect(" in path.read_text(encoding="utf-8")
    }
    assert users == {"collector/storage/database.py", *OTHERS}
