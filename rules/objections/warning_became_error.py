"""A warning about a state that should not be is replaced by an error return.

What:
A WARN or BUG on a page, folio or lock state is removed, and the same state is branched on with an error instead.

Why it matters:
The warning said "this cannot happen". If it can, the question is which path leaves the state behind, and whether the
other users of that path are prepared for it; if it cannot, the new branch is dead and hides the bug that the warning
would have shown.

Known false positives:
The commit message explains how the state comes about, and the reviewer agrees that it is no bug.

Example:
    -    WARN_ON_ONCE(!folio_test_uptodate(folio));
    +    if (!folio_test_uptodate(folio))
    +        return -EIO;

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fires on 2; one was right and
is the thread that it was made for, one was explained in the commit message, so it is pedantic.
"""

from rules import guards
from rules.change import Change
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import produced_in_words


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(
        Finding(
            text=f"{guard.function}() warned about {guard.spelling}() and "
            + (f"answers with '{guard.action}'" if guard.action else "branches on it silently")
            + f" now. {produced_in_words(facts, guard.function)}",
            file=guard.file,
            line=guard.line,
            function=guard.function,
            spots=tuple(spot for cell in facts.produced(guard.function) if cell.near for spot in cell.spots),
            words=(guard.subject, guard.spelling, "WARN"),
        )
        for guard in facts.guards
        if guard.kind in ("assert became check", "warning dropped") and guards.adds_check(guard) and not guard.warned
    )


RULE = Rule(
    id="warning-became-error",
    title="A warning became an error return",
    severity="medium",
    confidence="medium",
    kinds=("evidence", "placement", "correctness", "approach"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
