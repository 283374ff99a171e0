"""Levelling runs: taken whole or refused whole, closed or said to be open, benchmarks watched."""

import json

import pytest

from plumbline.cli import main
from plumbline.collector.field.levelling import (
    DoubtKind,
    LevellingRun,
    LevelReading,
    SurveyError,
    SurveyOutcome,
    SurveyStore,
    benchmark_reports,
    doubts,
    read_runs,
)
from plumbline.collector.field.levelling.table import LevelUnit

HEADER = "point,date,level,benchmark,surveyor"
CLOSED = [
    HEADER,
    "BM1,2025-03-01,2.0000,BM1,Somchai",
    "P1,2025-03-01,3.1000,BM1,Somchai",
    "P2,2025-03-01,3.2000,BM1,Somchai",
    "BM1,2025-03-01,2.0010,BM1,Somchai",
]


@pytest.fixture
def store(tmp_path):
    with SurveyStore(tmp_path / "survey.db") as opened:
        yield opened


def levelled(day: int, levels: dict[str, float], benchmark: str = "BM1") -> LevellingRun:
    return LevellingRun(
        date_ns=day * 86_400 * 10**9,
        benchmark=benchmark,
        surveyor="Somchai",
        levels=tuple(LevelReading(point=name, level_mm=mm) for name, mm in levels.items()),
    )


def test_a_table_becomes_runs_of_one_day_one_benchmark_and_one_surveyor():
    more = ["P1,2025-03-08,3.0990,BM1,Somchai", "P1,2025-03-08,3.0991,BM2,Malee"]
    first, second, third = read_runs([*CLOSED, *more])
    assert [level.point for level in first.points] == ["P1", "P2"]
    assert first.levels[1].level_mm == pytest.approx(3100.0)
    assert first.closure().error_mm == pytest.approx(1.0)
    assert second.closure() is None
    assert (third.benchmark, third.surveyor) == ("BM2", "Malee")


def test_units_and_lengths_are_taken_from_where_they_are_stated():
    lines = [f"{HEADER},length_km", "B,2025-03-01,10,B,S,0.25", "B,2025-03-01,12,B,S,"]
    (run,) = read_runs(lines, LevelUnit.MM)
    assert run.closure().allowed_mm == pytest.approx(6.0)
    assert run.closure().closes
    assert not run.closure(1.0).closes


def test_every_wrong_line_is_named_at_once_and_nothing_is_taken():
    lines = [*CLOSED, "P3,yesterday,1,BM1,S", "P4,2025-03-01,high,BM1,S", "P5,2025-03-01,1,,S"]
    with pytest.raises(SurveyError) as caught:
        read_runs(lines)
    text = str(caught.value)
    assert "line 6: date 'yesterday'" in text
    assert "line 7: level 'high'" in text
    assert "line 8: benchmark missing" in text


def test_a_table_without_its_columns_says_which_it_lacks():
    with pytest.raises(SurveyError, match="lacks benchmark, surveyor"):
        read_runs(["point,date,level", "P1,2025-03-01,1"])
    with pytest.raises(SurveyError, match="no readings"):
        read_runs([HEADER])


def test_a_closed_run_is_taken_and_an_open_one_says_so(store):
    (closed,) = read_runs(CLOSED)
    assert store.add(closed, imported_ns=1) is SurveyOutcome.TAKEN
    assert store.add(levelled(1, {"P1": 1.0}), imported_ns=1) is SurveyOutcome.TAKEN_OPEN


def test_a_run_that_does_not_close_is_refused_whole(store):
    run = levelled(1, {"BM1": 0.0, "P1": 5.0})
    wide = LevellingRun(
        date_ns=run.date_ns,
        benchmark="BM1",
        surveyor="S",
        levels=(*run.levels, LevelReading(point="BM1", level_mm=9.0)),
    )
    assert store.add(wide, imported_ns=1) is SurveyOutcome.NOT_CLOSED
    assert store.points() == []


def test_importing_twice_changes_nothing_and_a_second_truth_is_refused(store):
    run = levelled(1, {"P1": 5.0})
    store.add(run, imported_ns=1)
    assert store.add(run, imported_ns=2) is SurveyOutcome.KNOWN
    assert store.add(levelled(1, {"P1": 5.5}), imported_ns=3) is SurveyOutcome.CONFLICT
    assert [each.level_mm for each in store.levels("P1")] == [5.0]


def test_levels_survive_the_program_and_come_back_in_order_of_time(tmp_path):
    with SurveyStore(tmp_path / "s.db") as store:
        for day in (30, 10, 20):
            store.add(levelled(day, {"P1": float(day)}), imported_ns=1)
    with SurveyStore(tmp_path / "s.db") as store:
        assert [each.level_mm for each in store.levels("P1")] == [10.0, 20.0, 30.0]


def test_a_sinking_benchmark_is_seen_from_another_and_a_lone_one_is_unknown(store):
    for index in range(12):
        sinking = 4000.0 - 0.8 * index + 0.05 * (-1) ** index
        store.add(levelled(30 * index, {"BM2": sinking}), imported_ns=1)
        store.add(levelled(30 * index, {"P1": 3000.0}, benchmark="BM2"), imported_ns=1)
    reports = {each.benchmark: each for each in benchmark_reports(store)}
    assert reports["BM2"].seen_from == "BM1"
    assert reports["BM2"].stability.verdict.value == "moving"
    assert reports["BM2"].stability.rate_mm_a_year == pytest.approx(-0.8 * 365.25 / 30, rel=0.1)
    assert reports["BM1"].stability.verdict.value == "unknown"


def test_the_command_imports_lists_and_hands_a_point_to_the_trend(tmp_path, capsys):
    table, db = tmp_path / "runs.csv", str(tmp_path / "survey.db")
    table.write_text("\n".join([*CLOSED, "P1,2025-04-01,3.0960,BM1,Somchai"]), encoding="utf-8")
    assert main(["survey", "import", str(table), "--store", db, "--json"]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert [run["outcome"] for run in taken["runs"]] == ["taken", "taken, closure not checked"]
    assert taken["runs"][0]["closure_mm"] == pytest.approx(1.0)
    assert taken["benchmarks"][0]["verdict"] == "unknown"
    assert main(["survey", "import", str(table), "--store", db]) == 0
    assert "already here" in capsys.readouterr().out
    assert main(["survey", "points", "--store", db, "--json"]) == 0
    points = {row["point"]: row for row in json.loads(capsys.readouterr().out)["points"]}
    assert points["P1"]["settlement_mm"] == pytest.approx(4.0)
    assert main(["survey", "points", "--store", db]) == 0
    assert "settled +4.00 mm" in capsys.readouterr().out
    assert main(["survey", "levels", "P1", "--store", db]) == 0
    assert capsys.readouterr().out.splitlines()[2].startswith("2025-04-01,4.000,3096.000,BM1")


def test_the_command_refuses_what_does_not_close_and_says_so(tmp_path, capsys):
    table = tmp_path / "runs.csv"
    table.write_text("\n".join(CLOSED), encoding="utf-8")
    words = ["survey", "import", str(table), "--store", str(tmp_path / "s.db")]
    assert main([*words, "--closure-mm", "0.5"]) == 1
    assert "closure +1.00 mm of 0.50 allowed: refused" in capsys.readouterr().out


def test_what_the_user_can_mend_is_one_line(tmp_path, capsys):
    assert main(["survey", "points", "--store", str(tmp_path / "none.db")]) == 2
    assert "import a table first" in capsys.readouterr().err
    assert main(["survey", "import", str(tmp_path / "none.csv")]) == 2
    bad = tmp_path / "bad.csv"
    bad.write_text("point,date\n", encoding="utf-8")
    assert main(["survey", "import", str(bad), "--store", str(tmp_path / "s.db")]) == 2
    assert "lacks level" in capsys.readouterr().err.splitlines()[-1]
    table = tmp_path / "runs.csv"
    table.write_text("\n".join(CLOSED), encoding="utf-8")
    assert main(["survey", "import", str(table), "--store", str(tmp_path / "s.db")]) == 0
    assert main(["survey", "levels", "P9", "--store", str(tmp_path / "s.db")]) == 2
    assert "there are BM1, P1, P2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "P1;28/03/2025;3,1000;BM1;Somchai",
        "P1;28.03.2025;3,1000;BM1;Somchai",
        "P1;28/03/2568;3,1000;BM1;Somchai",
        "P1;2568-03-28;3.1;BM1;Somchai",
        "P1;28-Mar-2025;3.1;BM1;Somchai",
        "P1\t2025/03/28\t3.1\tBM1\tSomchai",
    ],
)
def test_tables_as_surveyors_write_them_are_read(line):
    sep = "\t" if "\t" in line else ";"
    (run,) = read_runs(["sep=" + sep, HEADER.replace(",", sep), line])
    assert run.date_ns == 1_743_120_000 * 10**9  # 28 March 2025
    assert run.levels == (LevelReading(point="P1", level_mm=3100.0),)


def test_a_unit_in_the_header_goes_before_the_option():
    header = HEADER.replace("level", "Level [mm]")
    (run,) = read_runs([header, "P1,2025-03-01,10,BM1,S"], LevelUnit.M)
    assert run.levels[0].level_mm == 10.0
    with pytest.raises(SurveyError, match="its unit is m, cm or mm"):
        read_runs([HEADER.replace("level", "level (ft)"), "P1,2025-03-01,10,BM1,S"])


def test_a_collectors_structure_has_a_store_of_its_own(tmp_path, capsys):
    table = tmp_path / "march.csv"
    table.write_text("\n".join(CLOSED), encoding="utf-8")
    data = tmp_path / "data"
    words = ["survey", "import", str(table), "--data", str(data)]
    assert main([*words, "--structure", "TWR01"]) == 2
    assert "no collector's data folder" in capsys.readouterr().err
    (data / "state").mkdir(parents=True)
    assert main(words) == 2
    assert "say whose with --structure" in capsys.readouterr().err
    assert main([*words, "--structure", "TWR01"]) == 0
    assert (data / "surveys" / "TWR01.db").exists()
    assert main(["survey", "points", "--data", str(data), "--structure", "TWR01"]) == 0
    assert "P1: 1 levels" in capsys.readouterr().out


def epochs(*levels_of_p, others=(3200.0, 3300.0)):
    """Return monthly runs of three points; the first as given, the others a millimetre a month."""
    return [
        levelled(30 * k, {"P": level, **{f"Q{i}": mm - k for i, mm in enumerate(others)}})
        for k, level in enumerate(levels_of_p)
    ]


def test_a_point_set_anew_is_told_and_a_site_that_settles_together_is_not(store):
    for run in epochs(3100.0, 3099.0, 3098.0, 3597.0, 3596.0):
        store.add(run, imported_ns=0)
    (doubt,) = doubts(store)
    assert (doubt.point, doubt.kind) == ("P", DoubtKind.JUMP)
    assert "+499.00 mm" in doubt.reason
    assert "others by -1.00 mm" in doubt.reason


def test_a_point_that_ends_where_another_begins_may_be_renamed(store):
    before, after = {"P1": 3100.0, "P2": 3200.0}, {"P1": 3099.0, "P2A": 3198.5}
    for day, levels in ((0, before), (30, before), (60, after)):
        store.add(levelled(day, levels), imported_ns=0)
    (doubt,) = doubts(store)
    assert (doubt.point, doubt.kind) == ("P2A", DoubtKind.RENAMED)
    assert "P2 ended 1970-01-31" in doubt.reason


def test_two_spellings_of_a_name_are_told(store):
    for day, name in ((0, "P-1"), (30, "p1")):
        store.add(levelled(day, {name: 3100.0, "Q": 3200.0}), imported_ns=0)
    assert DoubtKind.ALIKE in {doubt.kind for doubt in doubts(store)}


def test_a_point_read_twice_that_disagrees_with_itself_refuses_its_run(store):
    lines = [*CLOSED[:4], "P1,2025-03-01,3.1500,BM1,Somchai", CLOSED[4]]
    (run,) = read_runs(lines)
    assert run.disagreement() == ("P1", pytest.approx(50.0))
    assert store.add(run, imported_ns=0) is SurveyOutcome.DISAGREES
    assert store.points() == []
    (agreed,) = read_runs([line.replace("3.1500", "3.1004") for line in lines])
    assert store.add(agreed, imported_ns=0) is SurveyOutcome.TAKEN


def test_a_code_for_no_reading_is_no_level():
    for word in ("-9999", "-999.0", "99999"):
        with pytest.raises(SurveyError, match=f"line 3: level '{word}' is a code"):
            read_runs([HEADER, CLOSED[1], f"P1,2025-03-01,{word},BM1,Somchai"])


def test_a_wrong_line_has_the_number_it_has_in_the_file():
    lines = ["# a site", "", *CLOSED[:2], "", "P1,soon,1,BM1,S"]
    with pytest.raises(SurveyError, match="line 6: date 'soon'"):
        read_runs(lines)


@pytest.mark.parametrize(
    "header",
    ["Point ID,Survey date,RL (mm),BM,Observer", "หมุด,วันที่,ระดับ [mm],หมุดอ้างอิง,ผู้สำรวจ"],
)
def test_columns_are_known_by_the_words_surveyors_use(header):
    (run,) = read_runs([header, "P1,2025-03-01,3100,BM1,S"])
    assert run.levels == (LevelReading(point="P1", level_mm=3100.0),)


def test_a_table_in_a_code_page_is_read_and_its_doubts_are_printed(tmp_path, capsys):
    rows = [
        f"{name},2025-0{k}-01,{mm},BM1,Müller" for k in (1, 2) for name, mm in (("P", 3), ("p", 3))
    ]
    file = tmp_path / "march.csv"
    file.write_bytes("\n".join([HEADER, *rows]).encode("latin-1"))
    words = ["survey", "import", str(file), "--store", str(tmp_path / "survey.db")]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["doubts"][0]["kind"] == "alike"
    assert main(words) == 0
    assert "look at p: written like P" in capsys.readouterr().out
