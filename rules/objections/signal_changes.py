"""A fault that succeeded, or failed otherwise, now ends in a signal or another errno.

What:
The patch adds an error on the way of a page fault: the task that touches the mapping gets SIGBUS (or is killed for
lack of memory) where it did not before. The text names what turns the errno into a VM_FAULT code, or says that no such
place is seen.

Why it matters:
Programs do not check for SIGBUS on each store to a mapping. Whether the new signal is wanted, and whether -EAGAIN or
-EFAULT (which mean "try again" to block_page_mkwrite_return()) would be taken for it, must be a decision.

Known false positives:
An error that the caller would have found a few lines later anyway.

Example:
    +    if (!folio_test_uptodate(folio))
    +        return -EIO;        (below ->page_mkwrite: VM_FAULT_SIGBUS)

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fires on 5; one was right and
is the thread that it was made for, four stores deadlocked before, so it is pedantic.
"""

import re

from rules.change import Change
from rules.coverage import Placement
from rules.evidence import Spot
from rules.guards import Guard, is_error
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import is_added

_CODE = re.compile(r"-(E[A-Z]+)|(VM_FAULT_\w+)")
# block_page_mkwrite_return() and vmf_error(), include/linux/buffer_head.h and include/linux/mm.h of 5.10 to 7.3
_RETRIES = frozenset({"EFAULT", "EAGAIN"})
_MEANS = {"ENOMEM": "VM_FAULT_OOM", "EHWPOISON": "VM_FAULT_HWPOISON"}
_NOT_MAPPED = re.compile(r"S_IS|no_?wait|atomic_\w|exiting|fatal_signal|\bWARN|IOMAP_DIRECT", re.I)
_CALLERS_CAP = 2
_DEEPEST = 3  # functions from the implementer to the changed one
_KINDS = ("error return added", "assert became check", "check added")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    found: dict[tuple[str, str], Finding] = {}
    wanted = [guard for guard in facts.guards if guard.kind in _KINDS and guard.sign == "+" and _code(guard)]
    for placement in facts.placements if wanted else ():
        for guard in wanted:
            if guard.function == placement.function and _near_the_fault(placement) and _is_new(facts, guard):
                found.setdefault((placement.function, _code(guard)), _finding(placement, guard, facts))
    return tuple(found.values())


def _is_new(facts: Facts, guard: Guard) -> bool:
    """The error is new, a condition tells when, and what is mapped can meet it."""
    told = bool(guard.condition or guard.subject) and not _of_no_file(guard)
    if not told or _ends_so_already(facts, guard):
        return False
    return guard.function not in facts.fails_gone and not _widely_used(facts, guard)


def _ends_so_already(facts: Facts, guard: Guard) -> bool:
    """The function has this VM_FAULT code in the model, or is one that the patch adds: no store came through it."""
    function = facts.function(guard.function, guard.file)
    sites = facts.model.sites(function.index) if function and facts.model else ()
    added = is_added(facts, guard.function)
    return added or (_code(guard).startswith("VM_FAULT_") and any(site.spelling == _code(guard) for site in sites))


def _of_no_file(guard: Guard) -> bool:
    """A condition on the kind of inode (regular files are what is mapped), or one that no mapped store meets."""
    return bool(_NOT_MAPPED.search(guard.condition))


def _near_the_fault(placement: Placement) -> bool:
    """Below a fault operation, without another operation between."""
    near = placement.operation.startswith("vm_operations_struct.") and len(placement.below) <= _DEEPEST
    return placement.path == "fault" and near and _serves_faults(placement)


def _serves_faults(placement: Placement) -> bool:
    """An implementer, or below a helper that is named after faults; a journal serves everything."""
    named = any(word in name for name in placement.below[1:] for word in ("mkwrite", "fault"))
    return named or len(placement.below) == 1


def _widely_used(facts: Facts, guard: Guard) -> bool:
    """Many call it: what a fault hands down is not what the new condition is about."""
    function = facts.function(guard.function, guard.file)
    if function is None or facts.model is None:
        return True
    direct = {edge.caller for edge in facts.model.callers(function.index) if edge.kind != "operation"}
    return len(direct) > _CALLERS_CAP


def _code(guard: Guard) -> str:
    match = _CODE.search(guard.action) or _CODE.search(guard.spelling)
    return (match[1] or match[2]) if match and is_error(match[0]) else ""


def _finding(placement: Placement, guard: Guard, facts: Facts) -> Finding:
    code = _code(guard)
    spots = _converters(placement, facts)
    if code.startswith("VM_FAULT_"):
        means = f"{code} is new here"
    elif not spots:
        means = f"-{code} is new here, and no conversion to a VM_FAULT code is seen on the way up"
    elif code in _RETRIES and spots[0].function == "block_page_mkwrite_return":
        means = f"-{code} is new here, and block_page_mkwrite_return() takes it for 'try again' ({spots[0]})"
    else:
        signal = _MEANS.get(code, "VM_FAULT_SIGBUS")
        means = f"-{code} is new here, and {spots[0].function}() makes {signal} of it ({spots[0]})"
    return Finding(
        text=f"{placement.function}(){_condition(guard)}: {means}. The task gets that for a store that succeeded "
        "before; is it wanted?",
        file=guard.file,
        line=guard.line,
        function=placement.function,
        spots=spots,
        words=("SIGBUS", code, placement.operation.rpartition(".")[2]),
    )


def _condition(guard: Guard) -> str:
    if guard.kind == "error return added":
        return f", if {guard.condition}" if guard.condition else ""
    return f", if {'!' if guard.negated else ''}{guard.spelling}()"


def _converters(placement: Placement, facts: Facts) -> tuple[Spot, ...]:
    """Conversions in the functions of the layers, nearest to the change first; `function` is the converter."""
    found = []
    for layer in reversed(placement.layers):
        for name, spot in zip(layer.functions, layer.spots, strict=False):
            function = facts.function(name, spot.file)
            sites = facts.model.sites(function.index) if facts.model and function else ()
            found += [
                Spot(file=spot.file, line=site.line, function=site.spelling)
                for site in sites
                if site.op == "convert" and not site.spelling.startswith("VM_FAULT_")
            ]
    return tuple(found[:3])


RULE = Rule(
    id="signal-changes",
    title="A fault ends in a signal that it did not before",
    severity="medium",
    confidence="medium",
    kinds=("interface", "correctness", "approach"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
