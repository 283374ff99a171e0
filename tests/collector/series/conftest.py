"""A real InfluxDB for the tests of the series and of the dashboards' queries."""

from collections.abc import Iterator

import pytest
from servers.influx import Influx


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    server = Influx(tmp_path_factory.mktemp("influx")).start()
    yield server
    server.stop()
