"""Spans above a threshold and coincidences of them, as ObsPy's tests print them."""

from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy.signal.trigger import recursive_sta_lta

from plumbline.analysis.trigger.spans import coincidences, on_off_spans

FOLDER = Path(obspy.__file__).parent / "signal" / "tests" / "data"


def test_spans_are_the_published_ones():
    wave = np.sin(np.arange(0, 5 * np.pi, 0.1))
    ratio = np.concatenate([wave + 1, wave + 2.1, wave + 0.4, wave + 1])
    published = [
        (6, 31), (69, 94), (131, 181), (215, 265), (278, 315), (480, 505), (543, 568), (605, 631),
    ]  # fmt: skip
    assert on_off_spans(ratio, 1.5, 1.0, longest=50) == published


def test_three_events_coincide_on_the_published_stations():
    spans: dict[str, list[tuple[float, float]]] = {}
    for path in sorted(FOLDER.glob("BW.UH?._.?HZ.D.2010.147.cut.slist.gz")):
        stream = obspy.read(str(path)).filter("bandpass", freqmin=10, freqmax=20)
        for trace in stream:
            rate_hz = trace.stats.sampling_rate
            start = trace.stats.starttime.timestamp
            ratio = recursive_sta_lta(trace.data, int(0.5 * rate_hz), int(10 * rate_hz))
            found = on_off_spans(ratio, 3.5, 1.0)
            spans.setdefault(trace.id, []).extend(
                (start + first / rate_hz, start + last / rate_hz) for first, last in found
            )
    events = coincidences(spans, 3)
    assert [len(event.channels) for event in events] == [4, 3, 4]
    for event, (least, most) in zip(events, [(4.2, 4.8), (3.2, 3.7), (4.2, 4.4)], strict=True):
        assert least < event.stop - event.start < most


def test_one_channel_that_triggers_twice_is_not_two_channels():
    assert coincidences({"a": [(0.0, 5.0), (2.0, 3.0)]}, 2) == []


def test_spans_that_do_not_touch_are_not_one_event():
    assert coincidences({"a": [(0.0, 1.0)], "b": [(2.0, 3.0)]}, 2) == []


def test_a_ratio_that_never_falls_ends_with_the_record():
    assert on_off_spans(np.array([0.0, 2.0, 2.0]), 1.5, 1.0) == [(1, 2)]


def test_thresholds_out_of_order_are_refused():
    with pytest.raises(ValueError, match="cannot end above"):
        on_off_spans(np.zeros(3), 1.0, 1.5)
