import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from archiving import ArchiveRig


@pytest.fixture
def archiving(tmp_path: Path) -> Iterator[ArchiveRig]:
    made = ArchiveRig(tmp_path)
    yield made
    made.close()
