"""One of two twins is changed, the other stays.

What:
The patch changes a check, an error or a state in a function that has a twin (the page and the folio version of it, or
the ->read_folio and the ->readahead, ->writepage and ->writepages of one filesystem), the two call mostly the same
functions, neither calls the other, and the twin is not changed.

Why it matters:
Twins are copies of each other; a bug in one is mostly in the other, and readahead is what most reads take.

Known false positives:
A state that only one of the two can meet.

Example:
    toy_read_folio() gets an error check that toy_readahead() lacks.

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fires on 2; 0 of 2 read were
right, so it is pedantic.
"""

from collections.abc import Iterator

from rules import concepts, evidence
from rules.change import Change
from rules.guards import Guard
from rules.model import Function
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import is_added

_SWAPS = (
    ("_folio", "_page"),
    ("read_folio", "readahead"),
    ("readpage", "readahead"),
    ("readpage", "readpages"),
    ("writepage", "writepages"),
)
_SHARED_CALLS = 0.5  # of the smaller twin


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    touched = set(change.functions)
    found: dict[str, Finding] = {}
    for guard in facts.guards:
        function = facts.function(guard.function, guard.file)
        if function is None or guard.function in found or not guard.subject or is_added(facts, guard.function):
            continue
        twin = next((twin for twin in _twins(function, facts) if twin.name not in touched), None)
        if twin is not None and _has(facts, twin, guard) == (guard.sign == "+"):
            continue  # it has what is added here, or never had what is removed
        if twin is not None:
            found[guard.function] = _finding(guard, twin)
    return tuple(found.values())


def _finding(guard: Guard, twin: Function) -> Finding:
    return Finding(
        text=f"{guard.function}() changes ({guard.kind}: {guard.spelling}), its twin {twin.name}() stays.",
        file=guard.file,
        line=guard.line,
        function=guard.function,
        spots=(evidence.definition(twin),),
        words=(twin.name, guard.subject, guard.spelling),
    )


def _twins(function: Function, facts: Facts) -> Iterator[Function]:
    for one, other in (*_SWAPS, *((b, a) for a, b in _SWAPS)):
        if function.name.endswith(one):
            twin = facts.function(function.name[: -len(one)] + other, function.file)
            if twin is not None and twin.index != function.index and _alike(function, twin, facts):
                yield twin


def _has(facts: Facts, twin: Function, guard: Guard) -> bool:
    """The twin does the same to the same state."""
    assert facts.model is not None  # facts.function() found one
    ops = {concept.op for concept in concepts.all_of(guard.spelling)}
    return any(site.subject == guard.subject and site.op in ops for site in facts.model.sites(twin.index))


def _alike(function: Function, twin: Function, facts: Facts) -> bool:
    assert facts.model is not None  # facts.function() found one
    mine = {edge.callee for edge in facts.model.callees(function.index)}
    theirs = {edge.callee for edge in facts.model.callees(twin.index)}
    if function.index in theirs or twin.index in mine or min(len(mine), len(theirs)) < 3:
        return False
    return len(mine & theirs) >= _SHARED_CALLS * min(len(mine), len(theirs))


RULE = Rule(
    id="twins-diverge",
    title="A twin function stays unchanged",
    severity="low",
    confidence="medium",
    kinds=("scope", "correctness"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
