"""What is installed: one top-level name, everything it needs, pinned, and wheels for a Pi."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
from where import REPO

LOCK = REPO / "requirements.lock"
AARCH64 = REPO / "deploy" / "edge-aarch64.txt"
CARRIED = (
    "plumbline/firmware_configs/adxl355_node/README.md",
    "plumbline/firmware_configs/adxl355_node/settings.toml",
    "plumbline/firmware_configs/lily/sample.toml",
    "plumbline/dashboards/structure.py",
    "plumbline/collector/alerting/text/messages/th.toml",
    "plumbline/collector/serving/web/static/index.html",
    "plumbline/py.typed",
)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    return {canonical(name): version for name, _, version in (x.partition("==") for x in lines)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    source = tmp_path_factory.mktemp("source") / "plumbline"
    skipped = shutil.ignore_patterns(".venv", ".git", ".*cache", "*.egg-info", "demo-data", "build")
    shutil.copytree(REPO, source, symlinks=True, ignore=skipped)
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", "dist", "."]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    return zipfile.ZipFile(next((source / "dist").glob("*.whl")))


def test_the_wheel_holds_no_other_top_level_name(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"plumbline"}


def test_the_wheel_carries_configs_dashboards_and_message_tables(wheel: zipfile.ZipFile) -> None:
    assert [name for name in CARRIED if name not in wheel.namelist()] == []


def test_the_licence_is_named_and_carried(wheel: zipfile.ZipFile) -> None:
    metadata = next(name for name in wheel.namelist() if name.endswith("METADATA"))
    assert "License-Expression: Apache-2.0" in wheel.read(metadata).decode()
    assert any(name.endswith("licenses/THIRD_PARTY") for name in wheel.namelist())


def test_the_lock_pins_versions_and_holds_no_address() -> None:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    loose = [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!+]+", line)]
    assert loose == []


def test_the_edge_resolves_to_aarch64_wheels_of_the_locked_versions() -> None:
    pinned = locked()
    for file in AARCH64.read_text(encoding="utf-8").splitlines():
        name, version, *_, platform = file.removesuffix(".whl").split("-")
        assert platform == "any" or platform.endswith("_aarch64"), file
        assert pinned[canonical(name)] == version, f"{file}: run `make aarch64`"


def test_the_edge_needs_neither_scipy_nor_obspy() -> None:
    names = {canonical(line.split("-")[0]) for line in AARCH64.read_text().splitlines()}
    assert names.isdisjoint({"scipy", "obspy", "matplotlib"})
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["edge"]
    assert {canonical(re.split(r"[<>=]", need)[0]) for need in asked} <= names


def test_nothing_committed_names_a_path_of_a_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPO, capture_output=True, check=True
    ).stdout.decode()
    home = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")
    named = [
        name
        for name in tracked.split("\0")
        if name and not (REPO / name).is_symlink() and (REPO / name).suffix != ".js"
        if home.search((REPO / name).read_text(encoding="utf-8", errors="replace"))
    ]
    assert [name for name in named if name != "tests/test_packaging.py"] == []
