"""A line that can hardly mean what it says.

What:
The patch adds a returned errno without its minus; a `!` that binds to the left side of a mask (`!flags & FLAG`);
PTR_ERR() of another pointer than the one that IS_ERR() has just tested; an allocation of the size of a pointer for what
it points to; or the same comparison on both sides of && or ||.

Why it matters:
The compiler takes it, the test run seldom comes there, and the way that it is on fails: the caller takes a positive
errno for success, and a wrong pointer's value for an error.

Known false positives:
Old code with positive errnos; two pointers that hold the same.

Example:
    +    if (IS_ERR(page))
    +        return PTR_ERR(folio);

Measured:
On patches that it was not mended on, from 24 archives (seed 41, second half; seeds 42 to 48), 15 of 15 hits read were
right, one hit a patch, versions of a patch counted once.
"""

import itertools
import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, function_of, hunks_of, new_text, one_each

_CODES = (
    "IO|INVAL|NOMEM|NOENT|AGAIN|EXIST|NOSPC|PERM|ACCES|FAULT|BUSY|OPNOTSUPP|ROFS|NODEV|NODATA|RANGE|NXIO|FBIG|STALE|"
    "UCLEAN|FSCORRUPTED|2BIG|BADF|INTR|NOTDIR|ISDIR|NOTEMPTY|DQUOT|TIMEDOUT"
)
# Compiled by those patches that have the words beside them.
_PLUS = rf"\breturn (E(?:{_CODES}))[ \t]*;"
_MASK = r"(?:\(|&& |\|\| )(![\w>.-]+ & [A-Z]\w+)"
_SIZE = r"([\w>.-]+)[ \t]*=[ \t]*k\w*alloc\(sizeof\(([\w>.-]+)\)"
_TWICE = r"\(([\w>.-]+ (?:==|!=|<|>) [\w>.-]+) (&&|\|\|) \1\)"
_TESTED = r"\bif \((?:unlikely\()?IS_ERR\(([\w>.-]+)\)+[ \t{]*$"
_TOLD = r"\bPTR_ERR\(([\w>.-]+)\)"


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return one_each(itertools.chain(_in_lines(facts), _wrong_pointers(facts)))


def _in_lines(facts: Facts) -> Iterator[Finding]:
    for hunk, line in facts.new_lines:
        why = _slip(line.text[:LINE_CAP])
        if why:
            yield _finding(hunk, line.new, function_of(hunk, line), why)


def _slip(text: str) -> str:
    if "return E" in text and (match := re.search(_PLUS, text)):
        return f"'return {match[1]}' lacks its minus; the caller takes it for no error."
    if " & " in text and "!" in text and (match := re.search(_MASK, text)):
        return f"'{match[1]}' negates before it masks; parentheses are missing."
    if "alloc(sizeof(" in text and (match := re.search(_SIZE, text)) and match[1] == match[2]:
        return f"The allocation for {match[1]} has the size of the pointer, not of what it points to."
    if (" && " in text or " || " in text) and (match := re.search(_TWICE, text)):
        return f"'{match[1]}' stands on both sides of {match[2]}."
    return ""


def _wrong_pointers(facts: Facts) -> Iterator[Finding]:
    for hunk in hunks_of((hunk, line) for hunk, line in facts.new_lines if "ERR(" in line.text):
        lines = new_text(hunk)
        for test, told in itertools.pairwise(lines):
            if "+" not in (test.sign, told.sign) or "IS_ERR(" not in test.text or "PTR_ERR(" not in told.text:
                continue
            tested, taken = re.search(_TESTED, test.text[:LINE_CAP]), re.search(_TOLD, told.text[:LINE_CAP])
            if tested and taken and tested[1] != taken[1]:
                why = f"IS_ERR({tested[1]}) is tested and PTR_ERR({taken[1]}) is the error; they are two pointers."
                shown = told if told.sign == "+" else test
                yield _finding(hunk, shown.new, function_of(hunk, shown), why)


def _finding(hunk: ChangedHunk, line: int | None, function: str, why: str) -> Finding:
    return Finding(text=why, file=hunk.file, line=line, function=function, words=("typo", "IS_ERR", "errno"))


RULE = Rule(
    id="likely-slip",
    title="A line that can hardly mean what it says",
    severity="high",
    confidence="high",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
