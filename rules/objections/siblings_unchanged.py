"""Sibling implementers keep what the patch takes out of one.

What:
The patch removes an assert or a state change from one implementer of an operation or from a helper, and other
implementers of the same operation have the very same thing in their own code and stay as they are.

Why it matters:
What is wrong or useless in one implementer is mostly so in its siblings; what stays behind is the next bug, and a
reader cannot tell which of them is right.

Known false positives:
A series that converts one filesystem after the other, or a sibling that needs it for its own reasons.

Example:
    folio_set_error() goes from iomap_read_folio(); three other ->read_folio still set the flag.

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fires on 7; 1 of 7 read was
right (2 of 5 in an earlier sample), so it is pedantic.
"""

from rules import concepts, evidence, filesystems
from rules.change import Change
from rules.evidence import PRODUCED_BY
from rules.guards import Guard
from rules.model import Site
from rules.objections.base import Facts, Finding, Rule

_KINDS = ("assert removed", "state change removed", "assert became check")
_SUBJECTS = frozenset({"uptodate", "error"})
_DEEPEST = 4  # functions from the implementer to the changed one
_SHOWN = 5


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    wanted = any(guard.kind in _KINDS and guard.subject for guard in facts.guards)
    if facts.model is None or not wanted or not facts.placements:
        return ()
    placement = facts.placements[0]
    guard = placement.guard
    if guard is None or guard.kind not in _KINDS or guard.subject not in _SUBJECTS:
        return ()
    if len(placement.below) > _DEEPEST:  # too far from the implementers to be the same step
        return ()
    if evidence.of_metadata(guard.function) or not _stays(facts, guard):
        return ()
    touched = set(change.functions)
    same = [site for site in _siblings(facts, guard) if facts.model.functions[site.function].name not in touched]
    homes = sorted({evidence.home_of(facts.model.functions[site.function].file) for site in same})
    if not homes:
        return ()
    field = placement.operation.rpartition(".")[2]
    return (
        Finding(
            text=f"{guard.spelling}() goes from {placement.function}(); other implementers of ->{field} do the same "
            f"and stay: {evidence.names(homes)} ({evidence.told(facts.model, same, _SHOWN)}).",
            file=guard.file,
            line=guard.line,
            function=placement.function,
            spots=tuple(evidence.spot_of(facts.model, site) for site in same[:_SHOWN]),
            words=(field, guard.subject, guard.spelling),
        ),
    )


def _stays(facts: Facts, guard: Guard) -> bool:
    """The function is still there, and the state is nowhere set or cleared instead."""
    after = [item for hunk, items in facts.views if hunk.file == guard.file for item in items]
    changes = (item for item in after if item.sign == "+" and item.op in ("set", "clear"))
    moved = any(item.spelling == guard.spelling for item in changes)
    return not moved and any(item.function == guard.function for item in after)


def _siblings(facts: Facts, guard: Guard) -> list[Site]:
    """The same operation on the same state in the own code of implementers that the change does not reach."""
    model = facts.model
    assert model is not None  # asked by the caller
    wanted = {concept.op for concept in concepts.all_of(guard.spelling)} & {PRODUCED_BY[guard.subject]}
    if guard.kind in ("assert became check", "assert removed"):
        wanted = {"assert"}
    found: dict[tuple[int, int], Site] = {}
    for row in facts.rows:
        function = facts.function(row.implementer, row.spot.file) if not row.reached else None
        if function is None:
            continue
        for index in filesystems.serving(model, function, row.operation.rpartition(".")[2]):
            for site in model.sites(index):
                own = model.functions[index].name
                if site.subject == guard.subject and site.op in wanted and not evidence.of_metadata(own):
                    found.setdefault((site.function, site.line), site)
    return list(found.values())


RULE = Rule(
    id="siblings-unchanged",
    title="Sibling implementers keep what is removed here",
    severity="low",
    confidence="medium",
    kinds=("scope", "approach"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
