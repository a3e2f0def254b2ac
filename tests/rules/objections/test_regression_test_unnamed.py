"""A known regression test that nobody names."""

from rules.objections import Skipped
from rules.objections.regression_test_unnamed import RULE
from tests.rules.objections.run import ask_with
from tests.rules.patches import patch

CHANGE = patch("+    foo();", "toy_f")


def test_silent_when_the_plan_knows_no_regression_test() -> None:
    assert ask_with(RULE, CHANGE, regressions=()) == ()


def test_silent_when_the_thread_names_a_test() -> None:
    assert ask_with(RULE, CHANGE, regressions=("generic/019",), tests_named=("generic/388",)) == ()


def test_silent_when_the_commit_message_names_a_test() -> None:
    change = patch("+    foo();", "toy_f", message="Found by generic/019 in a loop.")
    assert ask_with(RULE, change, regressions=("generic/019",)) == ()


def test_skipped_with_its_reason_without_a_plan() -> None:
    found = ask_with(RULE, CHANGE)
    assert isinstance(found, Skipped)
    assert found.why == "no test plan was made"


def test_fires_when_nobody_names_one() -> None:
    found = ask_with(RULE, CHANGE, regressions=("generic/019",))
    assert isinstance(found, tuple)
    assert "generic/019 was written for this change" in found[0].text
