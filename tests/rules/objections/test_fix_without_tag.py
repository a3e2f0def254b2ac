"""A fix without a Fixes: tag."""

import pytest

from rules.change import Change
from rules.model import Function
from rules.objections import Skipped
from rules.objections.fix_without_tag import RULE
from tests.rules.objections.run import ask_with
from tests.rules.patches import change as build
from tests.rules.patches import hunk, patch

OLD = {"5.10.262": True}
SILENT = {
    "a revert": ('Revert "toyfs: fix a leak"', ()),
    "a fix of spaces": ("toyfs: fix inappropriate spaces", ()),
    "a cleanup": ("toyfs: move a helper", ()),
    "a fix with its tag": ("toyfs: fix a leak", ('123456789abc ("toyfs: leak")',)),
    "a fix of a comment": ("toyfs: fix a comment", ()),
    "a fix of a build warning": ("toyfs: fix sparse warnings", ()),
    "a prefix": ("toyfs: prefix the names", ()),
}


@pytest.mark.parametrize(("subject", "fixes"), SILENT.values(), ids=SILENT)
def test_silent_on(subject: str, fixes: tuple[str, ...]) -> None:
    change = _patch(subject, fixes=fixes)
    assert ask_with(RULE, change, older=lambda _: OLD) == ()


def _patch(subject: str, function: str = "helper_actor", **fields: object) -> Change:
    return patch("+    foo();", function, file="fs/iomap/helper.c", subject=subject, **fields)


def test_silent_on_code_that_no_older_kernel_has() -> None:
    assert ask_with(RULE, _patch("toyfs: fix a leak"), older=lambda _: {"5.10.262": False}) == ()


@pytest.mark.parametrize("origin", ["[ Upstream commit 0123456789ab0123456789ab ]", "commit 0123456789ab01 upstream."])
def test_silent_on_a_patch_that_comes_to_a_stable_kernel(origin: str) -> None:
    change = _patch("toyfs: fix a leak", message=f"From: Ada Quill\n\n{origin}\n\nIt leaks.")
    assert ask_with(RULE, change, older=lambda _: OLD) == ()


def test_silent_on_a_function_that_the_model_does_not_know() -> None:
    assert ask_with(RULE, _patch("toyfs: fix a leak", "brand_new"), older=lambda _: OLD) == ()


def test_the_older_model_is_asked_only_for_a_fix() -> None:
    def never(function: Function) -> dict[str, bool]:
        raise AssertionError(f"asked for {function.name}")

    assert ask_with(RULE, _patch("toyfs: change something"), older=never) == ()


def test_skipped_with_its_reason_when_no_older_model_can_be_asked() -> None:
    found = ask_with(RULE, _patch("toyfs: fix a leak"))
    assert isinstance(found, Skipped)
    assert found.why == "no older model was looked at"


def test_fires_on_a_fix_of_old_code_and_names_the_function_that_the_report_is_about() -> None:
    cosmetic = hunk("+ /* a comment */", "helper_writeback", file="fs/iomap/helper.c")
    check = hunk("+    if (!PageUptodate(page))\n+        return -EIO;", "helper_actor", file="fs/iomap/helper.c")
    found = ask_with(RULE, build(cosmetic, check, subject="toyfs: fix a leak"), older=lambda _: OLD)
    assert isinstance(found, tuple)
    assert "helper_actor() is in 5.10.262 as well" in found[0].text
    assert "no Cc: stable" in found[0].text
