"""An allocation that can fail is used without a look at its result.

What:
The patch adds an allocation, and the hunk follows the pointer before anything tests it.

Why it matters:
Under memory pressure, which is when the write-back and fault paths run, the result is NULL and the next line crashes.

Known false positives:
A wrapper that never fails, or a mask that comes in a variable and holds __GFP_NOFAIL.

Example:
    +    req = kzalloc(sizeof(*req), GFP_NOFS);
    +    req->inode = inode;

Measured:
On patches that it was not mended on, from 21 archives (seed 41, second half; seeds 42 to 47), 15 of 19 hits read were
right, one hit a patch; the wrong ones (boot code that did so before, an address that is only computed) are silent
since.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk, ChangedLine
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, function_of, hunks_of, new_text, one_each, statement, statement_end

_ALLOCATES = re.compile(
    r"(?<![\w>.])((?:\w+(?:->|\.))*\w+)[ \t]*=[ \t]*(?:\([^()]*\)[ \t]*)?"
    r"(k[mzc]alloc(?:_array|_node)?|kv[mzc]alloc(?:_array|_node)?|kmem_cache_z?alloc|kmemdup|kstrn?dup|v[mz]alloc|"
    r"alloc_pages?|folio_alloc|kzalloc_objs?|kmalloc_objs?)\("
)
_NEVER_FAILS = re.compile(r"NOFAIL|\bgfp\w*\)")
_SIZE = re.compile(r"sizeof\([^()]*\)")
_LOOKED_AT = 12  # lines after the allocation


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    gone = frozenset(match.groups() for text in facts.gone if (match := _ALLOCATES.search(text)))
    hunks = hunks_of((hunk, line) for hunk, line in facts.new_lines if "alloc" in line.text or "dup(" in line.text)
    return one_each(finding for hunk in hunks if "__init" not in hunk.header for finding in _in_hunk(hunk, gone))


def _in_hunk(hunk: ChangedHunk, gone: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    lines = new_text(hunk)
    for at, line in enumerate(lines):
        match = _ALLOCATES.search(line.text[:LINE_CAP]) if line.sign == "+" else None
        if match is None or _NEVER_FAILS.search(statement(lines, at)):
            continue
        use = _used(lines, at, match[1])
        if use is not None and match.groups() not in gone:
            yield Finding(
                text=f"{match[2]}() can fail, and {match[1]} is used ('{use.text.strip()[:80]}') before it is tested.",
                file=hunk.file,
                line=line.new,
                function=function_of(hunk, line),
                words=(match[2], match[1], "NULL"),
            )


def _used(lines: tuple[ChangedLine, ...], at: int, name: str) -> ChangedLine | None:
    """The line that follows the pointer, None when the pointer is tested or handed on first."""
    word = re.compile(rf"(?<![\w>.]){re.escape(name)}\b")
    follows = re.compile(
        rf"(?<![\w>.]){re.escape(name)}->|(?<![\w>.&]){re.escape(name)}\[|"
        rf"(?:mem(?:cpy|set|move)|str\w*cpy|s\w*printf|copy_from_\w+)\({re.escape(name)},"
    )
    after = statement_end(lines, at) + 1
    for line in lines[after : after + _LOOKED_AT]:
        text = _SIZE.sub("", line.text[:LINE_CAP])
        if text.startswith("}") or text.lstrip().startswith(("case ", "default:", "#")):
            return None
        if follows.search(text) and not _tests(text, name):
            return line
        if word.search(text):
            return None
    return None


def _tests(text: str, name: str) -> bool:
    return bool(re.search(rf"(?:if|while|ASSERT|BUG_ON|WARN_ON\w*) ?\(|!{re.escape(name)}\b|\?", text))


RULE = Rule(
    id="allocation-unchecked",
    title="An allocation is used unchecked",
    severity="high",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
