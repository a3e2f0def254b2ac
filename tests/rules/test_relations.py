import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.relations import Context, Said, frames, said, shortly_before

KNOWN = {"upper_one", "upper_two", "lower_one", "lower_two"}


def _said(text: str, context: Context = Context()) -> list[Said]:  # noqa: B008
    return list(said(text, KNOWN.__contains__, context))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "upper_one() should call lower_one().",
        "upper_one() does not call lower_one().",
        "upper_one() doesn't directly call lower_one().",
        "upper_one() returns early without calling lower_one().",
        "Does upper_one() call lower_one()?",
        "With this patch upper_one() calls lower_one().",
        "Make upper_one() call lower_one().",
        "- Call lower_one() from upper_one().",
        "lower_one() is only called by upper_one().",
        "This can be fixed by calling lower_one() before upper_one().",
        "upper_one() no longer calls lower_one().",
        "In upper_one() we skip dropping its in-memory cache and calling lower_one().",
        "With that new flag upper_one() calls lower_one().",
        "We change it to upper_one(), which calls lower_one().",
        "it calls nothing.",
        "The call is upper_one().",
    ],
)
def test_what_is_wished_denied_or_asked_is_no_call(text: str) -> None:
    assert _said(text, Context(before=("See upper_one().",))) == []


@pytest.mark.parametrize(
    ("text", "upper", "lower"),
    [
        ("upper_one() calls lower_one().", "upper_one", "lower_one"),
        ("However, upper_one() ends up in lower_one() on errors.", "upper_one", "lower_one"),
        ("so upper_one() falls back to lower_one() here.", "upper_one", "lower_one"),
        ("upper_one builds it using lower_one if the flag is set.", "upper_one", "lower_one"),
        ("lower_one() is also called directly from the upper_one() helper.", "upper_one", "lower_one"),
        ("Executing lower_one() inline in upper_one() is fine.", "upper_one", "lower_one"),
        ("There is a call to lower_one() in upper_one().", "upper_one", "lower_one"),
        ("upper_one() takes the range and passes it on to lower_one().", "upper_one", "lower_one"),
        ("upper_one()'s call to lower_one() is late.", "upper_one", "lower_one"),
        ("upper_one() calls ops->begin() twice.", "upper_one", "->begin"),
        ("lower_one() is called from ->writepages too.", "->writepages", "lower_one"),
        ("lower_one() is called from alfa.", "alfa", "lower_one"),
        ("upper_one() calls strange().", "upper_one", "strange"),
    ],
)
def test_a_call_in_many_words(text: str, upper: str, lower: str) -> None:
    (found, *_) = _said(text)
    assert (found.uppers[0], found.lowers) == (upper, (lower,))
    assert not found.resolved


def test_all_of_a_list_are_called() -> None:
    (found,) = _said("upper_one() calls lower_one(), and lower_two() later.")
    assert found.lowers == ("lower_one", "lower_two")
    (one, two) = _said("upper_one() calls lower_one() and upper_two() calls lower_two().")
    assert (one.lowers, two.uppers[0], two.lowers) == (("lower_one",), "upper_two", ("lower_two",))


def test_a_pronoun_is_what_was_named_last() -> None:
    (found,) = _said("It then calls lower_one().", Context(before=("upper_two() ends.", "See upper_one() there.")))
    assert found.uppers[0] == "upper_one"
    assert found.resolved


def test_we_is_the_function_whose_lines_are_quoted() -> None:
    context = Context(before=("See upper_two().",), quoted=("upper_one",))
    (found,) = _said("Here we call lower_one() under the lock.", context)
    assert found.uppers == ("upper_one",)
    assert _said("People call lower_one() names.", context) == []


def test_frames_of_a_trace() -> None:
    text = (
        "[ 1.0] lower_one+0x10/0x20 [alfa]\n[ 1.0] ? stray+0x1/0x2\n upper_one.isra.0+0x3/0x40\n do_syscall_64+0x1/0x2"
    )
    assert frames(text) == ("lower_one", "upper_one", "do_syscall_64")
    assert frames("lower_one() + 0x10") == ()


def test_functions_named_before() -> None:
    assert shortly_before(("upper_one() and lower_one().", "Then lower_two()."), KNOWN.__contains__) == (
        "lower_two", "lower_one", "upper_one",
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="upper_one()-> calsthefromby,.?\n", max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(one.uppers and one.lowers for one in _said(text, Context(before=(text,), quoted=("upper_one",))))


@pytest.mark.parametrize("unit", ["upper_one() calls ", "calls to ", "passes ", "is called from ", "f+0x1/0x2 ", "->"])
def test_repetition_is_cut_and_quick(unit: str) -> None:
    start = time.process_time()
    _said(unit * 20_000)
    frames(unit * 20_000)
    assert time.process_time() - start < 5
