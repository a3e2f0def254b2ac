"""A pointer is tested before a call that takes NULL.

What:
The patch adds `if (x)` with nothing in it but a free or put of x that does nothing for NULL, and removes no such call
(else the test may be meant, on a hot path).

Why it matters:
The test says that something depends on it; reviewers and scripts ask for its removal each time.

Known false positives:
A test of x that also guards what follows the call.

Example:
    +    if (name)
    +        kfree(name);

Measured:
On patches that it was not mended on, from 21 archives (seed 41, second half; seeds 42 to 47), 52 of 71 hits read were
right, one hit a patch: io_uring spares itself the call on hot paths. Patches that remove such a call are left alone
since; after that 10 of 10.
"""

import itertools
import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, depth, function_of, hunks_of, new_text, one_each

_TEST = re.compile(r"[ \t]*if \(((?:\w+(?:->|\.))*\w+)(?: != NULL)?\)[ \t]*(?P<brace>\{?)[ \t]*$")
_CALLED = re.compile(r"\w+(?=\()")
_FREES = re.compile(
    r"\s*(k(?:v|z)?free(?:_sensitive|_const|_rcu)?|vfree|iput|dput|brelse|mntput|kmem_cache_destroy|mempool_destroy|"
    r"free_percpu|module_put|btrfs_free_path|bioset_exit|posix_acl_release|path_put|key_put|crypto_free_\w+|"
    r"unload_nls|btrfs_put_root|btrfs_free_extent_map|free_extent_map)\(((?:\w+(?:->|\.))*\w+)\);"
)


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    gone = frozenset(name for text in facts.gone for name in _CALLED.findall(text))
    hunks = hunks_of((hunk, line) for hunk, line in facts.new_lines if "if (" in line.text)
    return one_each(finding for hunk in hunks for finding in _in_hunk(hunk, gone))


def _in_hunk(hunk: ChangedHunk, gone: frozenset[str]) -> Iterator[Finding]:
    lines = new_text(hunk)
    for at, (test, call) in enumerate(itertools.pairwise(lines)):
        match = _TEST.match(test.text[:LINE_CAP]) if test.sign == call.sign == "+" else None
        frees = _FREES.match(call.text[:LINE_CAP]) if match else None
        if match is None or frees is None or frees[2] != match[1] or frees[1] in gone:
            continue
        after = lines[at + 2].text if at + 2 < len(lines) else ""
        if not after.strip().startswith("else") and _alone(match["brace"], call.text, after):
            yield Finding(
                text=f"{frees[1]}() takes NULL; 'if ({match[1]})' before it is needless.",
                file=hunk.file,
                line=test.new,
                function=function_of(hunk, test),
                words=(frees[1], "NULL"),
            )


def _alone(brace: str, call: str, after: str) -> bool:
    return not brace or (after.strip() == "}" and depth(after) < depth(call))


RULE = Rule(
    id="needless-null-check",
    title="A needless test before a call that takes NULL",
    severity="low",
    confidence="medium",
    kinds=("readability",),
    check=_check,
    documentation=__doc__,
)
