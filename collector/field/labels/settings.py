"""The ``[classify]`` section: any threshold of the classifier, by its name."""

import dataclasses
import difflib
from typing import Any

from pydantic import ConfigDict, model_validator

from plumbline.analysis.classify import ClassifySettings
from plumbline.wire.settings import Settings

DEFAULTS = {field.name: field.default for field in dataclasses.fields(ClassifySettings)}


class ClassifySection(Settings):
    """Thresholds that differ from the defaults; see ``ClassifySettings`` for what they mean."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @model_validator(mode="after")
    def _known(self) -> "ClassifySection":
        self.settings()
        return self

    def settings(self) -> ClassifySettings:
        """Return the thresholds.

        Raises
        ------
        ValueError
            If a name is unknown or a value cannot be.
        """
        given = self.model_extra or {}
        for name, value in given.items():
            if name not in DEFAULTS:
                close = difflib.get_close_matches(name, DEFAULTS, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"unknown threshold {name!r}{hint}")
            pair = isinstance(DEFAULTS[name], tuple)
            numbers = value if isinstance(value, list) else [value]
            if len(numbers) != 1 + pair or not all(type(x) in (int, float) for x in numbers):
                raise ValueError(f"{name}: expected {'two numbers' if pair else 'a number'}")
        ready: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in given.items()
        }
        return ClassifySettings(**ready)
