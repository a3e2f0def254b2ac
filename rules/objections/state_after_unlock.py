"""A page or folio is used after its lock was dropped.

What:
A page or folio lock is dropped, is not taken again, and then `->mapping` of the page or folio is followed or its
uptodate, dirty or error state is changed: seen in the hunk, or by the locks that the model has for the function.

Why it matters:
Without the lock truncate can take the folio out of the page cache: the mapping is NULL or another file's, and a state
that is set afterwards lands on a folio that somebody else has locked or reused.

Known false positives:
A folio under writeback keeps its mapping; a helper of that name that works on a private copy.

Example:
        folio_unlock(folio);
     ...
    +    mapping_set_error(folio->mapping, error);

Measured:
Over the 39,600 distinct patches of fs, mm and block of 2020 to 2026 in 17 archives it fires on 4; 3 of 4 read were
right (2 of one patch), the wrong one is silent since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.change import Change, ChangedHunk
from rules.evidence import Spot
from rules.guards import Item, follows
from rules.model import Function, Site
from rules.objections.base import Facts, Finding, Rule

if TYPE_CHECKING:
    from rules.graph import Model

_STATES = frozenset({"uptodate", "dirty", "error"})
_AFTER = 300  # items after an unlock, and after a use, that are looked at
_OWN_MAPPING = re.compile(r"\b(?:page|folio)\w*->mapping\b")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    found = [finding for hunk, items in facts.views for finding in _in_hunk(hunk, items)]
    lines = {(finding.file, finding.line) for finding in found}
    return (*found, *(finding for finding in _by_model(facts) if (finding.file, finding.line) not in lines))


def _in_hunk(hunk: ChangedHunk, items: tuple[Item, ...]) -> Iterator[Finding]:
    for first, unlock in enumerate(items):
        if unlock.op != "unlock" or unlock.subject != "locked" or not unlock.function:
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


def _by_model(facts: Facts) -> Iterator[Finding]:
    """An error recorded in the page's own mapping, at a line where the model's function has dropped the lock."""
    for item in facts.effects_with_arguments:
        if item.subject != "mapping_error" or not _OWN_MAPPING.search(item.argument):
            continue
        function = facts.function(item.function, item.file)
        unlock = _dropped_before(facts.model, function, item.spelling) if facts.model and function else None
        if unlock is not None:
            yield Finding(
                text=f"{item.function}() follows the page's mapping ({item.text}) after {unlock.spelling}(), "
                f"{item.file}:{unlock.line} in the model; truncate may have taken the page out of the cache by then.",
                file=item.file,
                line=item.line,
                function=item.function,
                words=("lock", item.spelling, "mapping", "truncate"),
                spots=(Spot(file=item.file, line=unlock.line, function=item.function),),
            )


def _dropped_before(model: Model, function: Function, spelling: str) -> Site | None:
    """The unlock that stands last before the only call of that name, when no lock is taken between."""
    from rules.feasible import Frames

    sites = model.sites(function.index)
    calls = [site for site in sites if site.spelling == spelling and site.subject == "mapping_error"]
    if len(calls) != 1 or calls[0].line > Frames(model, ()).end_of_fall(function.index):
        return None  # where only a jump leads to, what stands above does not come before
    before = [site for site in sites if site.subject == "locked" and site.line < calls[0].line and not site.condition]
    return before[-1] if before and before[-1].op == "unlock" else None


def _use_after(items: tuple[Item, ...], first: int) -> Item | None:
    page = items[first].argument
    for at in range(first + 1, min(first + _AFTER, len(items))):
        item = items[at]
        if item.op in ("lock", "label") or (item.op == "call" and "lock" in item.spelling):
            return None
        if item.op == "clear" and item.subject == "writeback":
            return None  # until here the folio was under writeback, and truncate waits for that
        changes = item.op in ("set", "clear") and item.subject in _STATES and item.argument.split(",")[0] == page
        if (changes or f"{page}->mapping" in item.argument) and follows(items, first, at):
            return None if _writeback_ends(items, at, page) else item
    return None


def _writeback_ends(items: tuple[Item, ...], use: int, page: str) -> bool:
    """Writeback of the page ends only after the use: truncate waits for that."""
    return any(
        item.op == "clear" and item.subject == "writeback" and item.argument == page and follows(items, use, use + at)
        for at, item in enumerate(items[use : use + _AFTER])
    )


RULE = Rule(
    id="state-after-unlock",
    title="The folio is used after its lock was dropped",
    severity="high",
    confidence="medium",
    kinds=("concurrency", "correctness"),
    check=_check,
    documentation=__doc__,
)
