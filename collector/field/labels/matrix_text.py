"""The confusion matrix of labels and verdicts as text."""

from collections.abc import Iterator, Sequence

from plumbline.analysis.classify import Confusion


def matrix_text(matrix: Confusion) -> str:
    """Return a matrix as a person reads it, with how many agree."""
    if matrix.agreement is None:
        return "no event has both a label and a verdict"
    lines = list(_aligned(matrix.rows()))
    noun = "event" if matrix.total == 1 else "events"
    lines.append(f"{matrix.agreement:.0%} of {matrix.total} labelled {noun} agree")
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()
