"""The sentinel's configuration and its texts; what it may import."""

import dataclasses
import subprocess
import sys
import tomllib
import zoneinfo
from importlib.resources import files
from pathlib import Path

import pytest

from plumbline.cli import main
from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.text.sms_segments import segments
from plumbline.collector.app.sentinel.judgement import Fault, FaultWatch, Observed
from plumbline.collector.app.sentinel.sentinel import watched_by
from plumbline.collector.app.sentinel.settings import SentinelSettings
from plumbline.collector.app.sentinel.wording import SentinelWording
from plumbline.wire.block import NS
from plumbline.wire.settings import BadSettings, read_settings

PEOPLE = [{"name": "Mali", "phone": "+66898765432", "language": "en"}]
START_NS = 1_796_000_000 * NS


def test_every_text_takes_two_segments_at_most_and_names_the_place() -> None:
    wording = SentinelWording("A" * 20, zoneinfo.ZoneInfo("Asia/Bangkok"), exercise=True)
    for language in Language:
        texts = [wording.fault(language, fault, START_NS) for fault in Fault]
        texts += [wording.back(language, START_NS, START_NS), wording.test(language, START_NS)]
        for text in texts:
            assert segments(text) <= 2, text
            assert "A" * 20 in text


def test_the_fault_watch_names_the_gravest_fault() -> None:
    settings = SentinelSettings.model_validate(
        {"site": "A", "person": PEOPLE, "broker": {}, "collector": {"url": "http://h/"}},
        context={"folder": Path()},
    )
    watch = FaultWatch(watched_by(settings), 0.0)
    observed = Observed(answered_s=100.0, well=False, heartbeat_s=100.0)
    assert watch.update(observed, 100.0) is Fault.BLIND
    assert watch.update(dataclasses.replace(observed, well=True), 101.0) is Fault.SILENT
    assert watch.update(observed, 120.0) is Fault.UNREACHABLE


def test_the_sample_is_good_and_every_wrong_key_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sentinel", "sample"]) == 0
    path = tmp_path / "sentinel.toml"
    path.write_text(capsys.readouterr().out)
    settings = read_settings(path, SentinelSettings)
    assert [person.name for person in settings.person] == ["Somchai", "Mali"]
    sample = (files("plumbline.collector.app.sentinel") / "sample.toml").read_text()
    uncommented = "\n".join(
        line[2:] if line.startswith("# ") else line for line in sample.splitlines()
    )
    defaults = SentinelSettings.model_fields
    for key, value in tomllib.loads(uncommented).items():
        if not isinstance(value, dict | list) and key not in ("site", "data"):
            assert defaults[key].default == value, key
    path.write_text('site = "A"\nsilent = 3\n[collector]\nurl = "ftp://x"\n')
    with pytest.raises(BadSettings, match="did you mean 'silent_s'") as raised:
        read_settings(path, SentinelSettings)
    assert len(raised.value.problems) == 3
    path.write_text('site = "A"\n[[person]]\nname = "B"\nphone = "+66812345678"\n')
    assert main(["sentinel", "check", str(path)]) == 2
    assert "nothing is watched" in capsys.readouterr().err


def test_the_sentinel_needs_nothing_that_an_edge_does_not_have() -> None:
    code = (
        "import sys, plumbline.collector.app.sentinel.sentinel, plumbline.commands.sentinel\n"
        "print(sorted({'scipy', 'obspy', 'matplotlib', 'starlette', 'uvicorn', 'influxdb_client',"
        " 'prometheus_client'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
