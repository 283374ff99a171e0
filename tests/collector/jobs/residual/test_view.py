"""What a shaking moved, as the page and the command line tell it."""

import json
from pathlib import Path

import pytest
from tilted_site import CLOSED_NS, ONSET_NS, SOON, Site, shaking

from plumbline.cli import main
from plumbline.collector.field.levelling import LevellingRun, LevelReading, SurveyStore
from plumbline.collector.field.levelling.store import survey_path
from plumbline.collector.jobs.residual.text import comparison_text, rounded
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.wire.block import NS

DAY_NS = 86_400 * NS


@pytest.fixture
def compared(site: Site) -> Site:
    """Return a site whose shaking was compared once."""
    site.record(SOON)
    site.events.save(shaking())
    site.idle_at(300)
    return site


def view(site: Site) -> ResidualView:
    structures = {place.structure.code: place.structure for place in site.places.values()}
    return ResidualView(site.events, site.store, structures, site.folder / "surveys")


def levelled(site: Site, days: dict[int, float]) -> None:
    """Level P1 from BM1 so many days after the shaking. [mm]"""
    with SurveyStore(survey_path(site.folder / "surveys", "TWR01")) as store:
        for day, level_mm in days.items():
            levels = (LevelReading(point="P1", level_mm=level_mm),)
            date_ns = ONSET_NS // DAY_NS * DAY_NS + day * DAY_NS
            run = LevellingRun(date_ns=date_ns, benchmark="BM1", surveyor="S", levels=levels)
            store.add(run, imported_ns=0)


def test_the_latest_shaking_is_told_a_point_a_row_and_a_moment_a_column(compared: Site) -> None:
    report = view(compared).latest(CLOSED_NS + 400 * NS)
    assert report is not None
    assert [point["point"] for point in report["points"]] == ["XX.TWR01.0A.LA1", "XX.TWR01.0A.LA2"]
    first = report["points"][0]
    assert [answer["verdict"] for answer in first["answers"]] == ["moved", None, None]
    assert first["unit"] == "µrad"
    assert report["verdict"] == "moved"
    assert json.dumps(report)


def test_an_open_or_unknown_episode_has_no_answers(compared: Site) -> None:
    assert view(compared).whole("another") is None
    compared.events.save(shaking(onset_ns=ONSET_NS + 900 * NS, closed_ns=None))
    report = view(compared).latest(CLOSED_NS + 1_000 * NS)
    assert report is not None
    assert report["event"] == shaking().id


def test_a_levelled_point_counts_once_it_was_levelled_after(compared: Site) -> None:
    before = {-30 * n: 1000.0 + 0.3 * n for n in range(10, 0, -1)}
    levelled(compared, before)
    assert view(compared).of(shaking())["levelled"] == []
    levelled(compared, {0: 900.0})  # dated that day: neither before nor after
    assert view(compared).of(shaking())["levelled"] == []
    levelled(compared, {2: 995.0})
    (point,) = view(compared).of(shaking())["levelled"]
    assert point["verdict"] == "moved"
    assert point["size"] == pytest.approx(5.0 - 0.02, abs=1e-6)
    assert point["difference_mm"] == pytest.approx(5.3)


def test_few_levels_before_say_the_difference_and_no_more(compared: Site) -> None:
    levelled(compared, {-60: 1000.0, -30: 999.0, 3: 996.0})
    (point,) = view(compared).of(shaking())["levelled"]
    assert (point["verdict"], point["difference_mm"]) == ("cannot be said", 3.0)
    assert "2 levels before it, 8 are needed" in point["why"]


def test_the_command_prints_verdicts_and_draws(
    compared: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = str(compared.folder)
    assert main(["residual", data]) == 0
    text = capsys.readouterr().out
    assert "Asia/Bangkok" in text
    assert "+2 min  moved +29." in text or "+2 min  moved +30." in text
    assert "+24 h   due 2026-06-2" in text
    picture = tmp_path / "residual.png"
    words = [
        "residual",
        data,
        shaking().id[:5],
        "--points",
        "*LA1",
        "--json",
        "--plot",
        str(picture),
    ]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    assert [point["point"] for point in report["points"]] == ["XX.TWR01.0A.LA1"]
    assert picture.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nowhere"], "give a collector's data folder"),
        (["DATA", "--plot", "x.png"], "--plot draws one episode; name it"),
        (["DATA", "zz"], "no shaking that is over begins so"),
        (["DATA", "--points", "YY*"], "no such point; there are XX.TWR01.0A.LA1"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(
    compared: Site, words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(compared.folder) if word == "DATA" else word for word in words]
    assert main(["residual", *given]) == 2
    assert complaint in capsys.readouterr().err


def test_digits_follow_the_interval() -> None:
    assert rounded(35.08, 14.2) == "+35"
    assert rounded(29.864, 0.267) == "+29.86"
    assert rounded(-3.0, 0.0) == "-3.000"
    unknown = {"verdict": "cannot be said", "why": "it shook"}
    assert comparison_text(unknown, "µrad") == "cannot be said: it shook"
