"""The ``[influxdb]`` section: what the documentation says works, what cannot work is told."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError
from where import REPO

from plumbline.collector.stages.influxdb.settings import InfluxSettings


def test_the_section_of_the_documentation_is_good(tmp_path: Path) -> None:
    text = (REPO / "docs" / "grafana.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    section = tomllib.loads(block)["influxdb"]
    settings = InfluxSettings.model_validate(section)
    assert settings.api == "v1"
    named = set(re.findall(r"^#? ?(\w+) = ", block, re.MULTILINE))
    assert named == set(InfluxSettings.model_fields) - {"batch_lines", "timeout_s"}


@pytest.mark.parametrize(
    ("section", "refusal"),
    [
        ({"url": "127.0.0.1:8086"}, "url"),
        ({"url": "http://127.0.0.1:8086/write"}, "url"),
        ({"waveforms": "sometimes"}, "'always', 'episodes' or 'never'"),
        ({"username": "me"}, "username and password_file go together"),
        ({"api": "v1", "token_file": Path(__file__)}, "token_file goes with api = 'v2'"),
    ],
)
def test_what_cannot_work_is_told(section: dict[str, object], refusal: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(refusal)):
        InfluxSettings.model_validate(section)


def test_without_a_url_no_series_are_written() -> None:
    assert InfluxSettings().url is None
