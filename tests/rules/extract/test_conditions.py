"""The text of conditions."""

import pytest

from rules.extract.conditions import capped, is_telling, negation, plainly

PARAMETERS = (("wait", ""), ("page", "page"))


@pytest.mark.parametrize("text", ["ret", "!page", "IS_ERR(folio)", "unlikely(ret)", "list_empty(&list)", "a < b"])
def test_what_only_the_function_knows_tells_a_caller_nothing(text: str) -> None:
    assert not is_telling(text, PARAMETERS)


@pytest.mark.parametrize("text", ["wait", "!wait", "flags & TOY_NOWAIT", "mode == TOY_SYNC", "!S_ISREG(inode->i_mode)"])
def test_predicates_flags_and_parameters_tell_a_caller_something(text: str) -> None:
    assert is_telling(text, PARAMETERS)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("error", "error"),
        ("unlikely(error)", "error"),
        ("likely(unlikely(error))", "error"),
        ("!likely(error)", "!error"),
        ("!unlikely(!error)", "error"),
        ("!unlikely(a && b)", "!(a && b)"),
        ("unlikely(a) && likely(b)", "unlikely(a) && likely(b)"),
        ("unlikely(", "unlikely("),
    ],
)
def test_hints_for_the_compiler_are_left_out_where_they_enclose_all(text: str, plain: str) -> None:
    assert plainly(text) == plain


@pytest.mark.parametrize(
    ("text", "other"),
    [("a", "!a"), ("!a->b", "a->b"), ("f(x)", "!f(x)"), ("a || b", "!(a || b)"), ("!a && b", "!(!a && b)")],
)
def test_an_else_stands_under_the_opposite(text: str, other: str) -> None:
    assert negation(text) == other


def test_a_text_that_is_cut_says_so_and_fits() -> None:
    assert capped("x" * 10, 10) == "x" * 10
    assert capped("x" * 11, 10) == "x" * 7 + "..."
