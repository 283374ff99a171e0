"""The gate: what the detectors must make of records, measured ones and their synthetic twins."""

import json
from pathlib import Path

import pytest
from replay_twins import TWINS
from where import SHARED

from plumbline.cli import main
from plumbline.research.replay.cases import Case, manifest, replayed_case
from plumbline.research.replay.table import page

CASES = manifest().case


def replayed(capsys, words: list[str]) -> list[dict]:
    assert main(["replay", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)["structures"]


@pytest.mark.parametrize("name", TWINS)
def test_a_synthetic_twin_is_judged_as_expected(name: str, tmp_path: Path, capsys):
    make, words, expected, opener = TWINS[name]
    (report,) = replayed(capsys, [*map(str, make(tmp_path)), *words])
    assert report["decision"] == expected
    if opener:
        assert report["episodes"][0]["detector"] == opener
    else:
        assert report["episodes"] == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_measured_record_is_judged_as_expected(case: Case):
    if not SHARED.is_dir():
        pytest.skip("measured records not here: ../shared/data")
    decisions = {one.report["decision"] for one in replayed_case(case, SHARED)}
    assert decisions == {case.expect}


def test_every_set_of_records_is_judged_or_said_not_to_be():
    if not SHARED.is_dir():
        pytest.skip("measured records not here: ../shared/data")
    known = {one.set for one in (*manifest().case, *manifest().other)}
    assert {folder.name for folder in SHARED.iterdir() if folder.is_dir()} == known


def test_every_earthquake_of_the_sets_is_expected_to_open():
    assert [c.files for c in CASES if c.cause == "earthquake" and c.expect != "shaking"] == []


def test_the_page_holds_a_row_for_every_case_and_marks_what_is_unexpected(tmp_path: Path):
    if not SHARED.is_dir():
        pytest.skip("measured records not here: ../shared/data")
    quiet = next(case for case in CASES if case.files == ("2017_12_25/024/*.jsonl",))
    wrong = quiet.model_copy(update={"expect": "shaking"})
    (one,) = replayed_case(quiet, SHARED)
    assert "**none, expected shaking**" in page(manifest(), [(wrong, one)])
    assert "**" not in page(manifest(), [(quiet, one)])
