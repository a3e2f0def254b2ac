"""A handled state is only warned about now.

What:
A test that led to an error or a retry is removed, and the same state is asserted with WARN or BUG instead.

Why it matters:
With the test gone the code goes on with the bad state; with BUG the machine stops. A state that storage errors or a
racing truncate can produce is no bug.

Known false positives:
A lock taken earlier makes the state impossible now.

Example:
    -    if (folio->mapping != mapping)
    -        goto retry;
    +    VM_BUG_ON_FOLIO(folio->mapping != mapping, folio);

Measured:
Over the 39,600 distinct patches of fs, mm and block of 2020 to 2026 in 17 archives it fires on 3, versions of two
patches; 5 of 7 hits read in an earlier sample were right, and a later fix shows that the state did occur.
"""

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(
        Finding(
            text=f"{guard.function}() tested {guard.subject.replace('_', ' ')} and acted on it; now it only asserts it "
            f"({guard.spelling}) and goes on. Can the state still occur here, after an I/O error or a truncate?",
            file=guard.file,
            line=guard.line,
            function=guard.function,
            words=(guard.subject, guard.spelling, "WARN"),
        )
        for guard in facts.guards
        if guard.kind == "check became assert" and guard.subject
    )


RULE = Rule(
    id="check-became-warning",
    title="A check became a warning",
    severity="medium",
    confidence="medium",
    kinds=("correctness", "approach"),
    check=_check,
    documentation=__doc__,
)
