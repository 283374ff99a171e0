"""Imports run one way inside the rooms too: each layer imports those below it only."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from where import REPO

Layers = Sequence[frozenset[str]]


def layers(text: str) -> Layers:
    """Read ``a > b | c > d``: a may import b, c and d; b and c do not import each other."""
    return [frozenset(layer.replace(" ", "").split("|")) for layer in text.split(">")]


COLLECTOR = layers(
    "app > serving > stages | jobs | ingest > alerting | limits | health > events | archive"
    " > journal | field > storage"
)
ALERTING = layers(
    "service > views | config_reader | validation > engine | cap > text | senders"
    " > store | settings > paging_rules | roster | errors"
)
PLUMBLINE = layers("cli > commands > plots > research | demo > errors")
HOUSES = {
    "collector": ("plumbline.collector", COLLECTOR),
    "collector/alerting": ("plumbline.collector.alerting", ALERTING),
    "plumbline": ("plumbline", PLUMBLINE),
}
INFLUXDB_USERS = {"collector/app", "collector/stages/influxdb", "dashboards", "plumbline/commands"}


def imports(path: Path) -> Iterator[str]:
    """Yield every module or name that a file imports, in full."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(folder: str) -> Iterator[Path]:
    """Yield the modules below a folder, never through the links of the package."""
    for path in sorted((REPO / folder).rglob("*.py")):
        if not any(parent.is_symlink() for parent in path.parents):
            yield path


def arrows(folder: str, package: str, known: Layers) -> dict[tuple[str, str], list[str]]:
    """Return who imports whom among the rooms of a folder, with the lines that do."""
    rooms = frozenset().union(*known)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in files(folder):
        inside = path.relative_to(REPO / folder)
        source = inside.parts[0].removesuffix(".py")
        for name in imports(path):
            if name.startswith(f"{package}."):
                target = name.removeprefix(f"{package}.").split(".")[0]
                if target in rooms and target != source:
                    found[source, target].append(f"{folder}/{inside}: {name}")
    return found


@pytest.mark.parametrize("folder", HOUSES)
def test_every_layer_imports_only_those_below_it(folder: str) -> None:
    package, known = HOUSES[folder]
    depth = {room: level for level, layer in enumerate(known) for room in layer}
    wrong = [
        line
        for (source, target), lines in arrows(folder, package, known).items()
        if source in depth and depth[source] >= depth[target]
        for line in lines
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["collector", "collector/alerting"])
def test_every_room_stands_in_a_layer(folder: str) -> None:
    rooms = frozenset().union(*HOUSES[folder][1])
    present = {path.relative_to(REPO / folder).parts[0] for path in files(folder)}
    names = {name.removesuffix(".py") for name in present} - {"__init__"}
    assert names - rooms == set()


def test_a_stage_imports_no_other_stage() -> None:
    folders = {path.name for path in (REPO / "collector" / "stages").iterdir() if path.is_dir()}
    wrong = []
    for path in files("collector/stages"):
        own = path.relative_to(REPO / "collector" / "stages").parts[0]
        for name in imports(path):
            other = name.removeprefix("plumbline.collector.stages.").split(".")[0]
            if "collector.stages." in name and other in folders and own in folders - {other}:
                wrong.append(f"{path.relative_to(REPO)}: {name}")
    assert wrong == []


def test_only_the_assembly_the_dashboards_and_the_rebuild_know_influxdb() -> None:
    wrong = [
        f"{path.relative_to(REPO)}: {name}"
        for room in ("collector", "dashboards", "plumbline", "analysis", "edge_agent")
        for path in files(room)
        if not any(str(path.relative_to(REPO)).startswith(user) for user in INFLUXDB_USERS)
        for name in imports(path)
        if name.startswith("plumbline.collector.stages.influxdb")
    ]
    assert wrong == []


def test_no_two_public_classes_of_the_collector_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in files("collector"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(REPO)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
