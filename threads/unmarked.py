"""Lines of a mail that belong to a quote though no mark stands before them.

A mail client wraps a quoted line and puts its rest on a line of its own; people point into a quoted line with carets,
and write "[...]" where they left some of it out. None of these is something that the sender says. Pure.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from threads.model import Line, Value

MOST_LINES = 4  # that one quoted line is wrapped into behind its first
_LEFT_OUT = re.compile(
    r"(?i)\.{2,12}(?: {1,4}\.{2,12})?|…|-{0,20} ?snip ?-{0,20}"
    r"|[\[(<{] ?(?:\.{2,12}|…|(?:\.{2,3} ?)?(?:snip(?:ped)?|cut|trimmed|skip(?:ped)?)(?: ?\.{2,3})?) ?[\])>}]"
)
_POINTERS = frozenset("^~| \t-")


class Settled(Value, frozen=True, kw_only=True):
    lines: tuple[Line, ...]
    rests: frozenset[int]  # numbers of those that a client wrapped off the quoted line above


def settle(lines: Sequence[Line], squeeze: Callable[[str], str], written: Callable[[str], bool]) -> Settled:
    """The lines with those that belong to a quote as quotes of the depth of the line above.

    `written` tells whether the mail answered holds a line that reads so without white space. What a sender writes under
    carets is moved to the margin: it is words, and not indented as code is.
    """
    found = list(lines)
    rests: set[int] = set()
    pointing = False
    for number, line in enumerate(lines):
        if line.kind != "own":
            pointing = False
        elif number and not pointing and found[number - 1].kind == "quote" and number not in rests:
            rests.update(range(number, number + _rest(found, number, squeeze, written)))
            pointing = number not in rests and line.text.lstrip().startswith("^")
        if number in rests or (pointing and is_pointer(line.text)):
            found[number] = _as_quote(line, found[number - 1].depth)
        elif pointing:
            found[number] = _at_margin(line)
    return Settled(lines=tuple(_left_out(found)), rests=frozenset(rests))


def is_pointer(text: str) -> bool:
    """A line of carets under what it means."""
    return "^" in text and _POINTERS.issuperset(text)


def is_left_out(text: str) -> bool:
    """A line that only says that something was left out."""
    return bool(_LEFT_OUT.fullmatch(text.strip()[:60]))


def _rest(lines: Sequence[Line], number: int, squeeze: Callable[[str], str], written: Callable[[str], bool]) -> int:
    """How many lines from here on make the quoted line above the whole line that was written; 0 if none do."""
    whole = squeeze(lines[number - 1].text)
    if not whole:
        return 0
    for count, line in enumerate(lines[number : number + MOST_LINES], 1):
        if line.kind != "own":
            return 0
        whole += squeeze(line.text)
        if written(whole):
            return count
    return 0


def _left_out(lines: list[Line]) -> list[Line]:
    """Marks of something left out as part of the quotes around them, where nothing else is said between these."""
    quotes = [place for place, line in enumerate(lines) if line.kind == "quote"]
    for begin, end in pairwise((-1, *quotes, len(lines))):
        said = [place for place in range(begin + 1, end) if lines[place].kind not in _NOTHING]
        if quotes and all(lines[place].kind == "own" and is_left_out(lines[place].text) for place in said):
            depth = lines[begin if begin >= 0 else end].depth
            for place in said:
                lines[place] = _as_quote(lines[place], depth)
    return lines


_NOTHING = ("blank", "attribution", "signature", "banner")


def _as_quote(line: Line, depth: int) -> Line:
    return Line(number=line.number, kind="quote", depth=depth, text=line.text)


def _at_margin(line: Line) -> Line:
    return Line(number=line.number, kind="own", depth=0, text=line.text.lstrip())
