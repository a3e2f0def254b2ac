"""A regression test exists for this code and nobody names it.

What:
The test plan has a test that is known to fail on the code that the patch changes, and neither the commit message nor
the thread names that test or any other.

Why it matters:
The author may not know the test; a run of it costs minutes and answers whether the bug is gone.

Known false positives:
A change of comments or of code that the test does not reach with its default options.

Example:
    The plan says generic/019 for iomap_page_mkwrite_actor(); the thread names no test.

Measured:
3 hits among 1,500 archived patches, none of them checked against the source of its test. Its precision is unknown, so
it is pedantic.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule, Skipped

_NAMED = re.compile(
    r"\b(?:generic|xfs|ext4|btrfs|f2fs|shared|overlay|nfs|ceph|cifs)/\d{3}\b|\bx?fstests?\b|\bkselftest|\bblktests"
)
_MESSAGE_CAP = 20_000


def _check(change: Change, facts: Facts) -> tuple[Finding, ...] | Skipped:
    if facts.regressions is None:
        return Skipped(rule=RULE.id, why="no test plan was made")
    if not facts.regressions or facts.tests_named or _NAMED.search(change.message[:_MESSAGE_CAP]):
        return ()
    return (
        Finding(
            text=f"Nobody names a test, and {', '.join(facts.regressions[:3])} is known to fail on this code: "
            "was it run?",
            function=next(iter(change.functions), ""),
            words=("test", *facts.regressions[:3]),
        ),
    )


RULE = Rule(
    id="regression-test-unnamed",
    title="A known regression test is not named",
    severity="low",
    confidence="medium",
    kinds=("testing",),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
