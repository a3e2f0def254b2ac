from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rules import claims
from rules.graph import Model
from rules.lookups import Verdict
from rules.relations import Context
from tests.rules.test_chains import shipped
from tests.rules.toy import Toy

TOY = Toy()


def _check(text: str, kind: str = "other") -> Verdict:
    return claims.check(kind, (), text, cast(Model, cast(Any, TOY)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Looks good to me.",
        "fault_entry() should call fault_huge() first.",  # a wish
        "Does fault_entry() call fault_dispatch()?",  # a question
        "This patch makes fault_entry() call lonely().",
        "vmf->page->mapping is NULL here.",  # members, no path
        "fault_entry() is nice and fault_dispatch() is not.",
        "no_such_function() calls fault_dispatch().",
        "fault_entry() calls no_such_function().",
        "alfa is the only filesystem with a good maintainer.",
        "lonely() does not work.",
        "The code doesn't check that bit.",
        "->page_mkwrite is always called on an uptodate page.",
        "fault_entry() never returns an error.",
        "Only alfa or bravo clear PageUptodate.",  # two names
    ],
)
def test_what_is_no_certain_question_is_unknown_with_a_reason(text: str) -> None:
    verdict = _check(text)
    assert verdict.verdict == "unknown"
    assert verdict.text


def test_a_missing_function_is_named() -> None:
    assert "no_such_function()" in _check("no_such_function() calls fault_dispatch().").text


@pytest.mark.parametrize(
    "text",
    [
        "fault_entry() -> fault_dispatch() -> fault_shared()",
        "fault_entry()\n  -> fault_dispatch()\n     -> fault_shared()\n        -> call_mkwrite()",
        "fault_shared -> call_fault -> call_mkwrite",  # two calls of one caller, drawn below each other
        "fault_entry() => fault_protected()",  # a step is left out
        "alfa_mkwrite() calls alfa_any_fault() with true.",
        "alfa_mkwrite() always calls shared_mkwrite().",
        "shared_mkwrite() is called by bravo_mkwrite() directly.",
        "In alfa_mkwrite(), the common code calls alfa_any_fault().",
        "Nobody cares. fault_entry() calls fault_dispatch().",
    ],
)
def test_calls_that_are_there_are_confirmed(text: str) -> None:
    verdict = _check(text, "call_path")
    assert verdict.verdict == "confirmed", verdict.text
    assert all(place.file and place.line and place.text for place in verdict.places)


def test_a_call_that_is_not_found_is_unknown() -> None:
    verdict = _check("bravo_mkwrite() calls lonely().")
    assert verdict.verdict == "unknown"
    assert "0.1-toy" in verdict.text


def test_a_test_that_is_nowhere_is_confirmed_absent() -> None:
    verdict = _check("fault_protected() -> call_mkwrite() never checks Uptodate.", "absence")
    assert verdict.verdict == "confirmed"
    assert "own bodies of fault_protected(), call_mkwrite()" in verdict.text


def test_a_test_that_is_there_contradicts_its_absence() -> None:
    verdict = _check("bravo_mkwrite() doesn't check PageUptodate.", "absence")
    assert verdict.verdict == "contradicted"
    assert [(place.file, place.line) for place in verdict.places] == [("fs/bravo/file.c", 13)]


def test_an_assertion_is_no_check() -> None:
    verdict = _check("shared_actor() never checks uptodate.", "absence")
    assert verdict.verdict == "confirmed"
    assert "only an assertion" in verdict.text


def test_a_test_further_down_makes_the_absence_unknown() -> None:
    assert _check("call_fault() never takes the page lock.").verdict == "confirmed"  # operations are not followed
    assert _check("alfa_any_fault() never checks Uptodate.").verdict == "unknown"


def test_calls_that_are_said_not_to_be_made() -> None:
    assert _check("bravo_mkwrite() does not call lonely().").verdict == "confirmed"
    assert _check("bravo_mkwrite() does not call shared_mkwrite().").verdict == "contradicted"
    assert _check("alfa_mkwrite() doesn't call shared_mkwrite().").verdict == "unknown"  # through alfa_any_fault


def test_an_exclusive_filesystem_is_compared_with_all_others() -> None:
    verdict = _check("I think alfa is the only filesystem which clears PageUptodate.", "exclusivity")
    assert verdict.verdict == "contradicted"
    assert [place.function for place in verdict.places] == ["bravo_release"]


def test_on_errors_counts_only_what_an_error_leads_to() -> None:
    assert _check("alfa is the only filesystem which clears PageUptodate on errors.").verdict == "unknown"
    assert _check("bravo is the only filesystem which clears PageUptodate on errors.").verdict == "contradicted"


def test_only_if_is_no_claim_that_somebody_is_the_only_one() -> None:
    verdict = _check("fault_entry() is reached only if the state allows it.", "state")
    assert (verdict.verdict, "only one" in verdict.text) == ("unknown", False)


class _Outlined(Toy):
    """The model, with one function more in the file, of which only the place is known."""

    def __init__(self) -> None:
        super().__init__()
        (one,) = self.named("fault_dispatch")
        self.functions = (*self.functions, structs.replace(one, name="unread", index=len(self.functions), outline=True))


def test_an_only_caller_is_unknown_when_the_model_is_a_part() -> None:
    found = claims.check(
        "exclusivity", (), "fault_entry() is the only caller of fault_dispatch().", cast(Model, cast(Any, _Outlined()))
    )
    assert found.verdict == "unknown"
    assert "the functions on the paths, not all" in found.text


class _Closed(Toy):
    """The model, with only the places of some functions."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.functions = tuple(
            structs.replace(one, outline=True) if one.name in names else one for one in self.functions
        )


def test_what_a_function_does_not_do_is_unknown_when_it_was_not_read() -> None:
    model = cast(Model, cast(Any, _Closed("fault_shared")))
    for text in ("fault_shared() never checks PageUptodate.", "fault_shared() does not call lonely()."):
        verdict = claims.check("absence", (), text, model)
        assert (verdict.verdict, "has the place, not what is in it" in verdict.text) == ("unknown", True)


def test_a_negative_answer_tells_what_it_did_not_read() -> None:
    model = cast(Model, cast(Any, _Closed("call_mkwrite")))
    verdict = claims.check("absence", (), "fault_shared() does not call lonely().", model)
    assert verdict.text.endswith(", of which 1 was not read")


def test_an_only_caller_is_looked_up() -> None:
    assert _check("fault_entry() is the only caller of fault_dispatch().").verdict == "confirmed"
    verdict = _check("call_mkwrite() is only called by fault_shared().")
    assert verdict.verdict == "contradicted"
    assert "fault_protected()" in verdict.text


def test_a_state_change_is_found_in_the_function_or_below() -> None:
    assert _check("alfa_end_read() clears PageUptodate.").verdict == "confirmed"
    assert _check("bravo_release() will set PageUptodate.").verdict == "unknown"


def test_a_list_of_filesystems_is_looked_up_one_by_one() -> None:
    assert _check("alfa, bravo and others call ClearPageUptodate().").verdict == "confirmed"
    verdict = _check("At least alfa, bravo will call ClearPageUptodate() on a write error.")
    assert verdict.verdict == "unknown"
    assert "bravo" in verdict.text


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="fault_entry()-> callsonly.?\n", max_size=400))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert _check(text).verdict in ("confirmed", "contradicted", "unknown")


@pytest.mark.parametrize("unit", ["fault_entry() -> ", "a_b ", "->", "In f(), ", "only ", "doesn't "])
def test_long_repetition_is_cut_and_quick(unit: str) -> None:
    assert _check(unit * 50_000).verdict in ("confirmed", "unknown")


# What was said in 2020 of the kernel of that time


def test_the_write_protect_path_never_checks_uptodate() -> None:
    text = "do_wp_page() -> vm_normal_page() -> wp_page_shared() -> do_page_mkwrite()"
    model = shipped("5.10")
    drawn = claims.check("call_path", (), text, model)
    assert drawn.verdict == "confirmed"
    assert {place.line for place in drawn.places} == {3166, 3209, 3108}
    absent = claims.check("absence", (), text + " never checks Uptodate", model)
    assert absent.verdict == "confirmed"


def test_iomap_is_not_the_only_one_that_clears_uptodate_on_errors() -> None:
    text = "iomap is the only filesystem which clears PageUptodate on errors"
    verdict = claims.check("exclusivity", (), text, shipped("5.10"))
    assert verdict.verdict == "contradicted"
    for name in ("btrfs", "ecryptfs", "f2fs", "hostfs", "reiserfs", "vboxsf"):
        assert name in verdict.text
    assert all(place.file.startswith("fs/") and place.line for place in verdict.places)


# Calls in other words


@pytest.mark.parametrize(
    "text",
    [
        "At this point alfa_mkwrite() goes through shared_mkwrite().",
        "shared_mkwrite() is also used from bravo_mkwrite() these days.",
        "The page is dirtied later: call_mkwrite() calls ->page_mkwrite() under no lock.",
        "shared_mkwrite() is called from bravo.",
        "shared_apply() calls shared_actor() for each part.",  # handed to it
        "bravo_mkwrite() may sleep because it could call shared_mkwrite().",
    ],
)
def test_calls_in_other_words_are_confirmed(text: str) -> None:
    verdict = _check(text)
    assert verdict.verdict == "confirmed", verdict.text
    assert verdict.places


def test_it_is_what_was_named_before() -> None:
    context = Context(before=("See bravo_mkwrite() for that.",))
    model = cast(Model, cast(Any, TOY))
    verdict = claims.check("state", (), "It calls shared_mkwrite() at once.", model, context)
    assert verdict.verdict == "confirmed"
    assert "bravo_mkwrite() calls shared_mkwrite()" in verdict.text
    assert 'taken for what "it" is' in verdict.text
    assert claims.check("state", (), "It calls lonely() at once.", model, context).verdict == "unknown"


def test_a_stack_trace_is_looked_up_from_the_innermost_frame() -> None:
    trace = "Call Trace:\n shared_mkwrite+0x1/0x20\n bravo_mkwrite+0x2/0x30 [bravo]\n call_mkwrite+0x4/0x9\n"
    trace += " syscall+0x1/0x2"
    verdict = _check(trace, "call_path")
    assert verdict.verdict == "confirmed"
    assert "2 of its steps are calls in 0.1-toy; 1 more are outside" in verdict.text
    wrong = "lonely+0x1/0x20\n bravo_mkwrite+0x2/0x30\n call_mkwrite+0x4/0x9\n"
    assert _check(wrong, "call_path").verdict == "unknown"


def test_an_operation_written_with_parentheses_is_no_missing_function() -> None:
    assert "no function" not in _check("The lock is dropped when ->page_mkwrite() returns.").text


def test_only_filesystem_of_a_state_that_a_part_does_not_hold_is_unknown() -> None:
    model = cast(Model, cast(Any, _Outlined()))
    text = "alfa is the only filesystem which sets PageDirty."
    assert claims.check("exclusivity", (), text, model).verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("alfa is the only user of shared_mkwrite() in the tree.", "contradicted"),
        ("The only filesystem that uses shared_mkwrite() is alfa.", "contradicted"),
        ("The only other filesystem using shared_mkwrite() is alfa.", "unknown"),  # bravo may be who is left out
        ("The only users of shared_mkwrite() are alfa and bravo.", "unknown"),
        ("The only user is alfa.", "unknown"),
        ("The only filesystem that uses nonsense() is alfa.", "unknown"),
    ],
)
def test_the_only_users_are_compared_with_who_calls(text: str, verdict: str) -> None:
    found = _check(text, "exclusivity")
    assert (found.verdict, bool(found.text)) == (verdict, True)


def test_the_only_other_user_of_a_library_was_not_the_only_one() -> None:
    text = "The only other filesystem using the iomap buffered IO paths today is zonefs."
    found = claims.check("exclusivity", (), text, shipped("5.10"))
    assert found.verdict == "contradicted"
    assert found.text == "gfs2, xfs call functions of fs/iomap/buffered-io.c too in 5.10.262"
