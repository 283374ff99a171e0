"""The collector runs on its configuration as adopted, and as it is."""

from pathlib import Path

from places import inventory_text

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.collector.app.collector import Collector
from plumbline.collector.app.limit_register import adopt
from plumbline.collector.app.settings import read_collector
from plumbline.collector.limits.adoptions import AdoptionStore, database_path

CONFIG = """\
[web]
port = 0
[broker]
port = 9
[[detection.limit]]
structure = "TWR01"
source = "x"
red = 30.0
"""


def test_detection_judges_by_the_limits_as_adopted(tmp_path: Path) -> None:
    (tmp_path / "inventory.toml").write_text(inventory_text())
    (tmp_path / "collector.toml").write_text(CONFIG)
    settings, inventory = read_collector(tmp_path / "collector.toml")
    store = AdoptionStore(database_path(settings.data))
    adopt(
        settings, store, "TWR01/shaking", Adoption(engineer="S", date="2026-03-02", document="r"), 5
    )
    store.close()
    collector = Collector(settings, inventory, lambda: 1)
    (limit,) = collector.context.settings.detection.limit
    assert limit.standing is Standing.PROJECT
    collector.stop()
