"""README.md says what is so."""

import re
import shlex

import click
import pytest

from reviewer import errors
from reviewer.group import group
from tests import readme

TEXT = readme.README.read_text(encoding="utf-8")
SPANS = re.findall(r"`([^`\n]+)`", TEXT) + [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]
USES = sorted({span[span.index("mkwrite ") :] for span in SPANS if re.search(r"(?:^|[ /\"(])mkwrite [a-z]", span)})


def test_the_report_shown_is_the_real_one() -> None:
    assert readme.shown(TEXT) == readme.report(), "renew it with python -m tests.readme"


def test_every_picture_is_there_and_made_by_the_command() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert {name.rpartition("/")[2] for name in shown} == {"review.svg", "diff.svg", "html.png", "html-diff.png"}
    for name in shown:
        assert (readme.ROOT / name).stat().st_size > 1000


def test_the_pictures_of_the_terminal_show_what_the_commands_write() -> None:
    from tests import screenshots

    for name, arguments in screenshots.COMMANDS.items():
        picture = screenshots.svg(f"mkwrite {' '.join(arguments)}", screenshots.run_in_terminal(arguments))
        assert (screenshots.DIRECTORY / f"{name}.svg").read_text() == picture, "renew it: python -m tests.screenshots"


def test_both_commands_stand_on_a_line_of_their_own() -> None:
    for last in ("example", "pytest"):
        assert len(re.findall(rf"^python3 -m venv \.venv && .* {last}$", TEXT, re.MULTILINE)) == 1


@pytest.mark.parametrize("use", USES)
def test_every_use_of_the_command_names_a_command_and_options_that_exist(use: str) -> None:
    words = shlex.split(re.split(r"[|;)]", use.replace('"', ""))[0], comments=True)[1:]
    command = group.get_command(click.Context(group), words[0])
    assert command is not None, use
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert [word for word in words[1:] if re.fullmatch(r"--?[a-z].*", word) and word not in options] == []


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = {int(code) for code in re.findall(r"^\| ([0-9]+) \|", TEXT, re.MULTILINE)}
    assert told == {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)}


def test_renewing_touches_only_the_report() -> None:
    other = readme.renewed(TEXT, "new\n")
    assert readme.shown(other) == "new\n"
    assert readme.renewed(other, readme.shown(TEXT)) == TEXT
