"""Counts of the house: rooms and arrows, names, lines, reach.

Run ``python tests/house_count.py``; with ``--against REV`` a column stands beside it, counted in a
temporary worktree of that revision.
"""

import argparse
import ast
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from house_source import House
from test_layers import COLLECTOR
from where import REPO

from plumbline.collector.app.section_names import SECTION_NAMES

OLD_WORDS = frozenset(
    re.findall(
        r"\w+",
        "tell tells told telling retold say says said saying hear hears heard hearing keep keeps"
        " kept keeper keeping look looks looked looking ask asks asked asking felt spoke hush judge"
        " judges judged judging desk rivals latecomers afterwards slow",
    )
)
STORED = {
    "afterwards": "job and database of residual movements, as 0.2.0 named them on disk",
    "asked_": "JSON keys of a node's measures: the span that was requested",
    "felt": "snapshot key of an open episode",
    "judged": "JSON key of replay and vibration reports",
    "look": "the page's word for a look at the structure, in /api/now",
    "per_c_slow": "JSON key of trend reports: the lagged part of the thermal model",
    "rivals": "key of the condition of two agents with one name",
    "said": "JSON key of answers and of the audit; snapshot key of a stage",
    "says": "JSON key of the evidence of a modal event",
    "slow": "stage, cursor, snapshot keys and report key of 0.2.0, now deformation",
    "told": "JSON key of incidents on the page and in the API; snapshot key of a stage",
}
"""Stored and outside names that stand, by what they begin with, and what each is."""


def collector_room(module: str) -> str:
    """Return the room of a module inside ``collector/``, empty outside."""
    return module.split(".")[1] if module.startswith("collector.") else ""


def house_room(module: str) -> str:
    """Return the folder of the whole project that a module lies in."""
    return module.split(".", maxsplit=1)[0]


def floors(rooms: set[str], arrows: set[tuple[str, str]]) -> tuple[int, int]:
    """Return on how many floors rooms stand, and how many arrows run back up.

    The order of the rooms is that of the layers of `test_layers`. Where those do not name every
    room, it is the order with the fewest arrows back up that moving one room at a time finds.
    """
    depth = {room: level for level, layer in enumerate(COLLECTOR) for room in layer}
    order = sorted(rooms, key=lambda room: (depth.get(room, 0), room))
    while not rooms <= depth.keys():
        before = len(_back_up(order, arrows))
        for room in sorted(rooms):
            rest = [one for one in order if one != room]
            orders = [[*rest[:at], room, *rest[at:]] for at in range(len(order))]
            order = min([order, *orders], key=lambda each: len(_back_up(each, arrows)))
        if len(_back_up(order, arrows)) == before:
            break
    up = {one for one in _back_up(order, arrows) if rooms - depth.keys()}
    up |= {
        (high, low) for high, low in arrows if rooms <= depth.keys() and depth[high] >= depth[low]
    }
    height: dict[str, int] = {}
    for room in reversed(order):
        below = (height[low] for high, low in arrows - up if high == room)
        height[room] = 1 + max(below, default=0)
    return max(height.values()), len(up)


def _back_up(order: Sequence[str], arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    place = {room: at for at, room in enumerate(order)}
    return {(high, low) for high, low in arrows if place[high] > place[low]}


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Yield the identifiers of a module, but names of tests: they may read as plain English."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and getattr(node.value, "attr", "") == "mark":
            continue  # a marker of pytest
        for field in ("id", "attr", "arg", "name", "asname"):
            text = getattr(node, field, None)
            if isinstance(text, str) and not (field == "name" and text.startswith("test_")):
                yield text


def old(name: str) -> set[str]:
    """Return the old words in an identifier or a stored name."""
    found = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)
    return {word.lower() for word in found} & OLD_WORDS


def old_words(trees: dict[str, ast.Module]) -> Counter[str]:
    """Return the old words in identifiers and in names of modules, and how often."""
    names = [name for tree in trees.values() for name in identifiers(tree)]
    names += [module.rpartition(".")[2] for module in trees if ".test_" not in module]
    return Counter(word for name in names for word in old(name))


def stored(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return the strings that hold an old word and no blank, with the modules that hold them."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, tree in trees.items():
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z-][\w./:-]+", text) and old(text):
                found[text].add(module)
    return found


def counts(house: House, tests: dict[str, ast.Module]) -> dict[str, int]:
    """Return every count of a house."""
    found = {}
    for name, room_of in (("collector/", collector_room), ("the project", house_room)):
        rooms = {room_of(module) for module in house.paths} - {""}
        arrows = house.arrows(room_of)
        found[f"rooms of {name}"], found[f"arrows between them, {name}"] = len(rooms), len(arrows)
        found[f"floors, {name}"], found[f"arrows back up, {name}"] = floors(rooms, arrows)
    return found | {
        "names of public classes defined twice": len(house.doubled()),
        "of them inside collector/": len(house.doubled("collector.")),
        "modules": len(house.paths),
        "lines of code, without tests": house.lines(),
        "modules no entry reaches": len(house.unreached()),
        "old words in identifiers": old_words(house.trees).total(),
        "old words in identifiers of the tests": old_words(tests).total(),
    }


def counted(root: Path) -> tuple[House, dict[str, ast.Module], dict[str, int]]:
    """Return a house, its tests, and the counts of both."""
    paths = sorted((root / "tests").rglob("*.py"))
    tests = {".".join(path.relative_to(root).with_suffix("").parts): path for path in paths}
    trees = {name: ast.parse(path.read_bytes()) for name, path in tests.items()}
    house = House(root)
    return house, trees, counts(house, trees)


def counted_at(revision: str) -> dict[str, int]:
    """Return the counts of a revision, from a temporary worktree."""
    git = ["git", "-C", str(REPO), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "house"
        subprocess.run([*git, "add", "--quiet", "--detach", str(root), revision], check=True)
        try:
            return counted(root)[2]
        finally:
            subprocess.run([*git, "remove", "--force", str(root)], check=True)


def main(argv: Sequence[str]) -> None:
    """Print the table of counts, then what is behind each that should be nought."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="REV", help="count this revision too")
    against = parser.parse_args(argv).against
    house, tests, now = counted(REPO)
    before = counted_at(against) if against else {}
    print(f"{'':45}" + (f"{against:>10}" if against else "") + f"{'now':>10}")
    for name, count in now.items():
        print(f"{name:45}" + (f"{before[name]:10}" if against else "") + f"{count:10}")
    print("\ndefined twice:", *house.doubled())
    print("not reached:", *house.unreached())
    print("old words:", *(f"{word} {n}" for word, n in old_words(house.trees).most_common()))
    print("old words, tests:", *(f"{word} {n}" for word, n in old_words(tests).most_common()))
    print("\nnames that stand, because they are stored or used from outside:")
    sections = ", ".join(f"[{old}] now [{new}]" for old, new in SECTION_NAMES.items())
    print(f"  sections of collector.toml, read for one more version:\n    {sections}")
    names = stored(house.trees)
    for head, reason in [*STORED.items(), ("", "NOT EXPLAINED")]:
        mine = [name for name in sorted(names) if name.startswith(head)]
        modules = {module for name in mine for module in names.pop(name)}
        if mine or head:
            print(f"  {reason}:\n    {' '.join(mine) or 'GONE'} in {' '.join(sorted(modules))}")


if __name__ == "__main__":
    main(sys.argv[1:])
