"""Where the measured records are, for tests that read them."""

from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return the folder of one record set, or skip the test that asked for it."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"measured records not here: ../shared/data/{name}")
    return folder
