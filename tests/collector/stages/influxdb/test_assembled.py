"""The collector itself, told of an InfluxDB in its configuration, writes to it."""

import time

import pytest
from places import inventory_text
from series_rig import ROOF, Rig
from servers.programs import wait_until

from plumbline.collector.app.collector import Collector
from plumbline.collector.app.settings import read_collector
from plumbline.collector.stages.influxdb import schema
from plumbline.wire.block import NS
from plumbline.wire.record import encode

pytestmark = pytest.mark.real


def test_what_the_journal_takes_comes_out_of_influxdb(rig: Rig) -> None:
    folder = rig.folder / "whole"
    folder.mkdir()
    (folder / "inventory.toml").write_text(inventory_text())
    (folder / "collector.toml").write_text(
        f'[web]\nport = 0\n[influxdb]\nurl = "{rig.influx.url}"\napi = "v1"\n'
        f'database = "{rig.database}"\n'
    )
    settings, inventory = read_collector(folder / "collector.toml")
    collector = Collector(settings, inventory, time.time_ns)
    (series,) = (runner for runner in collector.runners if runner.name == "series")
    start_ns = (time.time_ns() // NS - 20) * NS
    blocks = rig.shaken(ROOF, 10, start_ns=start_ns)
    collector.data.journal.append([(block.end_ns, encode(block)) for block in blocks])
    collector.data.journal.sync()
    series.start()
    wait_until(lambda: series.health().cursor == collector.data.journal.end_offset)
    series.stop()
    collector.web._socket.close()
    collector.stores.close()
    collector.data.journal.close()
    assert sum(len(points) for points in rig.points(schema.WAVEFORM).values()) == 1000
