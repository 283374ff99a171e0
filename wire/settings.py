"""Configuration files: strict TOML, unknown keys refused, all problems reported at once."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

Model = TypeVar("Model", bound="Settings")

LISTS = ("tuple_type", "list_type", "set_type", "frozen_set_type")
"""Kinds of errors of a value that is no list; the file knows no tuples."""


class Settings(BaseModel):
    """Base of everything that is read from TOML."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _beside(path: Path, info: ValidationInfo) -> Path:
    """Take a relative path from the folder of the file that names it."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"no file at {path}; check the path")
    return path


BesidePath = Annotated[Path, AfterValidator(_beside)]
"""A path taken from the folder of the configuration that names it."""
ExistingFile = Annotated[Path, AfterValidator(_beside), AfterValidator(_existing)]
"""A file that must be there, taken from the folder of the configuration that names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file: where, what, and what was expected."""

    where: str
    what: str
    line: int | None = None

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line else ""
        return f"{at}{self.where}: {self.what}" if self.where else f"{at}{self.what}"


class BadSettings(ValueError):
    """A configuration file that cannot be used; carries every problem found in it."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{path}: {len(problems)} {noun}{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedSection:
    """A section that stands in a file under a name it had before.

    Attributes
    ----------
    lines
        Numbers of the lines where it, or a table of it, begins.
    """

    old: str
    new: str
    lines: tuple[int, ...]

    def __str__(self) -> str:
        noun = "line" if len(self.lines) == 1 else "lines"
        at = f" ({noun} {', '.join(map(str, self.lines))})" if self.lines else ""
        return f"[{self.old}]{at} is now called [{self.new}]"


def read_settings(
    path: Path, model: type[Model], *, renamed: Mapping[str, str] | None = None
) -> Model:
    """Read a TOML file into a model.

    Parameters
    ----------
    renamed
        Old names of sections that are read like the new ones, each with its new name.

    Raises
    ------
    BadSettings
        With every problem of the file: syntax, unknown or missing keys, wrong values, a section
        under its old and its new name.
    """
    text, content = _read_toml(path)
    old_names = {s.new: s.old for s in _renamed_sections(text, content, renamed or {})}
    if twice := [_given_twice(text, old, new) for new, old in old_names.items() if new in content]:
        raise BadSettings(path, twice)
    for new, old in old_names.items():
        content[new] = content.pop(old)
    try:
        return model.model_validate(content, context={"folder": path.resolve().parent})
    except ValidationError as error:
        problems = [
            _problem(_as_written(item, old_names), model, text)
            for item in _own_faults(error.errors())
        ]
        raise BadSettings(path, problems) from error


def renamed_sections(path: Path, renamed: Mapping[str, str]) -> list[RenamedSection]:
    """Return the sections of a file that stand there under an old name.

    Raises
    ------
    BadSettings
        If the file cannot be read.
    """
    return _renamed_sections(*_read_toml(path), renamed)


def _read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a file and what it holds."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise BadSettings(
            path, [Problem(where="", what=f"cannot be read ({error.strerror}); check the path")]
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(path, [Problem(where="", what=f"not TOML: {error}")]) from error


def _renamed_sections(
    text: str, content: Mapping[str, Any], renamed: Mapping[str, str]
) -> list[RenamedSection]:
    return [
        RenamedSection(old=old, new=new, lines=_section_lines(old, text))
        for old, new in renamed.items()
        if old in content
    ]


def _section_lines(name: str, text: str) -> tuple[int, ...]:
    """Return the numbers of the lines where a section or a table of it begins."""
    pattern = re.compile(rf"^\s*(\[+\s*{re.escape(name)}\s*[.\]]|{re.escape(name)}\s*[.=])")
    return tuple(n for n, line in enumerate(text.splitlines(), start=1) if pattern.match(line))


def _given_twice(text: str, old: str, new: str) -> Problem:
    lines = [*_section_lines(old, text), *_section_lines(new, text)]
    what = f"[{old}] is the old name of [{new}], and the file has both"
    if lines:
        what += f" (lines {', '.join(map(str, sorted(lines)))})"
    return Problem(where=new, what=f"{what}; keep [{new}] only")


def _as_written(item: Any, old_names: Mapping[str, str]) -> Any:
    """Return an error with its section called as the file calls it."""
    head, *rest = item["loc"] or ("",)
    return {**item, "loc": (old_names[head], *rest)} if head in old_names else item


def _own_faults(items: Sequence[Any]) -> Iterator[Any]:
    """Yield the errors that are not the mere echo of one deeper inside."""
    for item in items:
        place = item["loc"]
        deeper = any(
            len(other["loc"]) > len(place) and other["loc"][: len(place)] == place
            for other in items
        )
        if not (item["type"] == "too_short" and deeper):
            yield item


def _problem(item: Any, model: type[BaseModel], text: str) -> Problem:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
    what = str(item["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
    if item["type"] == "extra_forbidden":
        known = sorted(_known_keys(model))
        close = difflib.get_close_matches(str(item["loc"][-1]), known, n=1)
        what = "unknown key" + (f"; did you mean {close[0]!r}?" if close else "; remove it")
    elif item["type"] in LISTS:
        what = _expected_list(item, model)
    elif item["type"] == "missing":
        what = "missing; add it"
    elif not what.startswith(("must", "expected")) and isinstance(
        item["input"], str | int | float | bool
    ):
        what = f"{what}, got {item['input']!r}"
    return Problem(where=where.lstrip("."), what=what, line=_line_of(item["loc"], text))


def _expected_list(item: Any, model: type[BaseModel]) -> str:
    """Return what belongs in a list, as the file would spell it."""
    name = str(item["loc"][-1])
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    fields = (part["properties"][name] for part in parts if name in part.get("properties", {}))
    element: dict[str, Any] = next((field["items"] for field in fields if "items" in field), {})
    table = schema.get("$defs", {}).get(str(element.get("$ref", "")).rpartition("/")[2], {})
    keys = table.get("required") or list(table.get("properties", {}))[:2]
    example = ", ".join(f"{key} = ..." for key in keys)
    inside = f"{{ {example} }}, ..." if keys else "..."
    return f"expected a list, as {name} = [{inside}], got {item['input']!r}"


def _known_keys(model: type[BaseModel]) -> set[str]:
    """Return the key names of a model and of every model inside it."""
    keys: set[str] = set()
    schema = model.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        keys.update(part.get("properties", {}))
    return keys


def _line_of(place: tuple[int | str, ...], text: str) -> int | None:
    """Find the line of a key: the n-th ``[[table]]`` headers, then ``key =`` (best effort)."""
    lines = text.splitlines()
    at = 0
    found: int | None = None
    for part, after in zip(place, [*place, None][1:], strict=True):
        if not isinstance(part, str):
            continue
        nth = after if isinstance(after, int) else 0
        pattern = re.compile(rf"^\s*(\[+[^\]]*\b{re.escape(part)}\]+|{re.escape(part)}\s*=)")
        hits = [n for n in range(at, len(lines)) if pattern.match(lines[n])]
        if len(hits) <= nth:
            break
        at = hits[nth]
        found = at + 1
    return found
