"""Locks that are held at a step of a chain, in words."""

from __future__ import annotations

import re

from rules.chains import Chain
from rules.evidence import names, of_metadata
from rules.filesystem_names import filesystem_of
from rules.met import Met
from rules.model import Edge
from rules.pathfiles import PathFile
from rules.reach import LATER

LOCKS = {
    "locked": "page lock",
    "invalidate_lock": "invalidate lock",
    "freeze": "freeze protection",
    "i_rwsem": "inode lock",
}
_COMPLETION = re.compile(r"end_?io|end_bio|bio_end|complet")
SLEEPING = frozenset({"locked", "invalidate_lock", "i_rwsem"})


def may_sleep(item: Met) -> bool:
    return item.site.op == "lock" and item.site.subject in SLEEPING and "try" not in item.site.spelling


def context(chain: Chain, at: int, path: PathFile) -> int:
    """The first step of a chain that runs in the context of step `at`: a completion and a work item begin another."""
    steps = zip(chain.edges[:at], chain.steps[1:], strict=False)
    begins = (number for number, (edge, step) in enumerate(steps, 1) if _runs_later(edge, step.name, path))
    return max(begins, default=0)


def _runs_later(edge: Edge, callee: str, path: PathFile) -> bool:
    """Of a function that is handed over only its name tells that the device calls it."""
    operation = path.operation(edge.operation) if edge.kind == "operation" else None
    completes = edge.kind == "callback" and bool(_COMPLETION.search(callee))
    return edge.kind in LATER or completes or (operation is not None and operation.later)


def is_held(item: Met, met: tuple[Met, ...], at: int, since: int = 0) -> bool:
    """Taken before step `at` goes on, and not dropped before that; `since` is the first step of the same context."""
    if not since <= item.frame <= at or item.site.op not in ("lock", "start") or item.site.subject not in LOCKS:
        return False
    if item.site.subject == "locked" and of_metadata(item.name):
        return False  # the lock of a page of the filesystem's own, not of the file's
    if item.via and not item.certain:
        return False  # taken on some ways by a call that has returned since, and may have dropped it there
    if not item.stale:
        return True
    drops = (other for other in met if other.frame <= at and other.site.op in ("unlock", "end"))
    return not any(other.site.subject == item.site.subject and other.where in item.why for other in drops)


def told(groups: list[list[Met]], through: int) -> str:
    """ "page lock (taken at mm/x.c:12)", "freeze protection and page lock (taken at ...; ...)", "" for none.

    Each group is one lock. "perhaps" when a branch takes it that the way need not pass, "on some ways" when a chain
    through the layer does not take it; `through` counts those chains.
    """
    if not groups:
        return ""
    places = (" and ".join(dict.fromkeys(item.where for item in items[:8])) for items in groups)
    return f"{names([_word(items, through) for items in groups])} (taken at {'; '.join(places)})"


def _word(items: list[Met], through: int) -> str:
    sure = all(item.certain for item in items)
    some = "" if sure and len(items) >= through else "on some ways " if sure else "perhaps "
    return some + LOCKS[items[0].site.subject]


def sleep_words(sleeps: list[Met]) -> str:
    if not sleeps:
        return "; sleeping: unknown"
    shown = min(sleeps, key=lambda item: (bool(filesystem_of(item.file)), item.frame))
    return f"; may sleep: {shown.site.spelling}() follows ({shown.where})"
