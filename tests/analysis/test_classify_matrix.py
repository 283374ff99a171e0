"""The confusion matrix of labels and verdicts."""

import pytest

from plumbline.analysis.classify import Cause, Confusion

E, S, C = Cause.EARTHQUAKE, Cause.SWAY, Cause.CONSTRUCTION
PAIRS = [(E, E)] * 6 + [(E, S)] * 2 + [(S, S)] * 3 + [(C, E)]


def test_counts_shares_and_agreement_are_those_counted_by_hand():
    matrix = Confusion.of(PAIRS)
    assert matrix.total == 12
    assert matrix.agreement == pytest.approx(9 / 12)
    assert matrix.recall(E) == pytest.approx(6 / 8)
    assert matrix.precision(E) == pytest.approx(6 / 7)
    assert matrix.recall(C) == 0.0
    assert matrix.precision(C) is None


def test_the_rows_are_labels_and_the_columns_verdicts():
    assert Confusion.of(PAIRS).rows() == [
        ["label \\ verdict", "earthquake", "sway", "construction", "recall"],
        ["earthquake", "6", "2", "0", "75%"],
        ["sway", "0", "3", "0", "100%"],
        ["construction", "1", "0", "0", "0%"],
        ["precision", "86%", "60%", "-", ""],
    ]


def test_without_labels_there_is_nothing_to_agree_on():
    empty = Confusion.of([])
    assert empty.agreement is None
    assert empty.rows() == [["label \\ verdict", "recall"], ["precision", ""]]
