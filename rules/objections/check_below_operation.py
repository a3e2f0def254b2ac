"""A check is added below an operation call while other implementers of the operation lack it.

What:
The patch adds a check of a page or folio state (or lets an error follow from it) in one implementer of a fault
operation, or in a helper that some implementers share. Other implementers of the same operation neither test the state
nor come through the changed function, though their I/O error paths can bring pages into it.

Why it matters:
If the state can be there when the operation is called, it is there for every implementer. Then the check belongs
before the call, or every implementer needs it; if not, the commit message should say what is special here.

Known false positives:
A state that only this filesystem or library can leave behind on a mapped page.

Example:
    A test of uptodate in iomap_page_mkwrite_actor() covers xfs and zonefs; ->page_mkwrite has twenty implementers.

Measured:
Over the 39,600 distinct patches of fs, mm and block of 2020 to 2026 in 17 archives it fires on 2, both rightly:
one is the thread that it was made for.
"""

from rules import evidence
from rules.change import Change
from rules.filesystems import Row
from rules.objections.base import Facts, Finding, Rule

_VMA = "vm_operations_struct."  # what a state means to other operations is not recorded
_DEEPEST = 3  # functions from the implementer to the changed one
_KINDS = ("check added", "assert became check", "warning dropped", "error return added")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    wanted = any(guard.kind in _KINDS and guard.subject for guard in facts.guards)
    if not wanted or not facts.placements:
        return ()
    placement = facts.placements[0]
    guard = placement.guard
    if guard is None or guard.kind not in _KINDS or not guard.subject or not placement.operation.startswith(_VMA):
        return ()
    if len(placement.below) > _DEEPEST or not (guard.action or guard.kind == "error return added"):
        return ()  # far below it serves other things, and a test that goes on is no check
    bare = [row for row in facts.rows if not row.reached and row.verdict == "affected"]
    if not bare:
        return ()
    covered = sorted({row.filesystem for row in facts.rows if row.reached})
    field = placement.operation.rpartition(".")[2]
    return (
        Finding(
            text=f"The check of {guard.subject} in {placement.function}() covers {evidence.names(covered)}; of the "
            f"other implementers of ->{field}, {_listed(bare)} neither test{'s' if len(bare) == 1 else ''} it nor come"
            f"{'s' if len(bare) == 1 else ''} through here. Why here and not before ->{field} is called?",
            file=guard.file,
            line=guard.line,
            function=placement.function,
            spots=tuple(row.spot for row in bare[:6]),
            words=(field, guard.subject, guard.spelling),
        ),
    )


def _listed(rows: list[Row]) -> str:
    return evidence.names(sorted({row.filesystem for row in rows}))


RULE = Rule(
    id="check-below-operation",
    title="A check below an operation that other implementers lack",
    severity="high",
    confidence="medium",
    kinds=("placement", "scope"),
    check=_check,
    documentation=__doc__,
)
