"""A failure jumps to the exit and the error is not set.

What:
In the new text a failed pointer (IS_ERR or a NULL allocation) leads to a goto, nothing in the branch or just before it
sets an error, and the function returns an int that was 0 until then.

Why it matters:
The caller is told that all went well: a read that did not happen counts as done, a page stays locked or stale.

Known false positives:
An exit that takes the error out of the pointer itself, or an error that was preset further up than the hunk shows.

Example:
    +    rreq = toy_alloc_request(mapping);
    +    if (IS_ERR(rreq))
    +        goto out;
"""

from rules.change import Change
from rules.guards import Item
from rules.objections.base import Facts, Finding, Rule

_FAILED = frozenset({"IS_ERR", "IS_ERR_OR_NULL"})
_BEFORE = 6  # items above the test in which an error may be preset


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(
        Finding(
            text=f"When {item.spelling}({item.argument}), {item.function}() does '{item.action}' and nothing sets an "
            "error on the way; is 0 returned?",
            file=item.file,
            line=item.line,
            function=item.function,
            words=("error", item.argument, item.spelling),
        )
        for hunk, items in facts.views
        for at, item in enumerate(items)
        if _jumps_bare(items, at, item)
    )


def _jumps_bare(items: tuple[Item, ...], at: int, item: Item) -> bool:
    if item.op != "test" or item.spelling not in _FAILED or item.negated or not item.action.startswith("goto"):
        return False
    if item.sign != "+" and not any(other.sign == "+" and other.argument == item.argument for other in items):
        return False
    around = items[max(0, at - _BEFORE) : at + _BEFORE]
    return not any(
        other.spelling in ("PTR_ERR", "PTR_ERR_OR_ZERO", "ERR_CAST") or other.op == "assign" for other in around
    )


RULE = Rule(
    id="jump-without-errno",
    title="A failure jumps to the exit without an error",
    severity="medium",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
