"""Commands that were renamed are reached by their old names too."""

import pytest

from plumbline.cli import COMMANDS, OLD_NAMES, main, parser_for


@pytest.mark.parametrize("old", OLD_NAMES)
def test_an_old_name_runs_the_command_of_the_new_one(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (old, OLD_NAMES[old]):
        assert main([name, "/nowhere"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
    assert first.startswith(f"plumbline {OLD_NAMES[old]}: ")


def test_old_names_are_not_listed() -> None:
    assert not OLD_NAMES.keys() & COMMANDS.keys()
    listed = [line.split()[0] for line in parser_for([]).format_help().splitlines() if line.strip()]
    assert not set(OLD_NAMES) & set(listed)
    assert "residual" in listed
