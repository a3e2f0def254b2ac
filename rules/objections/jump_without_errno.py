"""A failure jumps to the exit and the error is not set.

What:
In the new text a failed pointer leads to a goto, nothing in the branch or just before it sets an error, and the hunk
shows that the error variable was found to be 0 just before.

Why it matters:
The caller is told that all went well: a read that did not happen counts as done, a page stays locked or stale.

Known false positives:
An exit that takes the error out of the pointer itself, or for which 0 is the right answer.

Example:
         ret = toy_map(inode, &map);
         if (ret)
             goto out;
    +    rreq = toy_alloc_request(mapping);
    +    if (IS_ERR(rreq))
    +        goto out;

Measured:
1 of 5 hits read among 17,500 archived patches was right, so it is pedantic.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.guards import Item
from rules.objections.base import Facts, Finding, Rule

_FAILED = frozenset({"IS_ERR", "IS_ERR_OR_NULL"})
_ERROR_NAME = re.compile(r"err\w*|ret|rc|error|status")
_BEFORE = 12  # items above the test in which an error may be preset, or is shown to be 0


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(finding for hunk, items in facts.views for finding in _in_hunk(hunk, items))


def _in_hunk(hunk: ChangedHunk, items: tuple[Item, ...]) -> Iterator[Finding]:
    for at, item in enumerate(items):
        zero = _known_zero(hunk, items, at) if _jumps_bare(items, at) else ""
        if zero:
            yield Finding(
                text=f"When {item.spelling}({item.argument}), {item.function}() does '{item.action}' with {zero} still "
                "0; the caller is told that all went well.",
                file=hunk.file,
                line=item.line,
                function=item.function,
                words=("error", item.argument, item.spelling),
            )


def _jumps_bare(items: tuple[Item, ...], at: int) -> bool:
    item = items[at]
    if item.op != "test" or item.spelling not in _FAILED or item.negated or not item.function:
        return False
    if not item.action.startswith("goto"):
        return False
    if item.sign != "+" and not any(other.sign == "+" and other.into == item.argument for other in items[:at]):
        return False
    around = items[max(0, at - _BEFORE) : at + _BEFORE]
    return not any(other.spelling.startswith(("PTR_ERR", "ERR_CAST")) or other.op == "assign" for other in around)


def _known_zero(hunk: ChangedHunk, items: tuple[Item, ...], at: int) -> str:
    """The error variable that a call above set and a test above found to be 0, "" for none."""
    for item in reversed(items[max(0, at - _BEFORE) : at]):
        if item.function == items[at].function and _ERROR_NAME.fullmatch(item.into):
            tested = re.compile(rf"\bif \((?:unlikely\()?{item.into}(?: < 0)?\)")
            between = (line.text for line in hunk.lines if line.new and item.line <= line.new < items[at].line)
            return item.into if any(tested.search(text[:400]) for text in between) else ""
    return ""


RULE = Rule(
    id="jump-without-errno",
    title="A failure jumps to the exit without an error",
    severity="medium",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
