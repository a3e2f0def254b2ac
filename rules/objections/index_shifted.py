"""A page index is shifted to a file position in the width of the index.

What:
The patch adds an expression like `folio->index << PAGE_SHIFT` where the index is an unsigned long (the field of a page
or folio, ->pgoff, a pgoff_t variable) and is not cast to a 64-bit type before it is shifted.

Why it matters:
A file position has 64 bits everywhere, an unsigned long has 32 on 32-bit machines: beyond 4 GiB the position wraps and
the code reads, zeroes or truncates another part of the file.

Known false positives:
A variable called index that is wide without that being seen in the hunk; code that is only built for 64 bits (DAX and
memory hotplug are left alone).

Example:
    +    loff_t start = folio->index << PAGE_SHIFT;

Measured:
On patches that it was not mended on, from 21 archives (seed 41, second half; seeds 42 to 46), 12 of 17 hits read were
right, one hit a patch; four of the wrong ones (a difference of two indices, a cast before a helper, ->vm_pgoff) are
silent since.
"""

import re
from functools import cache, partial

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, function_of

_SHIFT = re.compile(
    r"(\(\(?(?:loff_t|[us]64|__u64|u?int64_t|sector_t|unsigned long long|long long|xfs_off_t|erofs_off_t)\)[ (]*)?"
    r"((?<![\w>.])(?:\w+(?:\[[^][]*\])?(?:->|\.))*(?:index|pgoff)|(?:folio|(?:linear_)?page)_(?:index|pgoff)\([^()]*\))"
    r"[ \t]*<<[ \t]*PAGE_SHIFT"
)
_FINDINGS_CAP = 100
_DECLARED = re.compile(r"\b(?:pgoff_t|unsigned long)[ \t]+(?:\w+,[ \t]*)*index\b")
_IN_AN_ADDRESS = re.compile(r"unsigned long[ \t]+\w+[ \t]*=|addr|vaddr|vm_start|\bpfn|phys", re.I)
_ONLY_WIDE_MACHINES = re.compile(r"dax|memory-failure|memory_hotplug|huge_memory")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    found: dict[tuple[str, str], Finding] = {}
    # As it was, perhaps with a folio instead of a page
    before = {_field(match[2]) for text in facts.gone if "PAGE_SHIFT" in text and (match := _SHIFT.search(text))}
    declared = cache(partial(_declared, facts))
    for hunk, line in facts.new_lines:
        text = line.text[:LINE_CAP]
        match = _SHIFT.search(text) if "PAGE_SHIFT" in text and not _ONLY_WIDE_MACHINES.search(hunk.file) else None
        if match is None or match[1] or _IN_AN_ADDRESS.search(text):
            continue
        told = match[2]
        if told.startswith("__entry->") or _field(told) in before or (hunk.file, told) in found:
            continue  # printed with the width of an unsigned long; not new; told
        if _field(told) == told and "(" not in told and not declared(hunk.file):
            continue
        found[hunk.file, told] = Finding(
            text=f"{told} is shifted by PAGE_SHIFT in the width of an unsigned long; on 32-bit machines the position "
            "wraps at 4 GiB. Cast it to loff_t first, or use folio_pos() or page_offset().",
            file=hunk.file,
            line=line.new,
            function=function_of(hunk, line),
            words=("PAGE_SHIFT", "loff_t", "32-bit", "overflow"),
        )
        if len(found) == _FINDINGS_CAP:
            break
    return tuple(found.values())


def _field(told: str) -> str:
    return told.rpartition(">")[2]


def _declared(facts: Facts, file: str) -> bool:
    """The patch shows a variable of that name which has the width of a page index."""
    shown = (
        line.text[:LINE_CAP] for one in facts.change.files if one.path == file for h in one.hunks for line in h.lines
    )
    return any("index" in text and _DECLARED.search(text) for text in shown)


RULE = Rule(
    id="index-shifted",
    title="A page index is shifted without a cast",
    severity="medium",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
