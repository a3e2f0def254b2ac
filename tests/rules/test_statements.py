"""Names, states and verbs of a statement: one answer, or none."""

from typing import cast

import pytest

from rules.graph import Model
from rules.statements import Reading, stacked
from tests import growth
from tests.rules.kernel import Kernel

MODEL = cast(Model, Kernel())


def reading(text: str, *symbols: str) -> Reading:
    return Reading("state", symbols, text, MODEL)


@pytest.mark.parametrize("text", ["a lonely page", "unheard_of() is called", "", "x_y"])
def test_a_word_is_no_function_unless_it_is_written_as_one_and_known(text: str) -> None:
    assert reading(text).functions() == ()


def test_a_plain_word_is_a_function_with_parentheses_or_when_the_mail_named_it_so() -> None:
    assert reading("lonely() does").functions() == ("lonely",)
    assert reading("a lonely page", "lonely").functions() == ("lonely",)
    assert reading("do_wp_page, then do_page_mkwrite and do_wp_page").functions() == ("do_wp_page", "do_page_mkwrite")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("the page is there", ""),
        ("it is PageUptodate and PageDirty", ""),  # of which?
        ("an out-of-date page", ""),
        ("no error is returned", ""),
        ("the page is not uptodate", "uptodate"),
        ("up-to-date pages", "uptodate"),
        ("ClearPageUptodate(page)", "uptodate"),
        ("the error bit", "error"),
        ("under the folio lock", "locked"),
        ("mapping_invalidate_lock is held", "invalidate_lock"),
        ("beyond i_size", "i_size"),
        ("PG_writeback stays", "writeback"),
        ("the dirty flag", "dirty"),
    ],
)
def test_the_state_is_told_when_there_is_exactly_one(text: str, state: str) -> None:
    assert reading(text).state() == state


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("the page is there", None),
        ("it tests and then clears it", None),
        ("the setter of the checkpoint", None),  # parts of other words
        ("it checks the state", "test"),
        ("nobody looks at it", "test"),
        ("it cleared the bit", "clear"),
        ("marks the page", "set"),
        ("grabs the page lock", "lock"),
        ("PageUptodate is set by fooSetPageError()", "set"),  # not a call of SetPageError()
        ("ClearPageUptodate() is called and then tested", "clear"),  # a spelling says it
        ("SetPageError() or ClearPageError()", None),
    ],
)
def test_the_verb_is_told_when_there_is_exactly_one(text: str, verb: str | None) -> None:
    assert reading(text).verb() == verb


@pytest.mark.parametrize(
    "text",
    [
        "iomap should check it", "Maybe it tests that.", "This patch clears the bit", "does it test that?",
        "We could test it", "it used to test that", "in v2 it clears the bit",
    ],
)  # fmt: skip
def test_a_wish_or_a_question_is_hedged(text: str) -> None:
    assert reading(text).hedged()


@pytest.mark.parametrize("text", ["iomap checks it", "Why? Because it tests that.", "a mustard page"])
def test_a_statement_is_not_hedged(text: str) -> None:
    assert not reading(text).hedged()


def test_operations_are_those_that_nobody_dereferences() -> None:
    assert reading("->page_mkwrite and ->fault, ->page_mkwrite").operations() == ("page_mkwrite", "fault")
    assert reading("vmf->page and (x)->fault and a[1]->fault").operations() == ()
    assert reading("page_mkwrite").operations() == ()


def test_the_reason_names_what_the_model_lacks() -> None:
    assert reading("toy_gone() tests it").reason() == "the 0.1-toy model has no function toy_gone()"
    assert reading("gone() tests it").reason() == "it names no function that the 0.1-toy model holds"  # a plain word
    assert reading("it tests that").reason() == "it names no function that the 0.1-toy model holds"
    assert reading("do_wp_page() is nice").reason() == "its words do not say which question to ask of the model"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "do_wp_page",
        "one line\nof_words",
        "- do_wp_page\n- and then it ends",
        "ab\ncd",
        "f(x)\ng(y)",
        "do_a\ndo_b\nand so on",
    ],
)
def test_lines_that_hold_more_than_a_name_are_no_path(text: str) -> None:
    assert stacked(text) == ()


def test_a_path_is_drawn_one_function_a_line() -> None:
    assert stacked("- do_wp_page\n\n  |- wp_page_shared()\n    `-> do_page_mkwrite;\n") == (
        "do_wp_page", "wp_page_shared", "do_page_mkwrite",
    )  # fmt: skip


@pytest.mark.parametrize("piece", ["a", "a_", "->", "- ", "a() ", "not uptodate ", "checks "])
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def work(text: str) -> None:
        found = reading(text)
        found.hedged()
        found.reason()
        found.state()
        found.verb()
        found.operations()
        stacked(text + "\n" + text)

    assert growth.ratio(lambda count: piece * count, work, 4_000) < 3
