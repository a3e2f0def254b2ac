"""A folio is treated as one page.

What:
The patch adds a line that takes PAGE_SIZE, PAGE_SHIFT or offset_in_page() for the size of, or the place in, a folio,
in a filesystem or library that the model sees enabling large folios.

Why it matters:
A folio can have many pages. Code that zeroes, copies or counts one page of it leaves the rest as it was: stale data
reaches user space or the disk.

Known false positives:
Limits that are meant per page, and folios that the code has just allocated with order 0.

Example:
    +    folio_zero_segment(folio, offset, PAGE_SIZE);

Measured:
No hit among 24,500 archived patches: its precision is unknown, so it is pedantic.
"""

import re

from rules import evidence
from rules.change import Change, ChangedLine
from rules.objections.base import Facts, Finding, Rule

# The folio itself must stand in the same call or expression as the page's size.
_MIXED = re.compile(
    r"\bfolio_(?:zero|copy|fill|mark|set|clear|wait|get|start|end|add|put|pos)\w*\([^;]*\bPAGE_(?:SIZE|SHIFT)\b"
    r"|\b(?:memcpy|memset)_\w*folio\w*\([^;]*\bPAGE_SIZE\b"
    r"|\bfolio->index[ \t]*<<[ \t]*PAGE_SHIFT\b.{0,40}\+[ \t]*PAGE_SIZE"
    r"|\bfolio_pos\([^)]*\)[ \t]*\+[ \t]*PAGE_SIZE"
)
_LINE_CAP = 400


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    homes: dict[str, bool] = {}
    found = []
    for file in change.files:
        home = evidence.home_of(file.path)
        for hunk in file.hunks if file.path.endswith(".c") else ():
            for line in hunk.lines:
                if _mixes(line) and homes.setdefault(home, _large_folios(facts, home)):
                    found.append(_finding(file.path, hunk.functions[:1], line))
    return tuple(found)


def _mixes(line: ChangedLine) -> bool:
    return line.sign == "+" and "PAGE_S" in line.text[:_LINE_CAP] and bool(_MIXED.search(line.text[:_LINE_CAP]))


def _large_folios(facts: Facts, home: str) -> bool:
    """The model sees this filesystem, or a user of this library, enable large folios."""
    if facts.model is None:
        return False
    enabling = (
        f for name in ("mapping_set_large_folios", "mapping_set_folio_order_range") for f in facts.model.named(name)
    )
    callers = (facts.model.functions[edge.caller].file for f in enabling for edge in facts.model.callers(f.index))
    homes = {evidence.home_of(file) for file in callers}
    return home in homes or (bool(homes) and home in ("iomap", "netfs", "mm", "vfs"))


def _finding(path: str, functions: tuple[str, ...], line: ChangedLine) -> Finding:
    function = functions[0] if functions else ""
    return Finding(
        text=f"'{line.text.strip()[:120]}' takes a folio for one page; of a large folio it covers the first page.",
        file=path,
        line=line.new,
        function=function,
        words=("folio", "PAGE_SIZE", "large"),
    )


RULE = Rule(
    id="folio-as-page",
    title="A folio is treated as one page",
    severity="medium",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
