"""A new return leaves a function while a lock that the same hunk shows taken is held.

What:
The patch adds a return with an error between a lock and its unlock, and the other exits drop the lock first.

Why it matters:
A folio that stays locked hangs the next fault, reclaim and truncate for ever.

Known false positives:
A function that returns locked on purpose (VM_FAULT_LOCKED), or a lock that the compiler drops at the end of the scope.

Example:
        folio_lock(folio);
    +    if (!folio_test_uptodate(folio))
    +        return -EIO;
        folio_mark_dirty(folio);
        folio_unlock(folio);

Measured:
Over the 39,600 distinct patches of fs, mm and block of 2020 to 2026 in 17 archives it fires on 5; 5 of 5 read were
right (4 different patches).
"""

from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.guards import Item, follows, is_error
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import PAIRS

_ABOVE = 300  # items above and below a return that are looked at


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return tuple(finding for hunk, items in facts.views for finding in _in_hunk(hunk, items))


def _in_hunk(hunk: ChangedHunk, items: tuple[Item, ...]) -> Iterator[Finding]:
    for at, item in enumerate(items):
        if item.op != "return" or item.sign != "+" or not is_error(item.subject) or "LOCKED" in item.subject:
            continue
        lock = _held(items, at)
        if lock is not None:
            yield Finding(
                text=f"'return {item.subject}' leaves {item.function}() with the lock of {lock.spelling}"
                f"({lock.argument}) held; the way on drops it.",
                file=hunk.file,
                line=item.line,
                function=item.function,
                words=("lock", "unlock", lock.spelling),
            )


def _held(items: tuple[Item, ...], at: int) -> Item | None:
    """The lock that is held at items[at], when the text after it drops the same lock."""
    for back in range(at - 1, max(-1, at - _ABOVE), -1):
        lock = items[back]
        unlock = PAIRS.get(lock.spelling)
        if lock.function != items[at].function:
            return None
        if unlock is None or not follows(items, back, at) or "try" in lock.spelling:
            continue
        between = any(items[n].spelling == unlock and follows(items, n, at) for n in range(back + 1, at))
        later = any(
            item.spelling == unlock and item.argument == lock.argument and item.function == lock.function
            for item in items[at + 1 : at + _ABOVE]
        )
        return lock if later and not between and not lock.inside else None
    return None


RULE = Rule(
    id="return-keeps-lock",
    title="A new return keeps a lock",
    severity="high",
    confidence="medium",
    kinds=("correctness", "concurrency"),
    check=_check,
    documentation=__doc__,
)
