"""Bounds of a quantity, level by level, with where they come from: what every limit shares."""

from typing import Annotated

from pydantic import Field, model_validator

from plumbline.analysis.standing import Standing
from plumbline.collector.events.model import Level
from plumbline.wire.settings import Settings

Bound = Annotated[float, Field(gt=0)]
LEVELS = (Level.AMBER, Level.RED, Level.BLACK)


class Bounds(Settings):
    """One limit of one structure; at least one level, each higher than the one below."""

    structure: str
    amber: Bound | None = None
    red: Bound | None = None
    black: Bound | None = None
    source: Annotated[str, Field(min_length=1)]
    standing: Standing = Standing.CANDIDATE

    @model_validator(mode="after")
    def _rises(self) -> "Bounds":
        bounds = [bound for _, bound in self.bounds()]
        if not bounds:
            raise ValueError("expected at least one of amber, red, black")
        if bounds != sorted(set(bounds)):
            raise ValueError("expected amber < red < black")
        return self

    def bounds(self) -> list[tuple[Level, float]]:
        """Return the levels that are set, lowest first."""
        pairs = zip(LEVELS, (self.amber, self.red, self.black), strict=True)
        return [(level, bound) for level, bound in pairs if bound is not None]
