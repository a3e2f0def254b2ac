"""The commands in a real pseudo-terminal, and through `less -R`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reviewer.render.columns import width
from tests import screenshots

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("arguments", list(screenshots.COMMANDS.values()), ids=lambda one: one[0])
def test_a_terminal_of_80_columns_gets_colours_and_no_wider_line(arguments: list[str]) -> None:
    text = screenshots.run_in_terminal(arguments)
    assert SGR.search(text)
    assert "\x1b" not in SGR.sub("", text)
    assert all(width(line) <= 80 for line in SGR.sub("", text).split("\n") if "://" not in line)


def test_no_color_and_dumb_terminals_get_none() -> None:
    assert "\x1b" not in screenshots.run_in_terminal(["diff", "example"], NO_COLOR="1")
    assert "\x1b" not in screenshots.run_in_terminal(["diff", "example"], TERM="dumb")


def test_a_pipe_gets_the_same_plain_text_whatever_the_width() -> None:
    texts = [_piped("diff", COLUMNS=columns) for columns in ("40", "200")]
    assert texts[0] == texts[1]
    assert "\x1b" not in texts[0]


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_less_shows_the_colours() -> None:
    colored = _piped("diff", FORCE_COLOR="1")
    done = subprocess.run(["less", "-R"], input=colored, capture_output=True, text=True, check=True)
    assert done.stdout == colored


def test_a_picture_of_a_terminal_holds_the_text_and_is_xml() -> None:
    picture = screenshots.svg("mkwrite x", "\x1b[1;31ma <b> & c\x1b[0m plain\n\x1b[2mdim\x1b[0m\n")
    text = "".join(ET.fromstring(picture).itertext()).replace("\u00a0", " ")
    assert "$ mkwrite x" in text
    assert "a <b> & c plain" in text


def _piped(command: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    arguments = [sys.executable, "-m", "reviewer.cli", command, "example"]
    tree = Path(screenshots.__file__).parents[1]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env={**kept, **environment}, cwd=tree)
    return done.stdout
