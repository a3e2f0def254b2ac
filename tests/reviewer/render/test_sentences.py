from hypothesis import given
from hypothesis import strategies as st

from reviewer.render import sentences

MAIL = [
    "On Tue, 3 Nov 2026, Ada wrote:",
    "> The flag is cleared. Nobody looks at it",
    "> any more.",
    "",
    "Hi Ada,",
    "",
    "This looks good. I only wonder who clears the",
    "flag, e.g. after a failed read; perhaps the caller",
    "does. Please say so.",
    "",
    "- first item",
    "- second item that",
    "  goes on",
    "",
    "\tif (folio_test_dirty(folio))",
    "\t\treturn;",
    "Signed-off-by: Bo <bo@example.org>",
    "Thanks,",
    "Bo",
]


def at(start: str) -> int:
    return next(number for number, line in enumerate(MAIL) if line.startswith(start))


def test_a_greeting_is_no_part_of_the_sentence_after_it() -> None:
    assert sentences.opening(MAIL, at("This looks")).startswith("This looks good. I only wonder who clears the flag")


def test_a_line_that_begins_a_sentence_is_told_from_its_own_start() -> None:
    lines = ["I see. What then?", "No. That cannot happen, as the folio is locked by the caller.", "So it is fine."]
    assert sentences.opening(lines, 1) == " ".join(lines[1:])


def test_an_abbreviation_ends_no_sentence() -> None:
    expected = "I only wonder who clears the flag, e.g. after a failed read; perhaps the caller does."
    assert sentences.sentence(MAIL, at("flag, e.g.")) == expected


def test_the_sentence_that_has_most_of_the_line_is_taken() -> None:
    assert sentences.sentence(MAIL, at("does. Please")) == "Please say so."


def test_a_quote_is_not_joined_with_what_is_said_to_it() -> None:
    assert sentences.sentence(MAIL, at("> The flag")) == "> The flag is cleared."


def test_items_of_a_list_code_and_tags_stand_alone() -> None:
    assert sentences.opening(MAIL, at("- second")) == "- second item that goes on"
    assert sentences.opening(MAIL, at("- first")) == "- first item"
    assert sentences.opening(MAIL, at("\tif")) == "if (folio_test_dirty(folio))"
    assert sentences.opening(MAIL, at("Signed-off-by")) == "Signed-off-by: Bo <bo@example.org>"


def test_what_says_nothing_is_passed_over() -> None:
    assert sentences.telling(MAIL, at("Hi Ada")) == at("This looks")
    assert sentences.telling(MAIL, at("Thanks")) == at("Signed-off")
    assert sentences.telling(MAIL, at("This looks")) == at("This looks")
    assert sentences.telling(["Thanks,", "> quoted"], 0) == 0


def test_a_line_that_is_not_there_gives_nothing() -> None:
    assert sentences.opening([], 0) == sentences.sentence(MAIL, 99) == ""
    assert sentences.telling(MAIL, 99) == 99


@given(st.lists(st.text(max_size=60), max_size=30), st.integers(-2, 32))
def test_what_is_told_is_made_of_the_words_of_the_lines(lines: list[str], number: int) -> None:
    said = sentences.opening(lines, number)
    assert " ".join(said.split()) in " ".join(" ".join(lines).split())
    if 0 <= number < len(lines) and lines[number].strip():
        assert said


def test_long_lines_and_many_lines_cost_no_more_than_their_length() -> None:
    lines = ["a. B " * 20_000] * 2000
    assert len(sentences.opening(lines, 1000)) <= 25 * 1000
