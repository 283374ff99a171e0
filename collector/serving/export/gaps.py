"""The gaps of an export: every stretch without samples, and the damaged record behind it."""

import csv
import io
from collections.abc import Iterator, Sequence

from plumbline.collector.archive.reader import ArchiveGap
from plumbline.collector.archive.record_check import DamagedRecord
from plumbline.wire.block import NS
from plumbline.wire.timestamps import iso_nanoseconds

HEADING = ("channel", "start_utc", "end_utc", "seconds", "file", "byte", "reason")


def gap_lines(gaps: Sequence[ArchiveGap], damaged: Sequence[DamagedRecord]) -> Iterator[str]:
    """Yield the list as lines of CSV.

    A gap that damage explains names the first record to blame, by file and byte. Damage that no
    gap shows (the samples may be doubtful, or lie elsewhere too) is a line of its own.
    """
    yield _line(HEADING)
    explained: set[DamagedRecord] = set()
    for gap in gaps:
        behind = [one for one in damaged if _explains(one, gap)]
        explained.update(behind)
        cause = behind[0] if behind else None
        yield _line((gap.nslc, *_span(gap.start_ns, gap.end_ns), *_place(cause)))
        for one in behind[1:]:
            yield _line((one.nslc, *_span(one.start_ns, one.end_ns), *_place(one)))
    for one in damaged:
        if one not in explained:
            yield _line((one.nslc, *_span(one.start_ns, one.end_ns), *_place(one)))


def _explains(one: DamagedRecord, gap: ArchiveGap) -> bool:
    return one.nslc == gap.nslc and one.start_ns < gap.end_ns and gap.start_ns < one.end_ns


def _span(start_ns: int, end_ns: int) -> tuple[str, str, str]:
    return iso_nanoseconds(start_ns), iso_nanoseconds(end_ns), f"{(end_ns - start_ns) / NS:.6f}"


def _place(one: DamagedRecord | None) -> tuple[str, str, str]:
    return ("", "", "") if one is None else (one.name, str(one.first_byte), one.reason)


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
