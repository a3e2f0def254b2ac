import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from threads.flowed import unflow


@pytest.mark.parametrize(
    "text",
    [
        "one\ntwo\n",
        "a line \n\nanother\n",
        "-- \nsignature\n",
        "text\n-- \nAda\n",
        "> quoted \nown text\n",  # depths differ
        "> a \n>> b\n",
        "Fix: \n-\tret = 0;\n+\tret = 1;\n",  # a diff in the text
        "> @@ -1 +1 @@ \n> +\tint a; \n> +\tint b;\n",
        "- one \n- two \n",
    ],
)
def test_lines_that_are_no_soft_breaks_stay(text: str) -> None:
    assert unflow(text, delsp=False) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a paragraph \nof three \nlines\n", "a paragraph of three lines\n"),
        ("> a quote \n> of two\n", "> a quote of two\n"),
        (">> a \n>> b\n> c\n", ">> a b\n> c\n"),
        ("before \n-- \nAda\n", "before \n-- \nAda\n"),
        (" From here\n", "From here\n"),  # stuffed
        ("  int x;\n", " int x;\n"),
        ("> \t int x;\n", "> \t int x;\n"),
    ],
)
def test_soft_breaks_are_joined(text: str, plain: str) -> None:
    assert unflow(text, delsp=False) == plain


def test_delsp_takes_the_space_of_the_break_away() -> None:
    assert unflow("über \nmut\n> a \n> b\n", delsp=True) == "übermut\n> ab\n"


@given(st.text("ab>- \n+", max_size=200))
@example(">>a \n>>a")
def test_no_letter_is_lost(text: str) -> None:
    """Quote marks of the joined lines go."""
    assert [letter for letter in unflow(text, delsp=False) if letter in "ab+-"] == [
        letter for letter in text if letter in "ab+-"
    ]
