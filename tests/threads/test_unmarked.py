"""Lines without a mark that belong to a quote, and the author's own text beside them, which must stay own."""

import pytest

from tests import growth
from tests.threads.mails import mail
from threads import anchors, messages, quoting, tree, unmarked
from threads.quoting import MessageLines

ASKED = (
    "The pages are written before the lock is dropped, so that no reader sees them.\n"
    "\tret = toy_write_pages(mapping, start, end, TOY_WAIT_FOR_ALL_PAGES);\n"
    "A second line of it.\n"
)
BEGUN = "> The pages are written before the lock is dropped, so that\n"


def answer(body: str, asked: str = ASKED) -> MessageLines:
    made = [
        messages.parse_message(mail("0@example.org", body=asked), "test"),
        messages.parse_message(mail("1@example.org", body=body, parent="0@example.org"), "test"),
    ]
    return quoting.read(tree.build(made)).messages[1]


def kinds(body: str, asked: str = ASKED) -> list[str]:
    return [line.kind for line in answer(body, asked).lines][: body.count("\n")]


def test_the_rest_of_a_quoted_line_is_quoted() -> None:
    body = f"{BEGUN}no reader sees them.\n> A second line of it.\nWhy?\n"
    found = answer(body)
    assert kinds(body) == ["quote", "quote", "quote", "own"]
    assert [line.depth for line in found.lines[:3]] == [1, 1, 1]
    assert [line.origin.line for line in found.lines[:3] if line.origin] == [0, 0, 2]
    assert [[line.text for line in block.lines] for block in found.blocks] == [["Why?"]]


def test_a_short_rest_is_from_the_line_above_it() -> None:
    body = "> The pages are written before the lock is dropped, so that no reader sees\nthem.\n\nWho does?\n"
    rest = answer(body).lines[1]
    assert rest.kind == "quote"
    assert rest.origin is not None
    assert (rest.origin.line, rest.origin.exact) == (0, False)


def test_a_rest_of_several_lines_and_of_code_is_quoted() -> None:
    body = (
        "> The pages are written before\nthe lock is dropped,\nso that no reader sees them.\n"
        "> \tret = toy_write_pages(mapping, start,\nend, TOY_WAIT_FOR_ALL_PAGES);\nNo.\n"
    )
    assert kinds(body) == ["quote", "quote", "quote", "quote", "quote", "own"]


def test_the_rest_is_known_through_two_answers() -> None:
    first = f"{BEGUN}no reader sees them.\n\nWhy?\n"
    second = (
        "> > The pages are written before the lock is dropped, so that\n> no reader sees\nthem.\n> \n> Why?\nBecause.\n"
    )
    made = [
        messages.parse_message(
            mail(f"{at}@example.org", body=body, parent=f"{at - 1}@example.org" if at else ""), "test"
        )
        for at, body in enumerate((ASKED, first, second))
    ]
    lines = quoting.read(tree.build(made)).messages[2].lines
    assert [line.kind for line in lines][:6] == ["quote", "quote", "quote", "quote", "quote", "own"]


@pytest.mark.parametrize(
    "own",
    [
        "no reader sees them, you say?",  # goes on otherwise
        "no reader",  # not to the end of the line
        "So that no reader sees them.",
        "them.",
        "A second line of it.",  # a line of its own there
    ],
)
def test_what_does_not_make_the_line_whole_is_own(own: str) -> None:
    assert kinds(f"{BEGUN}{own}\n\nMore.\n")[1] == "own"


def test_a_rest_behind_a_blank_line_is_own() -> None:
    assert kinds("> A second line\n\nof it.\n") == ["quote", "blank", "own"]


def test_carets_under_a_quote_are_of_the_quote_and_what_they_say_is_words() -> None:
    body = (
        "> \tret = toy_write_pages(mapping, start, end, TOY_WAIT_FOR_ALL_PAGES);\n\t      ^^^^^^^^^^^^^^^\n"
        "\t      Why not toy_sync()?\n\n> A second line of it.\n         ^^^^ third?\n"
    )
    found = answer(body)
    assert kinds(body) == ["quote", "quote", "own", "blank", "quote", "own"]
    assert [[line.text for line in block.lines] for block in found.blocks] == [["Why not toy_sync()?"], ["^^^^ third?"]]
    nearest = anchors.nearest(found.blocks[0].context)
    assert nearest is not None
    assert "toy_write_pages" in nearest.text


@pytest.mark.parametrize("own", ["a ^ b is not a power.", "x ^= y;", "I meant this:\n  foo\n  ^^^"])
def test_carets_elsewhere_are_own(own: str) -> None:
    assert set(kinds(f"> A second line of it.\n{own}\n")[1:]) == {"own"}


@pytest.mark.parametrize(
    "mark", ["[...]", "[..]", "...", "[ ... ]", "<snip>", "[snip]", "--- snip ---", "[…]", "....."]
)
def test_a_mark_of_something_left_out_is_of_the_quotes_around_it(mark: str) -> None:
    assert kinds(f"{mark}\n> A second line of it.\n{mark}\n\n> end\n\n{mark}\n")[::2] == ["quote"] * 4
    found = answer(f"> A second line of it.\n{mark}\n\nWhich one?\n")
    assert [line.kind for line in found.lines][:2] == ["quote", "own"]  # something is said below it
    assert kinds(f"It goes on\n{mark}\n") == ["own", "own"]  # no quote at all


def test_many_lines_take_time_in_proportion_to_their_number() -> None:
    assert growth.ratio(lambda count: "> A second line\nof\n" * count, answer, 2_000) < 3


def test_hostile_marks_take_time_in_proportion_to_their_length() -> None:
    assert growth.ratio(lambda count: "[" + "." * count, unmarked.is_left_out, 20_000) < 3
    assert growth.ratio(lambda count: "^ " * count, unmarked.is_pointer, 20_000) < 3
