"""What Prometheus scrapes is what it can read, under names as its conventions ask."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from places import inventory_text
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from shaken_page import NOW_NS, Page

from plumbline.collector.app.collector import Collector
from plumbline.collector.app.health_report import readings
from plumbline.collector.app.settings import read_collector
from plumbline.collector.health.channel_metrics import channel_readings
from plumbline.collector.health.metrics import MetricReading, Metrics

NOT_BASE = ("_ms", "_us", "_ns", "_minutes", "_hours", "_kb", "_mb", "_s", "_percent")


def parsed(readings: list[MetricReading]) -> dict[str, Metric]:
    text = Metrics(lambda: readings).text().decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


@pytest.fixture
def channels(tmp_path: Path) -> dict[str, Metric]:
    page = Page(tmp_path)
    return parsed(list(channel_readings(page.sources.channels.statuses(NOW_NS))))


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    (tmp_path / "inventory.toml").write_text(inventory_text())
    (tmp_path / "collector.toml").write_text("[web]\nport = 0\n[broker]\nport = 9\n")
    settings, inventory = read_collector(tmp_path / "collector.toml")
    made = Collector(settings, inventory, lambda: NOW_NS)
    yield made
    made.stop()


def test_every_channel_is_there_with_its_values(channels: dict[str, Metric]) -> None:
    ratio = channels["plumbline_channel_noise_floor_ratio"]
    found = {sample.labels["channel"]: sample.value for sample in ratio.samples}
    assert found["XX.TWR01.3A.HNN"] > 50, "the roof sways"
    assert "XX.TWR01.0A.LA1" not in found, "its floor is not known"
    clock = channels["plumbline_channel_clock_error_seconds"]
    assert {sample.value for sample in clock.samples} == {0.0002}
    noise = channels["plumbline_channel_noise_rms"]
    assert {sample.labels["unit"] for sample in noise.samples} == {"m/s2", "urad", "degC"}


def test_what_only_grows_is_a_counter_and_says_so(channels: dict[str, Metric]) -> None:
    gaps = channels["plumbline_channel_gaps"]
    assert gaps.type == "counter"
    assert {sample.name for sample in gaps.samples} == {"plumbline_channel_gaps_total"}
    missing = channels["plumbline_channel_missing_seconds"]
    assert {sample.name for sample in missing.samples} == {
        "plumbline_channel_missing_seconds_total"
    }


def test_letters_with_a_meaning_survive_in_a_label() -> None:
    odd = 'a "quoted" \\ back\nline'
    reading = MetricReading(name="odd", help="Odd.", labels=("text",), samples={(odd,): 1.0})
    (sample,) = parsed([reading])["plumbline_odd"].samples
    assert sample.labels == {"text": odd}


def assert_well_named(families: dict[str, Any]) -> None:
    """Hold names against Prometheus' conventions: prefix, base units, ``_total``, a help text."""
    for name, family in families.items():
        assert re.fullmatch(r"plumbline_[a-z][a-z0-9_]*", name), name
        assert not name.endswith(NOT_BASE), f"{name} is not in a base unit"
        assert family.documentation.endswith("."), name
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name


def test_the_names_of_the_whole_collector_follow_the_conventions(collector: Collector) -> None:
    collector.report(NOW_NS)
    context = collector.context
    found = readings(context.board, context.conditions, collector.channels, NOW_NS)
    families = parsed(list(found))
    assert {"plumbline_messages", "plumbline_stage_behind_bytes"} <= set(families)
    assert_well_named(families)


def test_the_names_of_channels_follow_the_conventions(channels: dict[str, Metric]) -> None:
    assert len(channels) == 10
    assert_well_named(channels)


def test_the_page_serves_what_the_parser_reads(tmp_path: Path) -> None:
    page = Page(tmp_path)
    metrics = Metrics(lambda: channel_readings(page.sources.channels.statuses(NOW_NS)))
    object.__setattr__(page.sources, "metrics", metrics.text)
    server = page.serve()
    answer = urllib3.request("GET", server.url + "metrics", timeout=10, retries=False)
    server.stop()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = [family.name for family in text_string_to_metric_families(answer.data.decode())]
    assert "plumbline_channel_age_seconds" in names
