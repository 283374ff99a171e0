"""Engineers' labels: kept, never overwritten, printed beside the verdicts; thresholds by name."""

from pathlib import Path

import pytest

from plumbline.analysis.classify import Cause, ClassifySettings, Confusion
from plumbline.collector.field.labels.matrix_text import matrix_text
from plumbline.collector.field.labels.settings import ClassifySection
from plumbline.collector.field.labels.store import Label, LabelStore

E, S = Cause.EARTHQUAKE, Cause.SWAY


def label(event: str, cause: Cause, who: str = "S. Chai", when_ns: int = 1) -> Label:
    return Label(event=event, cause=cause, who=who, when_ns=when_ns, note="was there")


@pytest.fixture
def store(tmp_path: Path):
    store = LabelStore(tmp_path / "state" / "labels.db")
    yield store
    store.close()


def test_the_newest_label_of_an_event_counts_and_the_older_are_kept(store):
    first, second = label("a", E), label("a", S, who="T. Oto", when_ns=2)
    other = label("b", E)
    for one in (first, other, second):
        store.add(one)
    assert store.newest() == [other, second]
    assert store.of("a") == [first, second]
    assert store.of("c") == []


def test_labels_outlive_the_process(tmp_path: Path):
    path = tmp_path / "labels.db"
    store = LabelStore(path)
    store.add(label("a", E))
    store.close()
    again = LabelStore(path)
    assert again.newest() == [label("a", E)]
    again.close()


def test_a_label_needs_somebody_who_says_so():
    with pytest.raises(ValueError, match="name of who"):
        label("a", E, who="  ")


def test_the_matrix_is_printed_in_columns_with_how_many_agree():
    lines = matrix_text(Confusion.of([(E, E), (E, S), (S, S)])).splitlines()
    assert lines[0].split() == ["label", "\\", "verdict", "earthquake", "sway", "recall"]
    assert lines[1].split() == ["earthquake", "1", "1", "50%"]
    assert lines[-1] == "67% of 3 labelled events agree"
    ends = {line.index("1") for line in lines[1:2]} | {lines[0].index("earthquake") + 9}
    assert len(ends) == 1
    assert "no event" in matrix_text(Confusion.of([]))


def test_thresholds_are_taken_by_name_and_a_wrong_name_is_told():
    section = ClassifySection.model_validate({"sway_hz": 2.0, "step_hz": [1.0, 3.0]})
    assert section.settings() == ClassifySettings(sway_hz=2.0, step_hz=(1.0, 3.0))
    assert ClassifySection().settings() == ClassifySettings()
    with pytest.raises(ValueError, match="did you mean 'sway_hz'"):
        ClassifySection.model_validate({"sway_hertz": 2.0})
    with pytest.raises(ValueError, match="step_hz: expected two numbers"):
        ClassifySection.model_validate({"step_hz": 2.0})
    with pytest.raises(ValueError, match="lead: expected a number"):
        ClassifySection.model_validate({"lead": "much"})
