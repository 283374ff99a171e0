"""A picture that cannot be written is refused before the work, in one line."""

import pytest

from plumbline.cli import main

COMMANDS = ["drift", "measure", "modes", "quality", "replay", "trend", "vibration"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_picture_s_place_is_checked_first(tmp_path, capsys, command):
    for place, complaint in (
        (tmp_path / "nowhere" / "out.png", "there is no folder"),
        (tmp_path, "name a picture"),
        (tmp_path / "out.xyz", "name a picture"),
    ):
        assert main([command, "any.csv", "--plot", str(place)]) == 2
        (error,) = capsys.readouterr().err.splitlines()
        assert error.startswith(f"plumbline {command}: --plot {place}")
        assert complaint in error
