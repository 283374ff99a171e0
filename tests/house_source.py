"""Source of one revision of the house: modules, who imports whom, what nothing reaches."""

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = (
    "wire", "analysis", "records", "edge_agent", "collector", "simulator", "dashboards",
    "firmware_configs", "plumbline",
)  # fmt: skip
PACKAGE = "plumbline."
ENTRIES = ("cli", "edge_agent", "simulator", "dashboards")
"""Rooms, and the command line, from which everything must be reached."""


@dataclass(frozen=True)
class House:
    """Source of one revision, parsed."""

    root: Path

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Modules outside the tests by their dotted name, without the leading ``plumbline``."""
        links = {path for path in (self.root / "plumbline").iterdir() if path.is_symlink()}
        paths = [path for room in ROOMS for path in sorted((self.root / room).rglob("*.py"))]
        return {
            ".".join(path.relative_to(self.root).with_suffix("").parts)
            .removeprefix(PACKAGE)
            .removesuffix(".__init__"): path
            for path in paths
            if not links & set(path.parents)
        }

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """Their syntax trees."""
        return {name: ast.parse(path.read_bytes()) for name, path in self.paths.items()}

    def module_of(self, name: str) -> str:
        """Return the module that a dotted name lies in; empty if it is none of ours."""
        while name and name not in self.paths:
            name = name.rpartition(".")[0]
        return name

    def imports(self, module: str) -> set[str]:
        """Return what a module imports of ours, by dotted names below ``plumbline``."""
        found: set[str] = set()
        for node in ast.walk(self.trees[module]):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        ours = {name[len(PACKAGE) :] for name in found if name.startswith(PACKAGE)}
        return {name for name in ours if self.module_of(name)}

    def arrows(self, room_of: Callable[[str], str]) -> set[tuple[str, str]]:
        """Return which room imports which."""
        pairs = {
            (room_of(module), room_of(self.module_of(name)))
            for module in self.trees
            for name in self.imports(module)
        }
        return {(one, other) for one, other in pairs if one and other and one != other}

    def lines(self) -> int:
        """Return the lines of code, comments and docstrings outside the tests."""
        return sum(path.read_bytes().count(b"\n") for path in self.paths.values())

    def doubled(self, inside: str = "") -> list[str]:
        """Return the names of public classes that are defined more than once."""
        count = Counter(
            node.name
            for module, tree in self.trees.items()
            if module.startswith(inside)
            for node in tree.body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        )
        return sorted(name for name, times in count.items() if times > 1)

    def named(self, module: str) -> set[str]:
        """Return the modules that a module's strings name, as the table of commands does."""
        nodes = (node for node in ast.walk(self.trees[module]) if isinstance(node, ast.Constant))
        names = {str(node.value) for node in nodes}
        return {name[len(PACKAGE) :] for name in names if name[len(PACKAGE) :] in self.paths}

    def unreached(self) -> list[str]:
        """Return the modules no entry reaches; a package hands on only the names asked of it."""
        scripts = {name for name, tree in self.trees.items() if _is_script(tree)}
        due = [name for name in self.trees if name.split(".")[0] in ENTRIES or name in scripts]
        reached: set[str] = set()
        while due:
            wanted = due.pop()
            module = self.module_of(wanted)
            inside = wanted.removeprefix(module)
            handed_on = {name for name in self.imports(module) if inside and name.endswith(inside)}
            if handed_on and self.paths[module].name == "__init__.py":
                due += handed_on
            elif module not in reached:
                reached.add(module)
                due += self.imports(module) | self.named(module)
        left = set(self.paths) - reached
        return sorted(name for name in left if self.paths[name].name != "__init__.py")


def _is_script(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.If) and "__main__" in ast.dump(node.test) for node in tree.body)
