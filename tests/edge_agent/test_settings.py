"""edge.toml: what is wrong is said at once, in words that say what to do."""

import re

import pytest
from edge_bench import edge_toml, free_port
from where import REPO

from plumbline.cli import main
from plumbline.edge_agent.check import problems_of
from plumbline.edge_agent.drivers import DRIVERS
from plumbline.edge_agent.first_config import Wanted, first_config
from plumbline.edge_agent.settings import read_edge
from plumbline.wire.settings import BadSettings

SAMPLES = sorted((REPO / "firmware_configs").glob("*/sample.toml"))


def written(folder, text):
    path = folder / "edge.toml"
    path.write_text(text)
    return path


def config(instrument='driver = "adxl355_node"\nport = "/dev/null"\nnode = "0A"', **parts):
    top = parts.get("top", 'agent = "pi"\nnetwork = "XX"\nstructure = "TWR01"')
    return (
        f"{top}\n{parts.get('broker', '')}\n{parts.get('spool', '')}\n[[instrument]]\n{instrument}"
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_the_sample_of_each_instrument_is_read(path):
    settings = read_edge(path)
    (instrument,) = settings.instrument
    assert instrument.driver == path.parent.name
    for code, output in instrument.streams().items():
        settings.stream_id(instrument, code)
        assert sorted(instrument.rows_of(output)) == list(range(len(output.own_axes)))


def test_every_driver_has_a_sample():
    assert {path.parent.name for path in SAMPLES} == set(DRIVERS)


def test_x_is_east_and_y_is_north_unless_mapped(tmp_path):
    node = 'driver = "adxl355_node"\nport = "p"\nnode = "0A"\n'
    for line, rows in (
        ("", (2, 1, 0)),
        ('axes = "ENZ"', (0, 1, 2)),
        ('axes = "12Z"', (0, 1, 2)),
        ('axes = "ZNE"\nmap = "zxy"', (2, 0, 1)),
    ):
        (instrument,) = read_edge(written(tmp_path, config(node + line))).instrument
        assert instrument.rows_of(instrument.spec.usual) == rows


def test_both_streams_of_a_node_can_be_read(tmp_path):
    node = 'driver = "adxl355_node"\nport = "p"\nnode = "0A"\nstream = ["CN", "HN"]'
    settings = read_edge(written(tmp_path, config(node)))
    streams = settings.instrument[0].streams()
    assert {code: output.name for code, output in streams.items()} == {
        "CN": "raw",
        "HN": "decimated",
    }


def test_a_tiltmeter_brings_its_temperature_unless_it_is_turned_off(tmp_path):
    lily = 'driver = "lily"\nport = "p"\nnode = "0T"\n'
    (instrument,) = read_edge(written(tmp_path, config(lily))).instrument
    assert list(instrument.streams()) == ["LA", "LK"]
    (instrument,) = read_edge(written(tmp_path, config(lily + 'temperature = ""'))).instrument
    assert list(instrument.streams()) == ["LA"]


BAD = {
    "code too long": (config(top='agent="pi"\nnetwork="XXX"\nstructure="TWR01"'), "network"),
    "node": (config('driver="lily"\nport="p"\nnode="0AB"'), "exactly 2"),
    "agent name": (config(top='agent="Pi_1"\nnetwork="XX"\nstructure="TWR01"'), "small letters"),
    "missing": (config(top='agent="pi"\nnetwork="XX"'), "structure: missing; add it"),
    "unknown": (config(broker='[broker]\nhots = "x"'), "did you mean 'host'"),
    "open broker": (config(broker='[broker]\nhost = "10.0.0.1"'), "password_file, or tls_ca"),
    "half a login": (config(broker='[broker]\nusername = "x"'), "give both or neither"),
    "half a key": (config(broker='[broker]\ntls_ca="a"\ntls_cert="c"'), "tls_key go together"),
    "commit": (config(spool="[spool]\ncommit_ms = 200"), "sd_card = true"),
    "driver": (config('driver="adxl"\nport="p"\nnode="0A"'), "expected one of adxl355_node"),
    "band": (config('driver="adxl355_node"\nport="p"\nnode="0A"\nstream="LA"'), "fits no output"),
    "map": (config('driver="lily"\nport="p"\nnode="0A"\naxes="12"\nmap="xx"'), "map must name"),
    "axes": (config('driver="lily"\nport="p"\nnode="0A"\naxes="12Z"\nmap="xy"'), "has 2 axes"),
    "rate": (config('driver="lily"\nport="p"\nnode="0A"\nrate_hz=3'), "offers 0.1"),
    "heat": (config('driver="adxl355_node"\nport="p"\nnode="0A"\ntemperature="LK"'), "gives none"),
    "no instrument": ('agent="pi"\nnetwork="XX"\nstructure="TWR01"', "instrument: missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_clear_message_for_what_is_wrong(tmp_path, name):
    text, expected = BAD[name]
    with pytest.raises(BadSettings) as caught:
        read_edge(written(tmp_path, text))
    assert len(caught.value.problems) == 1
    assert expected in str(caught.value)


def test_sd_cards_may_commit_once_a_second(tmp_path):
    settings = read_edge(
        written(tmp_path, config(spool="[spool]\ncommit_ms = 1000\nsd_card = true"))
    )
    assert settings.spool.commit_ms == 1000


def test_paths_are_beside_the_file(tmp_path):
    assert read_edge(written(tmp_path, config())).spool.path == tmp_path / "spool.db"


def test_two_instruments_cannot_share_a_port_or_a_stream(tmp_path):
    text = config() + '\n[[instrument]]\ndriver = "lily"\nport = "/dev/null"\nnode = "0B"'
    text += '\n[[instrument]]\ndriver = "adxl355_node"\nport = "/dev/zero"\nnode = "0A"'
    with pytest.raises(BadSettings) as caught:
        read_edge(written(tmp_path, text))
    assert "already the port of instrument[0]" in str(caught.value)
    assert "XX.TWR01.0A.HN is already a stream of instrument[0]" in str(caught.value)


def test_check_tells_everything_at_once(tmp_path):
    text = edge_toml(tmp_path / "no-port", free_port()).replace('"XX"', '"XXX"')
    problems = problems_of(written(tmp_path, text), try_broker=True)
    assert [problem.where for problem in problems] == ["network", "instrument[0].port"]
    text = edge_toml(tmp_path / "no-port", free_port(), spool="no-folder/spool.db")
    problems = problems_of(written(tmp_path, text), try_broker=True)
    assert [problem.where for problem in problems] == ["instrument[0].port", "spool.path", "broker"]
    assert "cannot be reached" in problems[-1].what
    assert not (tmp_path / "no-folder").exists()


def test_check_says_what_to_do_and_exits_2(tmp_path, capsys):
    path = written(tmp_path, edge_toml(tmp_path / "no-port", 1))
    assert main(["edge", "check", "--offline", "--config", str(path)]) == 2
    printed = capsys.readouterr()
    assert "plumbline edge list-ports" in printed.out
    assert "1 problem" in printed.err


def test_check_is_content_with_what_is_right(tmp_path, capsys):
    path = written(tmp_path, config())
    assert main(["edge", "check", "--offline", "--config", str(path)]) == 0
    assert "is right" in capsys.readouterr().out


def test_the_first_configuration_is_right_and_shows_the_defaults(tmp_path):
    wanted = [
        Wanted(driver=name, port=f"/dev/{name}", node=f"0{k}") for k, name in enumerate(DRIVERS)
    ]
    text = first_config(
        agent="pi-ground", network="XX", structure="TWR01", host="127.0.0.1", instruments=wanted
    )
    plain = read_edge(written(tmp_path, text))
    spelled = re.sub(
        r"(?m)^# (username|password_file|tls_ca) =.*\n", "", text
    )  # these have no default
    spelled = re.sub(r"(?m)^# (\w+ = )", r"\1", spelled)
    spelled_out = read_edge(written(tmp_path, spelled))
    assert spelled_out.broker == plain.broker
    assert spelled_out.spool == plain.spool
    for one, other in zip(spelled_out.instrument, plain.instrument, strict=True):
        assert one.streams() == other.streams()
        assert one.line_baud == other.line_baud
        for output in one.streams().values():
            assert (one.axes_of(output), one.rows_of(output)) == (
                other.axes_of(output),
                other.rows_of(output),
            )


def test_init_writes_what_its_flags_say_and_nothing_twice(tmp_path, capsys):
    path = str(tmp_path / "edge.toml")
    words = ["edge", "init", "--config", path, "--agent", "pi", "--structure", "TWR01"]
    words += ["--instrument", "lily:/dev/serial/by-id/usb:with:colons:0T"]
    assert main(words) == 0
    assert read_edge(tmp_path / "edge.toml").instrument[0].port.endswith("usb:with:colons")
    assert main(words) == 2
    assert "--force" in capsys.readouterr().err


def test_a_configuration_that_is_not_there_is_one_line(tmp_path, capsys):
    assert main(["edge", "run", "--config", str(tmp_path / "no.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_first_check_names_the_command_that_writes_the_file(tmp_path):
    (problem,) = problems_of(tmp_path / "edge.toml", try_broker=False)
    assert "plumbline edge init" in str(problem)
