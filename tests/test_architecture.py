"""The map of the house, executed: who may import whom, what may be imported where, small rooms.

The layers inside `collector/`, `collector/alerting/` and `plumbline/` are executed by
`test_layers.py`; that everything is reached, by `test_reached.py`.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent

OURS: dict[str, set[str]] = {
    "wire": set(),
    "analysis": set(),
    "records": set(),
    "edge_agent": {"wire"},
    "collector": {"wire", "analysis", "records"},
    "simulator": {"wire"},
    "dashboards": {"collector.stages.influxdb.schema"},
    "firmware_configs": set(),
}
ROOMS = {*OURS, "plumbline"}
THIRD_PARTY: dict[str, set[str]] = {
    "wire": {"numpy", "pydantic", "pymseed"},
    "analysis": {"numpy", "scipy"},
    "records": {"numpy", "obspy"},
    "edge_agent": {"numpy", "pydantic", "paho", "serial"},
    "collector": {
        "numpy", "pydantic", "paho", "pymseed", "obspy", "influxdb_client", "urllib3",
        "prometheus_client", "starlette", "uvicorn", "scipy",
    },
    "simulator": {"numpy", "pydantic", "scipy"},
    "dashboards": {"grafana_api", "requests"},
    "firmware_configs": set(),
    "plumbline": {
        "numpy", "pydantic", "matplotlib", "obspy", "amqtt", "scipy", "serial", "urllib3",
    },
}  # fmt: skip
LARGEST_MODULE = 300


def modules() -> Iterator[tuple[str, Path]]:
    for room in sorted(ROOMS):
        for path in sorted((REPO / room).rglob("*.py")):
            if room == "plumbline" and path.relative_to(REPO / room).parts[0] in OURS:
                continue  # the package's relative links to the rooms
            yield room, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def allowed(room: str, name: str) -> bool:
    top, *rest = name.split(".")
    if top in sys.stdlib_module_names:
        return True
    if top != "plumbline":
        return top in THIRD_PARTY[room]
    if room == "plumbline" or not rest:
        return room == "plumbline"
    inside = ".".join(rest)
    return rest[0] == room or any(
        inside == other or inside.startswith(other + ".") for other in OURS[room]
    )


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_imports_run_one_way(room: str) -> None:
    wrong = [
        f"{path.relative_to(REPO)}: {name}"
        for at, path in modules()
        if at == room
        for name in imported(path)
        if not allowed(room, name) and name != "plumbline.__version__"
    ]
    assert wrong == []


def test_no_module_is_over_300_lines() -> None:
    tests = [("tests", path) for path in sorted((REPO / "tests").rglob("*.py"))]
    benchmarks = [("benchmarks", path) for path in sorted((REPO / "benchmarks").rglob("*.py"))]
    large = {
        str(path.relative_to(REPO)): lines
        for _, path in [*modules(), *tests, *benchmarks]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LARGEST_MODULE
    }
    assert large == {}


def test_every_package_says_in_one_line_what_it_is() -> None:
    silent = [
        str(path.relative_to(REPO))
        for _, path in modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_nothing_is_called_common_or_utils() -> None:
    vague = {"common", "utils", "util", "helpers", "misc", "manager"}
    assert [str(path) for _, path in modules() if {path.stem, *path.parts} & vague] == []


def test_only_the_demo_imports_the_simulator_at_runtime() -> None:
    users = {
        path.relative_to(REPO / "plumbline").parts[0]
        for room, path in modules()
        if room == "plumbline"
        and any(name.startswith("plumbline.simulator") for name in imported(path))
    }
    assert users <= {"demo"}


def test_the_edge_agent_leaves_scipy_and_obspy_unloaded() -> None:
    code = (
        "import sys, pkgutil, importlib, plumbline.edge_agent as edge\n"
        "for module in pkgutil.walk_packages(edge.__path__, 'plumbline.edge_agent.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "print(sorted({'scipy', 'obspy', 'matplotlib'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
