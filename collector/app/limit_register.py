"""The register: every limit of the configuration with its standing, and adopting one of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from plumbline.analysis.limit_standing import Adoption, Standing, may_page
from plumbline.collector.limits.adoptions import Adopted, AdoptionStore
from plumbline.collector.limits.approval import Approvals, LimitApproval, approval_of
from plumbline.collector.limits.bounds import Bounds
from plumbline.collector.limits.errors import AdoptionRefused
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.wire.settings import Problem

B = TypeVar("B", bound=Bounds)


class HasLimits(Protocol):
    """The parts of the collector's configuration that hold limits."""

    @property
    def detection(self) -> DetectionSettings:
        """Limits of acceleration."""

    @property
    def deformation(self) -> DeformationSettings:
        """Limits of tilt and settlement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One limit of the configuration.

    Attributes
    ----------
    where
        Its place in the file, as ``deformation.limit[0]``.
    live
        Whether a running collector follows its adoption; else it does at its next start.
    """

    limit: Bounds
    where: str
    approval: LimitApproval
    live: bool

    @property
    def may_page(self) -> bool:
        """True: it may call people."""
        return may_page(self.approval.standing)


def configured(settings: HasLimits) -> Iterator[tuple[str, Bounds, bool]]:
    """Yield every limit with its place in the file, and whether an adoption is followed live."""
    tables: tuple[tuple[str, tuple[Bounds, ...], bool], ...] = (
        ("deformation.limit", settings.deformation.limit, True),
        ("detection.limit", settings.detection.limit, False),
        ("detection.threshold", settings.detection.threshold, False),
    )
    for table, limits, live in tables:
        for number, limit in enumerate(limits):
            yield f"{table}[{number}]", limit, live


def name_problems(settings: HasLimits) -> Iterator[Problem]:
    """Yield limits that go by the same name."""
    times = Counter(limit.id for _, limit, _ in configured(settings))
    for where, limit, _ in configured(settings):
        if times[limit.id] > 1:
            yield Problem(
                where=where,
                what=f"{times[limit.id]} limits are called {limit.id}; give each a name",
            )


def register(settings: HasLimits, adoptions: dict[str, Adopted]) -> list[Registered]:
    """Return every limit with the standing it has now."""
    return [
        Registered(
            limit=limit,
            where=where,
            approval=approval_of(limit, adoptions.get(limit.id)),
            live=live,
        )
        for where, limit, live in configured(settings)
    ]


def orphans(settings: HasLimits, adoptions: dict[str, Adopted]) -> list[Adopted]:
    """Return adoptions of limits the configuration does not hold any more."""
    there = {limit.id for _, limit, _ in configured(settings)}
    return [each for name, each in adoptions.items() if name not in there]


def adopt(
    settings: HasLimits, store: AdoptionStore, limit_id: str, by: Adoption, at_ns: int
) -> Registered:
    """Make a candidate limit the project's own.

    Raises
    ------
    AdoptionRefused
        If no limit is called so, or it is no candidate.
    """
    known = {each.limit.id: each for each in register(settings, store.adoptions())}
    found = known.get(limit_id)
    if found is None:
        names = ", ".join(sorted(known)) or "none"
        raise AdoptionRefused(f"no limit is called {limit_id!r}; the configuration has {names}")
    if found.approval.adoption is not None:
        who = found.approval.adoption
        raise AdoptionRefused(
            f"{limit_id} was adopted by {who.engineer} on {who.date} ({who.document}); withdraw "
            "that first"
        )
    if found.limit.standing is not Standing.CANDIDATE:
        raise AdoptionRefused(
            f"{limit_id} is {found.limit.standing} by the configuration and may call people "
            "already; there is nothing to adopt"
        )
    store.adopt(limit_id, by, definition=found.limit.definition(), at_ns=at_ns)
    return next(each for each in register(settings, store.adoptions()) if each.limit.id == limit_id)


def as_adopted(limits: tuple[B, ...], approvals: Approvals) -> tuple[B, ...]:
    """Return limits with the standing they have now."""
    return tuple(limit.model_copy(update={"standing": approvals.of(limit)}) for limit in limits)


def with_adoptions(detect: DetectionSettings, approvals: Approvals) -> DetectionSettings:
    """Return the section of acceleration with the standing its limits have now."""
    limits = {
        "limit": as_adopted(detect.limit, approvals),
        "threshold": as_adopted(detect.threshold, approvals),
    }
    return detect.model_copy(update=limits)
