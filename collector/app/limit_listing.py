"""Listing of limits, ready for JSON: bounds, standing, level now, and whether each may page."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plumbline.analysis.limit_standing import Adoption
from plumbline.collector.app.limit_register import HasLimits, Registered, orphans, register
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.limits.adoptions import Adopted, AdoptionStore, database_path
from plumbline.collector.stages.deformation import status as current
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.collector.stages.deformation.status import CurrentLevel

FRESH_S = 3.0


def adoptions_of(data: Path) -> dict[str, Adopted]:
    """Return the adoptions of a data folder; none where nothing was ever adopted."""
    if not database_path(data).exists():
        return {}
    store = AdoptionStore(database_path(data))
    try:
        return store.adoptions()
    finally:
        store.close()


def listing(
    settings: HasLimits, adoptions: dict[str, Adopted], events_db: Path
) -> list[dict[str, Any]]:
    """Return every limit of the configuration, ready for JSON.

    Parameters
    ----------
    events_db
        The collector's ``state/events.db``, in which the levels are.
    """
    now = {one.limit_id: one for one in current.levels(events_db)}
    return [limit_text(each, now.get(each.limit.id)) for each in register(settings, adoptions)]


class LimitView:
    """The listing for a page that is polled every second, made anew every few seconds."""

    def __init__(self, settings: HasLimits, store: AdoptionStore, events_db: Path) -> None:
        self._settings = settings
        self._store = store
        self._events_db = events_db
        self._until_s = 0.0
        self._rows: list[dict[str, Any]] = []

    def rows(self) -> list[dict[str, Any]]:
        """Return the listing, at most a few seconds old."""
        if time.monotonic() >= self._until_s:
            self._rows = listing(self._settings, self._store.adoptions(), self._events_db)
            self._until_s = time.monotonic() + FRESH_S
        return self._rows


def limit_text(one: Registered, now: CurrentLevel | None) -> dict[str, Any]:
    """Return one limit, ready for JSON; nanoseconds as text, as on the page."""
    limit, approval = one.limit, one.approval
    level = now.level if now and now.at_ns is not None else None
    return {
        "limit": limit.id,
        "where": one.where,
        "structure": limit.structure,
        "channels": list(limit.addresses) if isinstance(limit, DeformationLimit) else [],
        "at_least": limit.at_least if isinstance(limit, DeformationLimit) else None,
        "of": str(limit.of) if isinstance(limit, DeformationLimit) else limit.subject,
        "rule": str(limit.rule) if isinstance(limit, DeformationLimit) else "threshold",
        "bounds": {str(name): bound for name, bound in limit.bounds()},
        "unit": limit.unit,
        "source": limit.source,
        "edition": limit.edition,
        "standing": str(approval.standing),
        "adopted": _adoption_report(approval.adoption),
        "void": _adoption_report(approval.void),
        "may_page": one.may_page,
        "owner": limit.owner,
        "action": {
            str(name): text for name, _ in limit.bounds() if (text := limit.action.at(name))
        },
        "level": None if level is None else str(level),
        "since_ns": _text(now.since_ns if now else None),
        "value": now.value if now else None,
        "at_ns": _text(now.at_ns if now else None),
        "quality": list(now.quality) if now else [],
        "followed": "at once" if one.live else "at the collector's next start",
    }


def void_texts(settings: HasLimits, adoptions: dict[str, Adopted]) -> Iterator[tuple[str, str]]:
    """Yield what the operator must know of adoptions that hold no more, by limit."""
    for one in register(settings, adoptions):
        if (was := one.approval.void) is not None:
            yield (
                one.limit.id,
                f"limit {one.limit.id} was changed after {was.engineer} adopted it on {was.date} "
                f"({was.document}): the adoption is void and the limit is {one.approval.standing}; "
                "have it adopted again with 'plumbline limits adopt'",
            )
    for each in orphans(settings, adoptions):
        yield (
            each.limit_id,
            f"limit {each.limit_id}, adopted by {each.by.engineer} on {each.by.date}, is not in "
            "the configuration any more: nothing is judged by it; put it back, or take the "
            "adoption back with 'plumbline limits withdraw'",
        )


class VoidAdoptions:
    """Conditions of adoptions that hold no more: set, and cleared when that is mended."""

    def __init__(self, settings: HasLimits, store: AdoptionStore, conditions: Conditions) -> None:
        self._settings = settings
        self._store = store
        self._conditions = conditions
        self._version: int | None = None
        self._reported: set[str] = set()

    def poll(self, now_ns: int) -> None:
        """Compare again if somebody has adopted or withdrawn anything."""
        if (version := self._store.version()) == self._version:
            return
        self._version = version
        void = dict(void_texts(self._settings, self._store.adoptions()))
        for limit, text in void.items():
            self._conditions.set(f"limit:{limit}", text, now_ns)
        for limit in self._reported - set(void):
            self._conditions.clear(f"limit:{limit}", now_ns)
        self._reported = set(void)


def _adoption_report(adoption: Adoption | None) -> dict[str, str] | None:
    if adoption is None:
        return None
    return {
        "engineer": adoption.engineer,
        "date": adoption.date,
        "document": adoption.document,
    }


def _text(time_ns: int | None) -> str | None:
    return None if time_ns is None else str(time_ns)
