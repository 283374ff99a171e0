"""A real InfluxDB for the dashboard's queries."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.influx import Influx

sys.path.insert(0, str(Path(__file__).resolve().parent))

sys.path.insert(0, str(Path(__file__).parents[1] / "collector" / "stages" / "influxdb"))

from filled_series import Filled


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    server = Influx(tmp_path_factory.mktemp("influx")).start()
    made = Filled(tmp_path_factory.mktemp("tower"), server)
    yield made
    made.rig.close()
    server.stop()
