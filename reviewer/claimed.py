"""What a claim may mean by "it" and "here": the sentences before it, and the function whose lines are quoted above."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reviewer.change import defined_in, name_in

if TYPE_CHECKING:
    from rules.relations import Context
    from threads.model import Claim, Line
    from threads.quoting import Quoting

_ABOVE = 14  # own lines above a claim that are read
_QUOTED = 400  # quoted lines above that are searched for the head of a function
_LINE = 500  # characters of a line that are read
_OWN = ("own", "blank", "trailer")
_STOP = re.compile(r"(?<=[.!?]) ")
_HUNK = re.compile(r"@@ [^@]{1,60} @@ ?")


def contexts(claims: Sequence[Claim], quotes: Quoting) -> Mapping[str, Context]:
    """The context of each claim, by its id."""
    lines = {message.msgid: message.lines for message in quotes.messages}
    return {claim.id: _context(claim, lines.get(claim.msgid, ())) for claim in claims}


def _context(claim: Claim, lines: Sequence[Line]) -> Context:
    from rules.relations import Context

    at = min(claim.line, len(lines) - 1)
    first = at
    while first > max(at - _ABOVE, 0) and lines[first - 1].kind in _OWN:
        first -= 1
    words = " ".join(" ".join(line.text[:_LINE] for line in lines[first : at + 1]).split())
    begins = " ".join(claim.text.split())[:60]
    before = words[: max(words.find(begins), 0)] if begins else ""
    return Context(before=tuple(_STOP.split(before))[-2:], quoted=_quoted(lines, first))


def _quoted(lines: Sequence[Line], first: int) -> tuple[str, ...]:
    """The function that the diff lines right above a passage belong to."""
    for number in range(first - 1, max(first - _QUOTED, 0) - 1, -1):
        text = lines[number].text[:_LINE]
        if lines[number].kind != "quote":
            if text.strip():
                break
            continue
        hunk = _HUNK.match(text)
        name = name_in(text[hunk.end() :]) if hunk else _defined(text)
        if name:
            return (name,)
        if hunk:
            break
    return ()


def _defined(text: str) -> str:
    """The function whose definition a quoted diff line begins."""
    return defined_in(text[1:]) if text[:1] in ("+", "-", " ") else ""
