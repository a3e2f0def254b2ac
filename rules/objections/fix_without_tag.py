"""A fix that names no commit it fixes.

What:
The subject says that the patch fixes something, the changed function exists in older kernels that models were made
from, and the message has no Fixes: trailer.

Why it matters:
Without the tag nobody can tell which stable kernels need the patch; with the function in them, they may.

Known false positives:
A bug that was there from the first commit, a fix of a comment or of a warning, a fix inside a series that adds the
code.

Example:
    Subject: [PATCH] iomap: fix a data corruption after a failed write
    (no Fixes: line, and iomap_write_iter() is in the oldest kernel that a model was made from)
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule, Skipped

_FIX = re.compile(r"\bfix(?:es|ed)?\b", re.I)
_NO_BUG = re.compile(
    r"\b(?:comments?|typos?|spelling|documentation|kernel-?doc|warnings?|sparse|checkpatch|indentation|whitespace|style)\b",
    re.I,
)


def _check(change: Change, facts: Facts) -> tuple[Finding, ...] | Skipped:
    if change.fixes or not _FIX.search(change.subject[:300]) or _NO_BUG.search(change.subject[:300]):
        return ()
    if facts.older is None:
        return Skipped(rule=RULE.id, why="no older model was looked at")
    name = next(iter(change.functions), "")
    old = [version for version, has in facts.older().items() if has] if name else []
    if not old:
        return ()
    stable = "" if change.stable else " and no Cc: stable"
    return (
        Finding(
            text=f"The subject says fix, there is no Fixes: tag{stable}, and {name}() is in {', '.join(old)} as well: "
            "which commit brought the bug, and does stable need the fix?",
            function=name,
            words=("Fixes:", "stable"),
        ),
    )


RULE = Rule(
    id="fix-without-tag",
    title="A fix without a Fixes: tag",
    severity="low",
    confidence="high",
    kinds=("changelog", "scope"),
    check=_check,
    documentation=__doc__,
)
