"""Which words of a changed line changed: pairs of removed and added lines, and the spans that differ."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise

from threads.model import DiffLine

Spans = tuple[tuple[int, int], ...]  # start and end in the line's text

_CAP = 400  # characters; a longer line is not compared
_RUN_CAP = 40  # lines of one run of changes
_LIKE = 0.5  # pairs that share less of their words are two lines, not one that changed


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"\w+|\s+|.")


def changed(lines: Sequence[DiffLine]) -> dict[int, Spans]:
    """For lines of a hunk that were changed and not replaced: index to the spans that differ."""
    found: dict[int, Spans] = {}
    for removed, added in _runs(lines):
        if len(removed) > _RUN_CAP or len(added) > _RUN_CAP:
            continue
        for old, new in zip(removed, added, strict=False):
            spans = _compare(lines[old].text, lines[new].text)
            if spans is not None:
                found[old], found[new] = spans
    return found


def _runs(lines: Sequence[DiffLine]) -> Iterator[tuple[list[int], list[int]]]:
    """Each run of removed lines with the run of added lines that follows it."""
    groups = [
        (sign, [number for number, _ in group]) for sign, group in groupby(enumerate(lines), lambda one: one[1].sign)
    ]
    for (sign, numbers), (next_sign, next_numbers) in pairwise(groups):
        if (sign, next_sign) == ("-", "+"):
            yield numbers, next_numbers


def _compare(old: str, new: str) -> tuple[Spans, Spans] | None:
    """Spans that differ in either text; None when the two have too little in common, or nothing but blanks."""
    if len(old) > _CAP or len(new) > _CAP:
        return None
    from difflib import SequenceMatcher

    olds, news = _token().findall(old), _token().findall(new)
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    blocks = matcher.get_matching_blocks()
    common = sum(len("".join(olds[one.a : one.a + one.size]).strip()) for one in blocks)
    if common < _LIKE * max(len(old.strip()), len(new.strip())) or old == new:
        return None
    differ = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        _spans(olds, [(start, end) for _, start, end, _, _ in differ]),
        _spans(news, [(start, end) for _, _, _, start, end in differ]),
    )


def _spans(tokens: Sequence[str], ranges: Sequence[tuple[int, int]]) -> Spans:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return tuple((starts[start], starts[end]) for start, end in ranges if starts[start] < starts[end])


def parts(text: str, marks: Spans) -> list[tuple[str, bool]]:
    """The text in pieces, each marked or not."""
    found = []
    at = 0
    for start, end in marks:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(piece, marked) for piece, marked in [*found, (text[at:], False)] if piece]
