"""Approval of a limit: its standing by the configuration, or by an adoption."""

from dataclasses import dataclass
from typing import Protocol

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.collector.limits.adoptions import Adopted, AdoptionStore
from plumbline.collector.limits.bounds import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitApproval:
    """Standing of a limit, and who answers for it.

    Attributes
    ----------
    adoption
        Who adopted it, where it stands by that.
    void
        An adoption that holds no more, because the limit was changed after it.
    """

    standing: Standing
    adoption: Adoption | None = None
    void: Adoption | None = None


def approval_of(limit: Bounds, adopted: Adopted | None) -> LimitApproval:
    """Return the standing of a limit.

    An adoption is of a limit as it was: with other bounds, or of another channel, it is void, and
    the limit a candidate again.
    """
    if adopted is None:
        return LimitApproval(standing=limit.standing)
    same = adopted.definition == limit.definition()
    if limit.standing is Standing.CANDIDATE and same:
        return LimitApproval(standing=Standing.PROJECT, adoption=adopted.by)
    return LimitApproval(standing=limit.standing, void=None if same else adopted.by)


class Approvals(Protocol):
    """Where the standing of limits is known from."""

    def of(self, limit: Bounds) -> Standing:
        """Return the standing a limit has now."""

    def refresh(self) -> bool:
        """Read again if anything was adopted or withdrawn; return whether it was."""


class ConfiguredApprovals:
    """Standings of the configuration alone."""

    def of(self, limit: Bounds) -> Standing:
        """Return the standing of the configuration."""
        return limit.standing

    def refresh(self) -> bool:
        """Nothing ever changes."""
        return False


class AdoptedApprovals:
    """Standings of the configuration and of adoptions, followed while they change."""

    def __init__(self, store: AdoptionStore) -> None:
        self._store = store
        self._version = store.version()
        self._adoptions = store.adoptions()

    def of(self, limit: Bounds) -> Standing:
        """Return the standing a limit has now."""
        return approval_of(limit, self._adoptions.get(limit.id)).standing

    def refresh(self) -> bool:
        """Read again if somebody has written."""
        if (version := self._store.version()) == self._version:
            return False
        self._version, self._adoptions = version, self._store.adoptions()
        return True
