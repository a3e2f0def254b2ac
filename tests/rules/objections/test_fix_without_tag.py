"""A fix without a Fixes: tag."""

import pytest

from rules.objections import Skipped
from rules.objections.fix_without_tag import RULE
from tests.rules.objections.run import ask_with
from tests.rules.patches import patch

OLD = {"5.10.262": True}
SILENT = {
    "a cleanup": ("toyfs: move a helper", ()),
    "a fix with its tag": ("toyfs: fix a leak", ('123456789abc ("toyfs: leak")',)),
    "a fix of a comment": ("toyfs: fix a comment", ()),
    "a fix of a build warning": ("toyfs: fix sparse warnings", ()),
    "a prefix": ("toyfs: prefix the names", ()),
}


@pytest.mark.parametrize(("subject", "fixes"), SILENT.values(), ids=SILENT)
def test_silent_on(subject: str, fixes: tuple[str, ...]) -> None:
    change = patch("+    foo();", "toy_f", subject=subject, fixes=fixes)
    assert ask_with(RULE, change, older=lambda: OLD) == ()


def test_silent_on_code_that_no_older_kernel_has() -> None:
    change = patch("+    foo();", "toy_f", subject="toyfs: fix a leak")
    assert ask_with(RULE, change, older=lambda: {"5.10.262": False}) == ()


def test_the_older_model_is_asked_only_for_a_fix() -> None:
    def never() -> dict[str, bool]:
        raise AssertionError("asked")

    assert ask_with(RULE, patch("+    foo();", "toy_f"), older=never) == ()


def test_skipped_with_its_reason_when_no_older_model_can_be_asked() -> None:
    found = ask_with(RULE, patch("+    foo();", "toy_f", subject="toyfs: fix a leak"))
    assert isinstance(found, Skipped)
    assert found.why == "no older model was looked at"


def test_fires_on_a_fix_of_old_code() -> None:
    found = ask_with(RULE, patch("+    foo();", "toy_f", subject="toyfs: fix a leak"), older=lambda: OLD)
    assert isinstance(found, tuple)
    assert "toy_f() is in 5.10.262 as well" in found[0].text
    assert "no Cc: stable" in found[0].text
