"""Bounds of a limit, level by level, with their source and owner."""

import json
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from plumbline.analysis.limit_standing import Standing
from plumbline.collector.events.model import AlarmLevel, Limit
from plumbline.wire.settings import Settings

Bound = Annotated[float, Field(gt=0)]
LEVELS = (AlarmLevel.AMBER, AlarmLevel.RED, AlarmLevel.BLACK)
LONGEST_ACTION = {True: 60, False: 30}
"""Characters of an action text, by whether it is plain ASCII: beyond the alphabet of a telephone
a message holds less than half."""
NOT_DEFINING = ("action", "owner", "standing", "name")
"""What may change without the limit being another one."""


def _short(text: str) -> str:
    longest = LONGEST_ACTION[text.isascii()]
    if len(text) > longest:
        raise ValueError(
            f"{len(text)} characters; a message holds {LONGEST_ACTION[True]} of plain ASCII, or "
            f"{LONGEST_ACTION[False]} of any other script"
        )
    if "\n" in text:
        raise ValueError("one line only")
    return text


Action = Annotated[str, Field(min_length=1), AfterValidator(_short)]


class Actions(Settings):
    """What to do at each level; a level without a text has that of its kind of event."""

    amber: Action | None = None
    red: Action | None = None
    black: Action | None = None

    def at(self, level: AlarmLevel) -> str:
        """Return the text of a level, or nothing."""
        return getattr(self, level, None) or ""


class Bounds(Settings):
    """One limit of one structure; at least one level, each graver than the one before."""

    structure: str
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+.-]{0,39}$")] | None = None
    """What it is called in ``plumbline limits``; not given, it is named after what it is of."""
    amber: Bound | None = None
    red: Bound | None = None
    black: Bound | None = None
    source: Annotated[str, Field(min_length=1)]
    edition: str = ""
    standing: Standing = Standing.CANDIDATE
    owner: str = ""
    """Who is responsible for it."""
    action: Actions = Actions()

    @property
    def falling(self) -> bool:
        """True: less is graver, as of days that are left."""
        return False

    @property
    def unit(self) -> str:
        """Unit of the bounds."""
        return "gal"

    @property
    def subject(self) -> str:
        """Quantity the limit is on, as a word or a path."""
        return "limit"

    @property
    def id(self) -> str:
        """Identity, as ``TWR01/0T/tilt``."""
        return f"{self.structure}/{self.name or self.subject}"

    @model_validator(mode="after")
    def _gets_graver(self) -> "Bounds":
        bounds = [bound for _, bound in self.bounds()]
        if not bounds:
            raise ValueError("expected at least one of amber, red, black")
        if bounds != sorted(set(bounds), reverse=self.falling):
            sign = ">" if self.falling else "<"
            raise ValueError(f"expected amber {sign} red {sign} black")
        return self

    def bounds(self) -> list[tuple[AlarmLevel, float]]:
        """Return the levels that are set, the least grave first."""
        pairs = zip(LEVELS, (self.amber, self.red, self.black), strict=True)
        return [(level, bound) for level, bound in pairs if bound is not None]

    def event_limit(
        self, level: AlarmLevel, bound: float, standing: Standing | None = None
    ) -> Limit:
        """Return the limit as an event carries it.

        Parameters
        ----------
        standing
            The standing it has now, where that is not the one it was configured with.
        """
        return Limit(
            value=bound,
            unit=self.unit,
            source=self.source,
            standing=standing or self.standing,
            edition=self.edition,
            owner=self.owner,
            action=self.action.at(level),
            name=self.id,
        )

    def definition(self) -> str:
        """Return everything that makes it this limit and no other, as one line of JSON."""
        return json.dumps(self.model_dump(mode="json", exclude=set(NOT_DEFINING)), sort_keys=True)
