"""Count lost, duplicated and altered samples in an archive, with nothing of ours.

    python tests/recount.py ARCHIVE TRUTH [--json]

ARCHIVE is an SDS folder, TRUTH the folder a simulator wrote (``streams.json`` names for every
stream a file of rows and their NumPy type; ``fate`` says what became of a row on the line:
0 delivered, 1 dropped, 2 corrupted, 3 unheard, 4 delivered twice). ObsPy reads the archive, NumPy
the truth. Every archived trace is laid where its samples are in the delivered truth, near its time;
what no sample lies on is lost, what two lie on is duplicated, what fits nowhere is altered.
Exit code 0 when all three are zero.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import obspy
from obspy.io.mseed.util import get_record_information

DELIVERED = (0, 4)
NEAR_S = 3.0  # an ASCII instrument is timed by its arrival, half a second at worst
SURE = 32  # so many samples in a row are no coincidence
NS = 1_000_000_000
SETTLED_S = 60.0


@dataclass
class Channel:
    """What became of one channel's samples."""

    nslc: str
    delivered: int
    archived: int
    lost: int = 0
    duplicated: int = 0
    altered: int = 0
    not_delivered: int = 0
    worst_ms: float = 0.0
    lost_runs: list[dict[str, object]] = field(default_factory=list)


def truth_rows(folder: Path, stream: dict) -> np.ndarray:
    """Return the whole rows of one stream in the order of time."""
    dtype = np.dtype(
        [tuple(tuple(p) if isinstance(p, list) else p for p in part) for part in stream["dtype"]]
    )
    content = (folder / stream["file"]).read_bytes()
    rows = np.frombuffer(content[: len(content) // dtype.itemsize * dtype.itemsize], dtype)
    return rows[np.argsort(rows["time_ns"], kind="stable")]


def day_files(archive: Path, nslc: str) -> list[Path]:
    """Return the SDS files of a channel."""
    network, station, _, channel = nslc.split(".")
    return sorted(archive.glob(f"*/{network}/{station}/{channel}.D/{nslc}.D.*"))


def archived_traces(paths: list[Path]) -> list[obspy.Trace]:
    """Return every trace of a channel, in the order of time."""
    stream = obspy.Stream()
    for path in paths:
        stream += obspy.read(str(path))
    return sorted(stream, key=lambda trace: trace.stats.starttime.ns)


def record_starts(paths: list[Path]) -> np.ndarray:
    """Return time and length of every record, in the order of time, shape ``(n, 2)``."""
    found: list[tuple[int, int]] = []
    for path in paths:
        offset, size = 0, path.stat().st_size
        while offset < size:
            record = get_record_information(str(path), offset)
            found.append((record["starttime"].ns, record["npts"]))
            offset += record["record_length"]
    return np.array(sorted(found), np.int64).reshape(-1, 2)


class Laying:
    """Lays archived samples on the delivered truth of one channel."""

    def __init__(self, times_ns: np.ndarray, counts: np.ndarray, rate_hz: float) -> None:
        self.times_ns = times_ns
        self.counts = counts
        self.rate_hz = rate_hz
        self.covered = np.zeros(counts.size, np.int64)
        self.altered = 0
        self.worst_ns = 0

    def lay(self, start_ns: int, samples: np.ndarray) -> int | None:
        """Lay one trace: where it fits, and again from wherever it stops fitting.

        Returns where it lies if it fits in one piece.
        """
        at = 0
        pieces = 0
        begin: int | None = None
        place: int | None = None
        while at < samples.size:
            now_ns = start_ns + round(at * NS / self.rate_hz)
            if place is not None and self._goes_on(place + 1, samples[at + 1 :]):
                self.covered[place] += 1  # one wrong sample between right ones
                self.altered += 1
                at, place = at + 1, place + 1
            else:
                place = self._place(now_ns, samples[at:])
                if place is None:
                    self.altered += 1
                    at += 1
                    continue
                pieces += 1
                begin = place if begin is None else begin
            room = min(samples.size - at, self.counts.size - place)
            wrong = np.flatnonzero(samples[at : at + room] != self.counts[place : place + room])
            fits = int(wrong[0]) if wrong.size else room
            self.covered[place : place + fits] += 1
            at, place = at + fits, place + fits
        return begin if pieces == 1 and not self.altered else None

    def time(self, begin: int, records: np.ndarray) -> None:
        """Compare the times of a trace's records with those of the samples they begin with."""
        places = begin + np.cumsum(records[:, 1]) - records[:, 1]
        true_ns = self.times_ns[places]
        settled = true_ns - self.times_ns[0] > SETTLED_S * NS
        off_ns = np.abs(records[:, 0] - true_ns)[settled]
        self.worst_ns = max(self.worst_ns, int(off_ns.max(initial=0)))

    def _goes_on(self, place: int, samples: np.ndarray) -> bool:
        """Tell whether the truth goes on right here with these samples."""
        room = min(samples.size, SURE)
        return room > 0 and np.array_equal(samples[:room], self.counts[place : place + room])

    def _place(self, start_ns: int, samples: np.ndarray) -> int | None:
        """Return the best index: fits long, is not taken, is near in time."""
        first = int(np.searchsorted(self.times_ns, start_ns - round(NEAR_S * NS)))
        last = int(np.searchsorted(self.times_ns, start_ns + round(NEAR_S * NS)))
        best: tuple[int, int, int] | None = None
        found = None
        for place in range(first, min(last, self.counts.size)):
            if self.counts[place] != samples[0]:
                continue
            room = min(samples.size, self.counts.size - place, SURE)
            same = samples[:room] == self.counts[place : place + room]
            fits = room if same.all() else int(np.argmin(same))
            taken = int(self.covered[place : place + fits].sum())
            rank = (-fits, taken, abs(start_ns - int(self.times_ns[place])))
            if best is None or rank < best:
                best, found = rank, place
        return found


def recounted(archive: Path, truth: Path) -> list[Channel]:
    """Return what became of every channel of a truth."""
    channels: list[Channel] = []
    for stream in json.loads((truth / "streams.json").read_text()):
        rows = truth_rows(truth, stream)
        delivered = rows[np.isin(rows["fate"], DELIVERED)]
        for axis, nslc in enumerate(stream["nslc"]):
            paths = day_files(archive, nslc)
            traces, records = archived_traces(paths), record_starts(paths)
            laying = Laying(
                delivered["time_ns"].astype(np.int64),
                delivered["counts"][:, axis].astype(np.int64),
                float(stream["rate_hz"]),
            )
            for trace in traces:
                start_ns, end_ns = trace.stats.starttime.ns, trace.stats.endtime.ns
                begin = laying.lay(start_ns, np.asarray(trace.data, np.int64))
                inside = records[(records[:, 0] >= start_ns) & (records[:, 0] <= end_ns)]
                if begin is not None and inside[:, 1].sum() == trace.stats.npts:
                    laying.time(begin, inside)
            channels.append(
                Channel(
                    nslc=nslc,
                    delivered=int(delivered.size),
                    archived=sum(int(trace.stats.npts) for trace in traces),
                    lost=int((laying.covered == 0).sum()),
                    duplicated=int(np.maximum(laying.covered - 1, 0).sum()),
                    altered=laying.altered,
                    not_delivered=int(rows.size - delivered.size),
                    worst_ms=laying.worst_ns / 1e6,
                    lost_runs=lost_runs(laying),
                )
            )
    return channels


def lost_runs(laying: Laying) -> list[dict[str, object]]:
    """Return each stretch of lost samples: when it began, how many."""
    lost = np.concatenate([[0], (laying.covered == 0).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(lost))
    return [
        {"start_ns": int(laying.times_ns[a]), "samples": int(b - a)}
        for a, b in edges.reshape(-1, 2)
    ]


def totals(channels: list[Channel]) -> dict[str, int]:
    """Return the sums that must be zero, and what they are sums of."""
    return {
        name: sum(getattr(channel, name) for channel in channels)
        for name in ("delivered", "archived", "lost", "duplicated", "altered")
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    channels = recounted(args.archive, args.truth)
    total = totals(channels)
    if args.json:
        print(json.dumps({**total, "channels": [asdict(channel) for channel in channels]}))
    else:
        for c in channels:
            print(
                f"{c.nslc}: {c.delivered} delivered, {c.archived} archived, {c.lost} lost, "
                f"{c.duplicated} duplicated, {c.altered} altered; "
                f"times within {c.worst_ms:.2f} ms after the first minute"
            )
        print(total)
    return 1 if total["lost"] or total["duplicated"] or total["altered"] else 0


if __name__ == "__main__":
    sys.exit(main())
