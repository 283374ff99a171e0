"""``plumbline survey``: distortion of levelled points, rates beside another source's."""

import json

import numpy as np
import pytest

from plumbline.cli import main
from plumbline.research.survey.positions import read_positions
from plumbline.research.survey.stated_rates import year_of

HEADER = "point,date,level,benchmark,surveyor"


@pytest.fixture
def survey(tmp_path):
    """Return a function that imports heights in mm, a date a survey, and names the store."""
    store = str(tmp_path / "survey.db")

    def write(surveys, benchmark="BM1"):
        rows = [
            f"{point},{date},{mm:.3f},{benchmark},Somchai"
            for date, heights in surveys.items()
            for point, mm in heights.items()
        ]
        table = tmp_path / "levels.csv"
        table.write_text("\n".join([HEADER.replace("level", "level [mm]"), *rows]))
        assert main(["survey", "import", str(table), "--store", store]) == 0
        return store

    return write


def positions(tmp_path, places):
    path = tmp_path / "columns.csv"
    path.write_text("\n".join(["point,x,y", *(f"{n},{x},{y}" for n, (x, y) in places.items())]))
    return str(path)


def report(capsys, *words):
    capsys.readouterr()
    assert main(["survey", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


GRID = {f"C{i}{j}": (10.0 * i, 8.0 * j) for i in range(3) for j in range(3)}


def test_a_building_that_only_tilts_has_a_plane_and_no_distortion(tmp_path, capsys, survey):
    settled = {n: 5 + 0.3 * x - 0.4 * y for n, (x, y) in GRID.items()}  # 300 and -400 urad
    store = survey(
        {"2025-03-01": dict.fromkeys(GRID, 3000.0),
         "2026-03-01": {n: 3000.0 - s for n, s in settled.items()}}
    )  # fmt: skip
    found = report(capsys, "distortion", positions(tmp_path, GRID), "--store", store)
    plane = found["plane"]
    assert plane["tilt_urad"] == pytest.approx(500.0)
    # Down toward +x and -y: clockwise from y, atan2(300, -400).
    assert plane["toward_deg"] == pytest.approx(180 - np.degrees(np.arctan(0.75)))
    assert found["largest_angular_distortion"]["angular_distortion"] == pytest.approx(0, abs=1e-9)
    assert found["largest_rotation"]["rotation"] != 0
    assert found["damage"]["category"] == 0
    tilt = [one for one in found["limits"] if one["quantity"] == "tilt of the whole"]
    assert {one["limit"] for one in tilt} == {"bjerrum-visible-tilt", "sowers-tower"}
    assert all(one["found"] == pytest.approx(5e-4) and not one["reached"] for one in tilt)


def test_a_sunken_column_is_found_between_its_neighbours(tmp_path, capsys, survey):
    heights = dict.fromkeys(GRID, 3000.0) | {"C11": 2970.0}
    store = survey({"2025-03-01": dict.fromkeys(GRID, 3000.0), "2026-03-01": heights})
    words = ("distortion", positions(tmp_path, GRID), "--store", store, "--robust")
    found = report(capsys, *words, "--level-sigma-mm", "0.3")
    worst = found["largest_angular_distortion"]
    assert "C11" in (worst["first"], worst["second"])
    assert worst["distance_m"] == 8.0  # the nearer side is the steeper
    assert abs(worst["angular_distortion"]) == pytest.approx(30e-3 / 8, rel=0.01)
    assert worst["sigma_mm"] == pytest.approx(2 * 0.3)  # four levels
    by_name = {one["limit"]: one for one in found["limits"]}
    assert by_name["ec7-loosest"]["reached"]  # 1/267 beyond 1/300
    assert not by_name["ec7-ultimate"]["reached"]
    assert by_name["bjerrum-first-cracks"]["standing"] == "candidate"
    assert not any(one["adopted"] for one in found["limits"])
    assert any("--profile" in note for note in found["notes"])
    # beta / 2 = 0.19 % by Mohr's circle of pure distortion: category 3 (0.15 to 0.3 %).
    assert found["damage"]["strain"] == pytest.approx(30e-3 / 8 / 2, rel=0.01)
    assert found["damage"]["category"] == 3


def test_a_profile_has_its_curvature_and_hogging_halves_the_limit(tmp_path, capsys, survey):
    row = {f"A{i}": (10.0 * i, 0.0) for i in range(5)}
    sag = dict(zip(row, (0.0, 9.0, 12.0, 9.0, 0.0), strict=True))
    store = survey(
        {"2025-03-01": dict.fromkeys(row, 1000.0),
         "2025-06-01": {n: 1000.0 - s for n, s in sag.items()},
         "2025-09-01": {n: 1000.0 - 2 * sag[n] - 12 + sag[n] * 3 for n in row}}
    )  # fmt: skip
    words = ("distortion", positions(tmp_path, row), "--store", store, "--profile", ",".join(row))
    found = report(capsys, *words, "--until", "2025-06-01")
    (profile,) = found["profiles"]
    assert found["plane"] is None
    assert "one line" in found["no_angular_distortion"]
    assert (profile["curvature"], profile["rigid_tilt_from"]) == ("sagging", "chord of its ends")
    assert profile["deflection_ratio"] == pytest.approx(12e-3 / 40)
    assert profile["segments"][0]["angular_distortion"] == pytest.approx(9e-4)
    hogged = report(capsys, *words, "--since", "2025-06-01")
    assert hogged["profiles"][0]["curvature"] == "hogging"
    by_name = {one["limit"]: one for one in hogged["limits"]}
    assert by_name["ec7-common"]["ratio"] == pytest.approx(1 / 1000)
    assert by_name["ec7-common"]["halved_for_hogging"]
    assert main(["survey", *words]) == 0
    out = capsys.readouterr().out
    assert "half for hogging" in out
    assert "candidates for this structure until one is adopted" in out
    assert "EN 1997-1:2004" in out


def test_three_points_give_a_plane_and_no_distortion(tmp_path, capsys, survey):
    three = {"A": (0.0, 0.0), "B": (10.0, 0.0), "C": (0.0, 10.0)}
    store = survey(
        {"2025-03-01": dict.fromkeys(three, 100.0), "2025-04-01": {"A": 90.0, "B": 99.0, "C": 97.0}}
    )
    found = report(capsys, "distortion", positions(tmp_path, three), "--store", store)
    assert found["plane"]["residual_sigma_mm"] is None
    assert found["largest_angular_distortion"] is None
    assert "whatever they do" in found["no_angular_distortion"]
    assert found["damage"] is None
    two = {name: three[name] for name in "AB"}
    found = report(
        capsys, "distortion", positions(tmp_path, two), "--store", store, "--crack-mm", "3"
    )
    assert found["plane"] is None
    assert found["largest_rotation"]["rotation"] == pytest.approx(-9e-4)
    assert (found["crack"]["category"], found["crack"]["may_stand_alone"]) == (2, False)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--profile", "A,B,Z"), "Z: not levelled on both days"),
        (("--profile", "A,C,B"), "off the line"),
        (("--since", "2030-01-01"), "levelled once in that time"),
        (("--since", "soon"), "write 2025-03-28"),
    ],
)
def test_what_the_user_can_mend_is_one_line(tmp_path, capsys, survey, words, reason):
    places = {"A": (0.0, 0.0), "B": (10.0, 0.0), "C": (5.0, 5.0)}
    store = survey(
        {"2025-03-01": dict.fromkeys(places, 1.0), "2025-04-01": dict.fromkeys(places, 0.0)}
    )
    capsys.readouterr()
    assert (
        main(["survey", "distortion", positions(tmp_path, places), "--store", store, *words]) == 2
    )
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


def test_positions_are_read_as_people_write_them():
    assert read_positions(["Pt;Easting [cm];N", "P1;1250,5;3"]) == {"P1": (12.505, 3.0)}
    for lines, reason in (
        (["point,x", "A,1"], "lacks y"),
        (["point,x,y", "A,1,2", "A,1,3"], "line 3: A stands at two places"),
        (["point,x,y", "A,,2"], "line 2"),
        (["point,x [ft],y", "A,1,2"], "m, cm or mm"),
    ):
        with pytest.raises(ValueError, match=reason):
            read_positions(lines)


def test_rates_of_another_source_agree_or_have_their_sign_turned(tmp_path, capsys, survey):
    heights = {1990: (0.0, 0.0, 0.0), 1991: (-10.0, -5.0, -2.0), 1993: (-40.0, -9.0, -4.0)}
    points = ("P1", "P2", "P3")
    store = survey(
        {f"{year}-07-01": dict(zip(points, mm, strict=True)) for year, mm in heights.items()}
    )
    stated = tmp_path / "authority.csv"
    stated.write_text(
        "BMCode,year,rate_cm_per_yr\n"
        "P1,1991,-1.0\nP1,1993,-1.5\n"  # as levelled
        "P2,1991,0.5\nP2,1993,0.2\n"  # the sign turned
        "P3,1991,-0.9\nP3,1993,-0.9\n"  # something else
        "P9,1991,-1.0\n"
    )
    found = report(capsys, "compare", str(stated), "--store", store)["points"]
    assert [one["verdict"] for one in found] == ["agrees", "reversed", "disagrees", None]
    assert found[1]["reversed"] == 2
    assert main(["survey", "compare", str(stated), "--store", store]) == 0
    out = capsys.readouterr().out
    assert "P2: reversed (0 epochs agree, 2 with the sign turned, 0 differ)" in out
    assert "P9: not compared, no levels of it here" in out


def test_a_date_is_a_year_with_its_part():
    assert year_of(0) == 1970.0
    assert year_of(182 * 86_400 * 10**9) == pytest.approx(1970 + 182 / 365)


def test_a_benchmark_set_anew_is_suspected_and_a_settling_one_is_not(tmp_path, capsys, survey):
    months = [f"2025-{m:02}-01" for m in range(1, 13)]
    rng = np.random.default_rng(3)
    fast = 100 * np.exp(-np.arange(12) / 3) + rng.normal(0, 0.2, 12)
    anew = -np.arange(12) + rng.normal(0, 0.2, 12) + np.where(np.arange(12) >= 7, 60.0, 0.0)
    store = survey(
        {d: {"FAST": 500 + f, "ANEW": 900 + a} for d, f, a in zip(months, fast, anew, strict=True)}
    )
    by_name = {one["point"]: one for one in report(capsys, "points", "--store", store)["points"]}
    assert by_name["FAST"]["suspect_changes"] == []
    (one,) = by_name["ANEW"]["suspect_changes"]
    assert (one["from"], one["to"]) == ("2025-07-01", "2025-08-01")
    assert one["change_mm"] == pytest.approx(59.0, abs=1.0)
    assert main(["survey", "points", "--store", store]) == 0
    assert "suspect: its level changed by +5" in capsys.readouterr().out
