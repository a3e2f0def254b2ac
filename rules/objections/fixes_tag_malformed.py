"""A Fixes: tag that is not in the usual form.

What:
A Fixes: line does not hold the first 12 (or more) digits of a commit and its subject in parentheses and quotes, on one
line.

Why it matters:
Stable maintainers and scripts find the kernels that need a fix by this tag; they miss one that they cannot read, and
linux-next reports each of them. Documentation/process/submitting-patches.rst gives the form.

Known false positives:
A line that the mail program wrapped.

Example:
    Fixes: 1234567 toyfs: add an extent cache

Measured:
On patches that it was not mended on, from 17 archives (seed 41, second half; seed 44), 61 of 61 hits read were right,
one hit a patch; a third are too few digits or a subject on two lines, which some maintainers let pass.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule

_GOOD = re.compile(r"[0-9a-fA-F]{12,64}[ \t]*\(['\"].+['\"]\)")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    bad = [value[:300] for value in change.fixes if not _GOOD.match(value[:300])]
    return tuple(
        Finding(
            text=f"'Fixes: {value[:100]}' {_why(value)}; the form is: Fixes: <12 digits> (\"<subject>\").",
            function=next(iter(change.functions), ""),
            words=("Fixes:",),
        )
        for value in bad
    )


def _why(value: str) -> str:
    digits = re.match(r"[0-9a-fA-F]*", value)
    assert digits is not None  # it matches nothing as well
    if value.startswith(("http", "<http")):
        return "names no commit (a report is a Closes: or Link:)"
    if value.lower().startswith("commit"):
        return "has a word before the commit"
    if not digits[0]:
        return "names no commit"
    if len(digits[0]) < 12:
        return f"has {len(digits[0])} digits of the commit"
    rest = value[len(digits[0]) :].strip()
    if not rest:
        return "lacks the commit's subject"
    if rest.startswith(('("', "('")):
        return "does not close the subject on the same line"
    return "lacks the parentheses and quotes around the subject"


RULE = Rule(
    id="fixes-tag-malformed",
    title="A Fixes: tag that is not in the usual form",
    severity="low",
    confidence="high",
    kinds=("changelog", "process"),
    check=_check,
    documentation=__doc__,
)
