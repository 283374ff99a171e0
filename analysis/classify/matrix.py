"""Engineers' labels beside the verdicts: a confusion matrix, and what it says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from plumbline.analysis.classify.causes import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often each label met each verdict.

    Attributes
    ----------
    counts
        By (label, verdict).
    """

    counts: dict[tuple[Cause, Cause], int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[Cause, Cause]]) -> "Confusion":
        """Return the matrix of pairs (label, verdict)."""
        return cls(counts=dict(Counter(pairs)))

    @property
    def total(self) -> int:
        """How many were labelled."""
        return sum(self.counts.values())

    @property
    def agreement(self) -> float | None:
        """Share where label and verdict are the same; None without labels. [1]"""
        same = sum(n for (label, predicted), n in self.counts.items() if label is predicted)
        return same / self.total if self.total else None

    def labelled(self, cause: Cause) -> int:
        """Return how many carry a label."""
        return sum(n for (label, _), n in self.counts.items() if label is cause)

    def predicted(self, cause: Cause) -> int:
        """Return how many got a verdict."""
        return sum(n for (_, verdict), n in self.counts.items() if verdict is cause)

    def recall(self, cause: Cause) -> float | None:
        """Return the share of a label that was recognised; None without any. [1]"""
        return self._share(cause, self.labelled(cause))

    def precision(self, cause: Cause) -> float | None:
        """Return the share of a verdict that was right; None without any. [1]"""
        return self._share(cause, self.predicted(cause))

    def rows(self) -> list[list[str]]:
        """Return the matrix as words: a heading, then a row a label, recall last."""
        causes = [c for c in Cause if self.labelled(c) or self.predicted(c)]
        heading = ["label \\ verdict", *map(str, causes), "recall"]
        body = [
            [
                str(label),
                *(str(self.counts.get((label, predicted), 0)) for predicted in causes),
                _percent(self.recall(label)),
            ]
            for label in causes
            if self.labelled(label)
        ]
        precision = [
            "precision",
            *(_percent(self.precision(predicted)) for predicted in causes),
            "",
        ]
        return [heading, *body, precision]

    def _share(self, cause: Cause, of: int) -> float | None:
        return self.counts.get((cause, cause), 0) / of if of else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
