"""Uptodate is cleared on a page that user space may have mapped.

What:
The patch adds a call that clears uptodate outside the read path, in a function that shows no unmapping of the page.

Why it matters:
A page that was uptodate once may have PTEs. Nobody takes them away when the flag goes, so loads keep working and the
next write fault finds a mapped page that is not uptodate; the fault path does not look at the flag again.

Known false positives:
Pages that are never mapped: metadata, buffers of a filesystem's own trees, pages that the function has just allocated.

Example:
         if (error) {
    +        folio_clear_uptodate(folio);

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fired on 4; 1 of 4 read was
right (the others open the code of a helper, which is left alone since), so it is pedantic.
"""

import re

from rules import evidence
from rules.change import Change
from rules.guards import Item
from rules.objections.base import Facts, Finding, Rule

_NEVER_MAPPED = re.compile(r"meta|node|extent_buffer|btree|super|buffer_head|dir|symlink|swap|journal|cache|alloc")
_TAKES_AWAY = re.compile(
    r"unmap_mapping|truncate|invalidate|error_remove|try_to_unmap|delete_from_page_cache|filemap_remove"
)


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    cleared = [item for item in facts.effects if (item.op, item.subject) == ("clear", "uptodate") and item.sign == "+"]
    if not cleared or any(item.sign == "-" and _clears(item, facts) for item in facts.effects):
        return ()  # another function did so before
    apart = {
        (other.file, other.function)
        for _, items in facts.views
        for other in items
        if _TAKES_AWAY.search(other.spelling)
    }
    return tuple(
        Finding(
            text=f"{item.function}() clears uptodate ({item.spelling}"
            + (f" if {item.condition}" if item.condition else "")
            + ") and nothing here takes the page's PTEs away: can it be mapped, and what does the next write fault "
            "find?",
            file=item.file,
            line=item.line,
            function=item.function,
            words=("uptodate", item.spelling, "mapped", "page_mkwrite"),
        )
        for item in cleared
        if (item.file, item.function) not in apart and _may_be_mapped(item)
    )


def _may_be_mapped(item: Item) -> bool:
    if not item.function or evidence.of_metadata(item.function) or "clear_uptodate" in item.function:
        return False
    if evidence.side_of(item.function) == "read" or _NEVER_MAPPED.search(item.function.lower()):
        return False
    return "buffer" not in item.spelling and "extent_buffer" not in item.argument


def _clears(item: Item, facts: Facts) -> bool:
    """It clears the flag itself, or calls what does: then the patch opens the code of that."""
    if (item.op, item.subject) == ("clear", "uptodate"):
        return True
    function = facts.function(item.spelling, item.file) if item.op == "call" else None
    sites = facts.model.sites(function.index) if function and facts.model else ()
    return any((site.op, site.subject) == ("clear", "uptodate") for site in sites)


RULE = Rule(
    id="uptodate-cleared",
    title="Uptodate is cleared while the page may be mapped",
    severity="high",
    confidence="medium",
    kinds=("correctness", "placement", "concurrency"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
