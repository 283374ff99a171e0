"""The sample is what it says: every key is known, and its defaults are the real ones."""

import re
import tomllib
from pathlib import Path

from deformation_rig import known

from plumbline.collector.stages import deformation
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.validation import limit_problems

TEXT = Path(deformation.__file__).with_name("sample.toml").read_text(encoding="utf-8")


def test_the_sample_fits_a_site_that_has_its_instruments() -> None:
    given = DeformationSettings.model_validate(tomllib.loads(TEXT)["deformation"])
    assert list(limit_problems(given, known())) == []
    assert {each.kind for each in given.channel} == {"chain", "difference", "mean", "compensated"}
    assert {each.rule for each in given.limit} == {"threshold", "rate", "forecast", "failure"}
    assert {each.standing for each in given.limit} == {"candidate"}


def test_the_defaults_it_names_are_the_defaults() -> None:
    named = dict(re.findall(r"^# (\w+) = ([\d.]+)$", TEXT, flags=re.M))
    fields = {**DeformationSettings.model_fields, **DeformationLimit.model_fields}
    assert {name: float(value) for name, value in named.items()} == {
        name: fields[name].default for name in named
    }
    assert len(named) >= 10
