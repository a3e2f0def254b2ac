"""A new assertion stops the machine.

What:
The patch adds BUG() or BUG_ON() that was not there before in another place or form.

Why it matters:
With a lock held or in write-back the machine is lost with all that was not written yet, for a state that an error
return or WARN_ON_ONCE() could have handled. Documentation/process/deprecated.rst asks not to add any.

Known false positives:
Code that only moved from a file that the patch does not show, and checks at build or boot time.

Example:
    +    BUG_ON(folio_test_writeback(folio));      (where -EBUSY could be returned)

Measured:
On patches that it was not mended on, from 17 archives (seed 41, second half; seeds 42 to 44, 47), 68 of 88 hits read
were right, one hit a patch.
"""

import re
from collections.abc import Iterator
from itertools import islice

from rules.change import Change, ChangedHunk, ChangedLine
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, function_of, one_each

_BUG = re.compile(r"[ \t]*(?:[^\"/]*[;{}:)][ \t]*)?(BUG(?:_ON)?)\(")
_BACKPORT = re.compile(r"^\W{0,3}(?:Upstream commit [0-9a-f]{12}|commit [0-9a-f]{12,64} upstream)", re.I | re.M)
_MOVES = re.compile(
    r"\b(?:mov(?:e|ing)|factor|split|refactor\w*|revert|rename|wrap|open.cod\w+|convert|crossport|port|helpers?|"
    r"clean-?ups?|consolidat\w+|extract|restructur\w+|reorgani[sz]\w+|merge|inline|uninline|separate|export)\b",
    re.I,
)
_MESSAGE_CAP = 20_000
_LOOKED_AT = 200  # lines with such a word


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    if _MOVES.search(change.subject[:300]) or _BACKPORT.search(change.message[:_MESSAGE_CAP]):
        return ()
    return one_each(_added(facts))


def _added(facts: Facts) -> Iterator[Finding]:
    taken = sum("BUG(" in text or "BUG_ON(" in text for text in facts.gone)
    for hunk, line in islice(((h, one) for h, one in facts.new_lines if "BUG" in one.text), _LOOKED_AT):
        if not _BUG.match(line.text[:LINE_CAP]) or "__init" in hunk.header or _customary(hunk, line):
            continue
        if taken > 0:  # it has another form now
            taken -= 1
            continue
        yield Finding(
            text=f"'{line.text.strip()[:80]}' stops the machine; would a warning and an error return do?",
            file=hunk.file,
            line=line.new,
            function=function_of(hunk, line),
            words=("BUG_ON", "BUG", "WARN_ON_ONCE"),
        )


def _customary(hunk: ChangedHunk, line: ChangedLine) -> bool:
    """The code around has such assertions already, or it is the end of a switch that handles every value."""
    before = ""
    for one in hunk.lines:
        if one is line and before.startswith("default:"):
            return True
        if one.sign == " " and _BUG.match(one.text[:LINE_CAP]):
            return True
        before = one.text.strip() or before
    return False


RULE = Rule(
    id="bug-on-added",
    title="A new assertion stops the machine",
    severity="low",
    confidence="medium",
    kinds=("correctness", "approach"),
    check=_check,
    documentation=__doc__,
)
