"""Every condition of the code is in the table and in the runbook."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from plumbline.collector.health.condition_table import CONDITION_TABLE, condition_level, runbook
from plumbline.collector.ingest.quarantine import QuarantineCause

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("collector", "edge_agent", "wire", "commands")
VARIABLES = {"message.cause": [str(cause) for cause in QuarantineCause]}
"""Keys that begin with what a variable holds, and all that it can hold."""


def kinds(key: ast.expr, module: ast.Module) -> list[str]:
    """Return what can stand before the colon of a key."""
    if isinstance(key, ast.Constant):
        return [str(key.value).partition(":")[0]]
    if isinstance(key, ast.JoinedStr):
        first = key.values[0]
        if isinstance(first, ast.FormattedValue):
            return VARIABLES.get(ast.unparse(first.value)) or kinds(first.value, module)
        return kinds(first, module)
    if isinstance(key, ast.Name):
        for node in module.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == key.id:
                return kinds(node.value, module)
    if isinstance(key, ast.Call):
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name == ast.unparse(key.func):
                returned = next(n for n in ast.walk(node) if isinstance(n, ast.Return))
                assert returned.value is not None
                return kinds(returned.value, module)
    raise AssertionError(
        f"which condition is {ast.unparse(key)}? Make it a constant or an f-string"
    )


def used() -> Iterator[tuple[str, str]]:
    """Yield (place, kind) of every condition that the code sets."""
    for path in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        module = ast.parse(path.read_text())
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            if called.endswith("conditions.set"):
                for kind in kinds(node.args[0], module):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", kind


def test_every_condition_of_the_code_is_in_the_table() -> None:
    found = list(used())
    assert len(found) > 15
    assert [(place, kind) for place, kind in found if kind not in CONDITION_TABLE] == []


def test_every_row_of_the_table_is_a_condition_of_the_code() -> None:
    assert set(CONDITION_TABLE) - {kind for _, kind in used()} == set()


def test_the_runbook_is_the_tables_own() -> None:
    assert (ROOT / "docs" / "runbook.md").read_text() == runbook()
    for kind, row in CONDITION_TABLE.items():
        assert f"## `{kind}`" in runbook()
        assert len(row.meaning) > 20
        assert len(row.to_do) > 20


@pytest.mark.parametrize(
    "key", ["write:journal", "process:alerting", "disk-critical", "clock:collector"]
)
def test_what_makes_blind_is_red(key: str) -> None:
    assert str(condition_level(key)).lower() == "red"
