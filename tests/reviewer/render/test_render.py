"""The formats, by name."""

import json

import pytest

from reviewer.commands.review import command
from reviewer.render import FORMATS, diff, render
from tests.reviewer.render import sample


def test_every_format_is_another_text() -> None:
    texts = {fmt: render(sample.typical(), fmt) for fmt in FORMATS}
    assert len(set(texts.values())) == len(FORMATS)
    assert all(texts.values())


@pytest.mark.parametrize("fmt", ["json", "rdjson", "sarif"])
def test_what_programs_read_is_json(fmt: str) -> None:
    assert isinstance(json.loads(render(sample.typical(), fmt)), dict)


@pytest.mark.parametrize("fmt", ["", "text", "JSON", "json "])
def test_another_format_is_an_error(fmt: str) -> None:
    with pytest.raises(ValueError, match="no such format"):
        render(sample.typical(), fmt)


def test_the_command_offers_the_formats_that_there_are() -> None:
    (option,) = (one for one in command.params if "--format" in one.opts)
    assert tuple(option.type.choices) == FORMATS  # type: ignore[attr-defined]


def test_the_whole_terminal_page_ends_with_the_diff() -> None:
    review = sample.typical()
    assert render(review, verbose=True, width=100).endswith(diff(review, room=100))
    assert diff(review, room=100) not in render(review, width=100)


def test_only_a_terminal_is_told_of_colour_and_width() -> None:
    for fmt in FORMATS[1:]:
        assert render(sample.typical(), fmt, color=True, width=40) == render(sample.typical(), fmt)
