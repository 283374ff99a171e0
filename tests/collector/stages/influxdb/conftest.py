"""A real InfluxDB for the tests of the series, and a tower that writes to it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.influx import Influx

sys.path.insert(0, str(Path(__file__).resolve().parent))

from series_rig import Rig


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    server = Influx(tmp_path_factory.mktemp("influx")).start()
    yield server
    server.stop()


@pytest.fixture
def rig(tmp_path: Path, influx: Influx) -> Iterator[Rig]:
    made = Rig(tmp_path, influx)
    yield made
    made.close()
