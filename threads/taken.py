"""Which patches of a series were taken, as who took them says: those listed or named, or the one answered. Pure."""

import re

from threads.model import Patch, Series, Value
from threads.scene import Scene, patch_above
from threads.series import current

_LINES, _LINE = 200, 300  # lines of a mail that are read, and characters of each
_SAID = 8  # lines in which somebody says what they took
# "[2/3] title" and "- [list,v2,2/3] title", as b4 and patchwork list what was taken. As text: few mails take a patch.
_LISTED = r"(?:- ?)?\[(?:[^\[\]]{0,80}[ ,])?0{0,4}(\d{1,4})/(\d{1,4})\] \S"
_NUMBERS = r"\d{1,3}(?:/\d{1,3})?(?:(?: ?(?:,|-|&)(?: and)? ?| (?:and|to|through) )#?\d{1,3}(?:/\d{1,3})?\b(?!\.\d))*"
_TOOK = (
    r"(?:applied|queued|took|taken|taking|picked|picking|merged|merging|pushed|committed|staged"
    r"|applying|queuing|landed)"
)
_NAMED = (
    rf"\b{_TOOK}\b(?: \w{{1,12}}){{0,3}}? (?:patch(?:es)?[ #]|#)#?({_NUMBERS})"
    rf"|\b{_TOOK}(?: up)? ({_NUMBERS})"
)
_COUNTS = {"one": 1, "two": 2, "couple": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_ORDINALS = {"first": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "fifth": 5, "last": -1}
_PLACED = (
    rf"\b{_TOOK}\b(?: \w{{1,12}}){{0,3}}? the (first|second|2nd|third|3rd|fourth|fifth|last)"
    r"(?: (?:(one|two|couple|three|four|five|six|seven|eight|\d{1,2})\b(?: of)?)| patch\b)"
)
_LESS = (
    rf"(?:\bexcept(?: for)?|\bwithout|\bbut|\bminus|\bskipped|\bdropped|\bnot)(?: the)? patch(?:es)?[ #]+({_NUMBERS})"
    r"|\b(?:all but|except(?: for)?|minus|without) the (first|second|third|fourth|fifth|last)\b"
)
_JUST = r"\b(?:just|only) (?:this|the) (?:one|patch)\b"
_WHOLE = r"\b(?:series|set|patch-?set|lot|both|all|these|them|everything|whole|patches)\b"


class Taken(Value, frozen=True, kw_only=True):
    """What one mail says was taken: all of a series, or some of its patches by number."""

    series: Series | None  # None where the thread has none
    numbers: frozenset[int]
    whole: bool


def taken(msgid: str, scene: Scene) -> Taken:
    """What a mail that says a patch was taken says of which patch. Where it does not tell, the whole series."""
    above = scene.patches.get(patch_above(scene, msgid))
    own = [line.text[:_LINE].strip() for line in scene.lines(msgid).lines if line.kind == "own"][:_LINES]
    listed = [(int(found[1]), int(found[2])) for line in own if (found := re.match(_LISTED, line))]
    series = _series(above, {total for _, total in listed}, scene)
    if series is None or series.expected < 2:
        return Taken(series=series, numbers=frozenset(), whole=True)
    said = re.sub(r"\s+", " ", " ".join(own[:_SAID])).lower()
    numbers = frozenset(number for number, total in listed if total == series.expected)
    if numbers and "series was applied" in said:
        numbers = frozenset()
    elif not numbers:
        numbers = _said(said, series.expected)
        one = not numbers and above is not None and above.number > 0 and above.total > 1
        if one and above is not None and (re.search(_JUST, said) or not re.search(_WHOLE, said)):
            numbers = frozenset((above.number,))
    every = frozenset(range(1, series.expected + 1))
    return Taken(series=series, numbers=numbers & every, whole=not numbers & every or numbers >= every)


def _series(above: Patch | None, totals: set[int], scene: Scene) -> Series | None:
    """The series that holds the posted mail answered; else the last one that has as many patches as are listed, or the
    one under review."""
    for one in scene.series:
        if above is not None and above in (one.cover, *one.patches):
            return one
    fits = [one for one in scene.series if one.expected in totals]
    return fits[-1] if fits else current(scene.thread, scene.series)


def _said(said: str, total: int) -> frozenset[int]:
    """The patches that the words name; empty when they name none."""
    every = frozenset(range(1, total + 1))
    if less := re.search(_LESS, said):
        gone = _counted(less[1]) if less[1] else {_ORDINALS[less[2]] % (total + 1) or total}
        return every - gone if re.search(rf"\b{_TOOK}\b", said[: less.start()]) and gone < every else frozenset()
    if placed := re.search(_PLACED, said):
        count = placed[2]
        if not count:
            return frozenset((_ORDINALS[placed[1]] % (total + 1),))
        many = min(total, int(count) if count.isdigit() else _COUNTS[count])
        if placed[1] == "first":
            return frozenset(range(1, many + 1))
        if placed[1] == "last":
            return frozenset(range(total - many + 1, total + 1))
        return frozenset((_ORDINALS[placed[1]],)) if many == 1 else frozenset()
    named = re.search(_NAMED, said)
    if named is None or (named[2] and not re.search(r"\D", named[2])):  # "applied 5 fixes" names no patch
        return frozenset()
    return frozenset(_counted(named[1] or named[2])) & every


def _counted(text: str) -> set[int]:
    """The numbers of "1-3, 5 and 7/9"."""
    text = re.sub(r"/\d+", "", text)
    found: set[int] = set()
    for begin, end in re.findall(r"(\d{1,3})(?: ?(?:-|to|through) ?#?(\d{1,3}))?", text):
        found.update(range(int(begin), int(end or begin) + 1))
    return found
