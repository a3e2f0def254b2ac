"""A Fixes: tag that is not in the usual form."""

import pytest

from rules.objections.fixes_tag_malformed import RULE
from tests.rules.objections.run import ask
from tests.rules.patches import patch

GOOD = ('0123456789ab ("toyfs: add extents")', '0123456789abcdef ("toyfs: x") # v6.1+', "0123456789ab ('toyfs: x')")
BAD = {
    'commit 0123456789ab ("toyfs: x")': "a word before the commit",
    '01234567 ("toyfs: x")': "8 digits",
    "0123456789ab toyfs: x": "parentheses and quotes",
    "0123456789ab (toyfs: x)": "parentheses and quotes",
    '0123456789ab ("toyfs: add a very long': "same line",
    "0123456789ab": "the commit's subject",
    "https://bugs.example.org/1": "names no commit",
    "toyfs: x": "names no commit",
}


@pytest.mark.parametrize("value", GOOD)
def test_silent_on_a_tag_that_can_be_read(value: str) -> None:
    assert ask(RULE, patch("+    foo();", "toy_f", fixes=(value,))) == ()


def test_silent_without_a_tag() -> None:
    assert ask(RULE, patch("+    foo();", "toy_f")) == ()


@pytest.mark.parametrize(("value", "why"), BAD.items(), ids=BAD)
def test_fires_and_says_what_is_wrong(value: str, why: str) -> None:
    (finding,) = ask(RULE, patch("+    foo();", "toy_f", fixes=(value,)))
    assert why in finding.text
