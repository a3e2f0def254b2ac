"""A regression test exists for this code and nobody names it.

What:
The test plan has a test that is annotated as the regression test of this very patch or of the commit that the patch
repairs (Fixes:), and neither the commit message nor the thread names that test or any other.

Why it matters:
The author may not know the test; a run of it costs minutes and answers whether the bug is gone, or back.

Known false positives:
A change of comments or of code that the test does not reach with its default options; an author who ran the whole
suite and did not say so.

Example:
    Fixes: names a commit that generic/019 was written for; the thread names no test.

Measured:
It fires on 18 of 571 fixes for xfs, ext4, btrfs and f2fs that no rule was mended on (seed 41, second half); 18 of 18
read are right: 12 tests are annotated with the patch's own title (for old patches that is hindsight), 6 with the commit
that it repairs.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule, Skipped

_NAMED = (  # compiled only when there is a test to name
    r"\b(?:generic|xfs|ext4|btrfs|f2fs|shared|overlay|nfs|ceph|cifs)/\d{3}\b|\bx?fstests?\b|\bkselftest|\bblktests"
)
_MESSAGE_CAP = 20_000


def _check(change: Change, facts: Facts) -> tuple[Finding, ...] | Skipped:
    if facts.regressions is None:
        return Skipped(rule=RULE.id, why="no test plan was made")
    if not facts.regressions or facts.tests_named or re.search(_NAMED, change.message[:_MESSAGE_CAP]):
        return ()
    are = "was written" if len(facts.regressions) == 1 else "were written"
    return (
        Finding(
            text=f"Nobody names a test, and {', '.join(facts.regressions[:3])} {are} for this change or for the commit "
            "that it repairs: was it run?",
            function=next(iter(change.functions), ""),
            words=("test", *facts.regressions[:3]),
        ),
    )


RULE = Rule(
    id="regression-test-unnamed",
    title="A known regression test is not named",
    severity="low",
    confidence="high",
    kinds=("testing",),
    check=_check,
    documentation=__doc__,
)
