"""Code is added that is switched off.

What:
The patch adds an `#if 0`, or a statement that a `//` comment turns off.

Why it matters:
Nobody compiles it, nobody knows whether it still works or why it is kept; the history keeps what is removed.

Known false positives:
Code that a later patch of the same series takes out, and files that trace with switched-off calls by custom.

Example:
    +#if 0
    +    toy_verify(inode);
    +#endif

Measured:
On patches that it was not mended on, from 17 archives (seed 41, second half; seeds 42 to 44, 47), 29 of 37 hits read
were right, one hit a patch; half of them come from one author. Most of the wrong ones call themselves temporary.
"""

import re

from rules.change import Change
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, function_of

_OFF = re.compile(
    r"[ \t]*#[ \t]*if[ \t]+0\b(?!.*(?:TODO|remove))|"
    r"[ \t]*//[ \t]*(?:[a-z]\w*\(|[a-z][\w>.*-]*[ \t]*[-+|&]?=[ \t]*\w|if \(|return\b|goto\b|\})[^\"]*[;{}][ \t]*$"
)
_TRACES = re.compile(r"//[ \t]*_?(?:enter|leave|debug|kenter|kleave|kdebug|proto)\(")


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    found: dict[str, Finding] = {}
    for hunk, line in facts.new_lines:
        text = line.text[:LINE_CAP]
        if hunk.file not in found and ("#" in text or "//" in text) and _OFF.match(text) and not _TRACES.search(text):
            found.setdefault(
                hunk.file,
                Finding(
                    text=f"'{text.strip()[:80]}' adds code that is switched off; leave it out.",
                    file=hunk.file,
                    line=line.new,
                    function=function_of(hunk, line),
                    words=("#if 0", "dead code", "commented out"),
                ),
            )
    return tuple(found.values())


RULE = Rule(
    id="dead-code-added",
    title="Code is added that is switched off",
    severity="low",
    confidence="medium",
    kinds=("readability",),
    check=_check,
    documentation=__doc__,
)
