"""Roster check: contradictions between the people and the steps that name them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

# ITU-T E.164: a country code that does not begin with 0, at most 15 digits in all.
E164 = re.compile(r"\+[1-9]\d{6,14}")


Details = dict[str, Any]
"""One error as pydantic takes it: type, place, input and context."""


def roster_problems(raw: Any) -> Iterator[Details]:
    """Yield contradictions of an ``[alerting]`` table as it was read, however broken it is."""
    people, steps = _tables(raw, "person"), _tables(raw, "step")
    names = [str(person.get("name", "")).strip() for person in people]
    yield from _twice("name", names)
    yield from _twice("phone", [str(person.get("phone", "")) for person in people])
    for s, step in enumerate(steps):
        listed = step.get("people")
        for p, name in enumerate(listed if isinstance(listed, list | tuple) else ()):
            if str(name).strip() not in names:
                yield _problem(
                    ("step", s, "people", p),
                    f"nobody is called {name!r}; add a [[person]] of this name or name one of"
                    f" {sorted(filter(None, names))}",
                    name,
                )


def _tables(raw: Any, key: str) -> list[dict[str, Any]]:
    listed = raw.get(key) if isinstance(raw, dict) else None
    if not isinstance(listed, list | tuple):
        return []
    return [item if isinstance(item, dict) else getattr(item, "__dict__", {}) for item in listed]


def _twice(field: str, values: list[str]) -> Iterator[Details]:
    times = Counter(filter(None, values))
    seen: set[str] = set()
    for p, value in enumerate(values):
        if times[value] > 1 and value in seen:
            yield _problem(
                ("person", p, field), f"{field} {value!r} is used twice; each must differ", value
            )
        seen.add(value)


def _problem(place: tuple[int | str, ...], what: str, value: object) -> Details:
    error = {"error": ValueError(what)}
    return {"type": "value_error", "loc": place, "input": value, "ctx": error}
