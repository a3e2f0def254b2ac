"""An object is followed after its reference was dropped or it was freed.

What:
In straight code a pointer is freed, or the reference that the code holds is put, and one of the next statements follows
the pointer; one of the two lines is new.

Why it matters:
The memory may belong to somebody else by then. It mostly works, until the put was the last one.

Known false positives:
A put that leaves another reference in place which keeps the object.

Example:
         iput(inode);
    +    trace_toy_done(inode->i_ino);      (the put may have been the last)

Measured:
On patches that it was not mended on, from 24 archives (seed 41, second half; seeds 42 to 48), 8 of 11 hits read were
right, one hit a patch; the three wrong ones (a page that stays locked, a second reference) are silent since.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk, ChangedLine
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, depth, function_of, hunks_of, new_text, one_each

_PUTS = re.compile(
    r"^\s*(k(?:v|z)?free(?:_sensitive)?|vfree|iput|bio_put|folio_put|put_page|dput|fput|brelse|mntput|"
    r"btrfs_free_path|btrfs_put_root|btrfs_put_block_group|xfs_buf_relse|xfs_perag_put|bdput|put_device|kobject_put)"
    r"\(([A-Za-z_]\w*(?:(?:->|\.)\w+)*)\);"
)
# Of these a function often holds more than one: whoever has a page locked or under write-back keeps a reference.
_SHARED = ("put_page", "folio_put", "btrfs_put_block_group", "xfs_perag_put", "dput", "kobject_put", "put_device")
_LEAVES = re.compile(r"^(?:goto|break|continue|case|default|\})\b|^\}|^\w+:$|^#")
_LOOKED_AT = 8  # lines after the put
_ABOVE = 100  # lines above it in which the pointer may be taken


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    hunks = hunks_of(facts.new_lines)
    return one_each(finding for hunk in hunks for finding in _in_hunk(hunk))


def _in_hunk(hunk: ChangedHunk) -> Iterator[Finding]:
    lines = new_text(hunk)
    for at, line in enumerate(lines):
        match = _PUTS.match(line.text[:LINE_CAP]) if "(" in line.text else None
        use = _followed(lines, at, match[2]) if match else None
        if match is None or use is None or "+" not in (line.sign, use.sign):
            continue
        if match[1] not in _SHARED or _taken(lines[max(0, at - _ABOVE) : at], match[2]):
            shown = use if use.sign == "+" else line
            yield Finding(
                text=f"{match[2]} is followed ('{use.text.strip()[:80]}') after {match[1]}({match[2]}).",
                file=hunk.file,
                line=shown.new,
                function=function_of(hunk, shown),
                words=(match[1], match[2], "use after free"),
            )


def _taken(lines: tuple[ChangedLine, ...], name: str) -> bool:
    """The hunk shows where the pointer comes from, and no lock of the page."""
    value = re.compile(rf"(?<![\w>.]){re.escape(name)}[ \t]*=(?!=)")
    locks = re.compile(rf"lock\w*\({re.escape(name)}\)|_lock_|grab_")
    texts = [line.text[:LINE_CAP] for line in lines]
    return any(value.search(text) for text in texts) and not any(locks.search(text) for text in texts)


def _followed(lines: tuple[ChangedLine, ...], at: int, name: str) -> ChangedLine | None:
    """The line that follows the pointer, when nothing between gives it another value or leaves the block."""
    follows = re.compile(rf"(?<![\w>.&]){re.escape(name)}->(?!\w+[ \t]*\)[ \t]*->rcu)")
    another = re.compile(rf"(?<![\w>.])(?:{re.escape(name)}[ \t]*=(?!=)|&{re.escape(name)}\b)")
    block = depth(lines[at].text)
    for line in lines[at + 1 : at + 1 + _LOOKED_AT]:
        text = line.text[:LINE_CAP]
        words = text.strip()
        if not words or words.startswith(("/*", "*", "//")):
            continue
        if depth(text) < block or _LEAVES.match(words) or another.search(text):
            return None
        if follows.search(text):
            return None if "sizeof" in text else line
        if words.startswith("return"):
            return None
    return None


RULE = Rule(
    id="used-after-put",
    title="An object is used after its reference was dropped",
    severity="high",
    confidence="medium",
    kinds=("correctness", "concurrency"),
    check=_check,
    documentation=__doc__,
)
