"""A page or folio is used after its lock was dropped.

What:
In the new text a page or folio lock is dropped, is not taken again, and then `->mapping` of the page or folio is
followed or its uptodate, dirty or error state is changed.

Why it matters:
Without the lock truncate can take the folio out of the page cache: the mapping is NULL or another file's, and a state
that is set afterwards lands on a folio that somebody else has locked or reused.

Known false positives:
A folio under writeback keeps its mapping; a helper of that name that works on a private copy.

Example:
        folio_unlock(folio);
     ...
    +    mapping_set_error(folio->mapping, error);
"""

from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.guards import Item, follows
from rules.objections.base import Facts, Finding, Rule

_STATES = frozenset({"uptodate", "dirty", "error"})


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(finding for hunk, items in facts.views for finding in _in_hunk(hunk, items))


def _in_hunk(hunk: ChangedHunk, items: tuple[Item, ...]) -> Iterator[Finding]:
    for first, unlock in enumerate(items):
        if unlock.op != "unlock" or unlock.subject != "locked":
            continue
        use = _use_after(items, first)
        if use is not None and "+" in (unlock.sign, use.sign):
            what = "changes its state" if use.subject in _STATES else "follows its mapping"
            yield Finding(
                text=f"{use.function}() drops the lock with {unlock.spelling}() and then {what} ({use.text}); "
                "truncate may have taken the page out of the cache by then.",
                file=hunk.file,
                line=use.line if use.sign == "+" else unlock.line,
                function=use.function,
                words=("lock", use.spelling, "mapping", "truncate"),
            )


def _use_after(items: tuple[Item, ...], first: int) -> Item | None:
    page = items[first].argument
    for at in range(first + 1, len(items)):
        item = items[at]
        if item.op in ("lock", "label") or (item.op == "call" and "lock" in item.spelling):
            return None
        changes = item.op in ("set", "clear") and item.subject in _STATES and item.argument.split(",")[0] == page
        if (changes or f"{page}->mapping" in item.argument) and follows(items, first, at):
            return item
    return None


RULE = Rule(
    id="state-after-unlock",
    title="The folio is used after its lock was dropped",
    severity="high",
    confidence="medium",
    kinds=("concurrency", "correctness"),
    check=_check,
    documentation=__doc__,
)
