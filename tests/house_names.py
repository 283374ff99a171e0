"""Names of one room: which functions and classes no running code comes to."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from house_source import PACKAGE, House

Definition = tuple[str, str]
"""A module, and a name at its top."""


@dataclass(frozen=True)
class RoomNames:
    """Definitions at the top of a room's modules, and who refers to them.

    A definition is used if code outside the room, or a line that runs when a module is loaded,
    refers to it, or if a used definition does. What a package hands on is no use of it.
    """

    house: House
    room: str

    def unused(self) -> list[str]:
        """Return the public functions and classes of the room that nothing uses."""
        due = [name for module in self.house.trees for name in self._roots(module)]
        used: set[Definition] = set()
        while due:
            one = due.pop()
            if one not in used:
                used.add(one)
                due += self._references.get(one, ())
        public = {
            (module, node.name)
            for module in self._modules
            for node in self.house.trees[module].body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        }
        return sorted(f"{module}.{name}" for module, name in public - used)

    @cached_property
    def _modules(self) -> list[str]:
        return [name for name in self.house.trees if name.split(".")[0] == self.room]

    def _roots(self, module: str) -> Iterator[Definition]:
        tree = self.house.trees[module]
        if module not in self._modules:
            yield from self._named(module, tree)
        elif self.house.paths[module].name != "__init__.py":
            for node in tree.body:
                if not list(_defined(node)) and not isinstance(node, ast.ImportFrom | ast.Import):
                    yield from self._named(module, node)

    @cached_property
    def _references(self) -> dict[Definition, set[Definition]]:
        return {
            (module, name): set(self._named(module, node)) - {(module, name)}
            for module in self._modules
            for node in self.house.trees[module].body
            for name in _defined(node)
        }

    def _named(self, module: str, node: ast.AST) -> Iterator[Definition]:
        """Yield the definitions that a piece of a module refers to."""
        known = self._imported(module)
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in known:
                yield self._home(known[part.id])
            elif isinstance(part, ast.Name):
                yield module, part.id
            elif isinstance(part, ast.Attribute) and (full := _dotted(part)):
                head, _, rest = full.partition(".")
                yield self._home(f"{known[head]}.{rest}" if head in known else full)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield module, part.value  # an annotation in quotes

    def _imported(self, module: str) -> dict[str, str]:
        return self._imports.get(module, {})

    @cached_property
    def _imports(self) -> dict[str, dict[str, str]]:
        return {module: _imports_of(tree) for module, tree in self.house.trees.items()}

    def _home(self, full: str) -> Definition:
        """Return where a name is defined, through packages that hand it on."""
        inside = full.removeprefix(PACKAGE)
        package, _, last = inside.rpartition(".")
        handed_on = self._imported(package).get(last, full)
        if handed_on != full:  # also where a module has the same name
            return self._home(handed_on)
        module = self.house.module_of(inside)
        return module, inside.removeprefix(module).strip(".").partition(".")[0]


def _imports_of(tree: ast.Module) -> dict[str, str]:
    """Return what a module imports, inside functions too: the name here, and the whole name."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name: alias.name for alias in node.names}
            found |= {here: f"{node.module}.{name}" for here, name in names.items()}
    return found


def _defined(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _dotted(node: ast.Attribute) -> str:
    """Return ``a.b.c`` of an attribute of names alone, else nothing."""
    if isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    inner = _dotted(node.value) if isinstance(node.value, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner else ""
