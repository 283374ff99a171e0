"""Forty years of Bangkok benchmarks: rates, reversed signs, placeholders, replacements."""

import csv
from collections import defaultdict

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.settlement.benchmark_levels import (
    Sign,
    compare_rates,
    epoch_rates,
    placeholders,
    suspect_changes,
)
from plumbline.analysis.statistics.theil_sen import theil_sen


@pytest.fixture(scope="module")
def levels():
    folder = shared_data("bangkok-levelling")
    with (folder / "levelling_cm.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    years = np.array([float(word.replace("_5", ".5")) for word in header[1:]])
    return years, {row[0]: np.array([float(w) if w else np.nan for w in row[1:]]) for row in rows}


@pytest.fixture(scope="module")
def stated():
    folder = shared_data("bangkok-levelling")
    rates = defaultdict(list)
    with (folder / "annual_rates_by_authors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rates[row["BMCode"]].append((float(row["year"]), float(row["rate_cm_per_yr"])))
    return rates


@pytest.fixture(scope="module")
def compared(levels, stated):
    years, table = levels
    return {
        name: compare_rates(years, table[name], *zip(*rates[1:], strict=True))
        for name, rates in stated.items()
    }


def test_36_benchmarks_agree_with_the_authors_at_every_epoch(compared):
    assert len(compared) == 50
    assert sum(each.verdict is Sign.AGREES for each in compared.values()) == 36
    assert sum(each.agreeing for each in compared.values()) == 436


def test_five_benchmarks_are_reported_as_reversed(compared):
    turned = {name for name, each in compared.items() if each.verdict is Sign.REVERSED}
    assert turned == {"BK 2", "PD 23", "NL 53", "NL 18", "NL 70"}


def test_every_zero_after_a_level_is_a_placeholder_on_190_benchmarks(levels):
    _, table = levels
    flags = {name: placeholders(level) for name, level in table.items()}
    assert sum(bool(each.any()) for each in flags.values()) == 190
    for name, each in flags.items():
        assert np.all(table[name][each] == 0.0)
    assert not any(each[np.flatnonzero(np.isfinite(table[n]))[0]] for n, each in flags.items())


def test_replaced_benchmarks_jump_and_are_suspected(levels):
    years, table = levels
    jumping = []
    for level in table.values():
        cleaned = np.where(placeholders(level), np.nan, level)
        large = np.abs(epoch_rates(years, cleaned).rate) > 30.0
        if large.any():
            jumping.append(bool(np.all(suspect_changes(years, cleaned)[large])))
    assert len(jumping) == 20
    assert all(jumping)


def test_a_robust_rate_is_near_the_least_squares_one_of_a_clean_benchmark(levels):
    years, table = levels
    for name, printed in {"PD 17": -0.292, "NL 34": -0.300, "NL 36": -0.575}.items():
        measured = np.isfinite(table[name]) & ~placeholders(table[name])
        line = theil_sen(years[measured], table[name][measured])
        assert line.low <= printed <= line.high


def test_a_first_zero_is_where_a_benchmark_starts():
    assert placeholders([0.0, np.nan, -1.0, 0.0, 0.0, 2.0]).tolist() == [False] * 3 + [True] * 2 + [
        False
    ]


def test_a_source_that_prints_the_plain_change_still_agrees():
    found = compare_rates([1990, 1992], [0.0, -3.0], [1992], [-3.0])
    assert found.verdict is Sign.AGREES
    assert compare_rates([1990, 1992], [0.0, -3.0], [1992], [1.5]).verdict is Sign.REVERSED
    assert compare_rates([1990, 1992], [0.0, -3.0], [1992], [0.7]).verdict is Sign.DISAGREES
