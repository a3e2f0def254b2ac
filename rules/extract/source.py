"""C text made ready for scanning: comments, strings and preprocessor lines blanked, every offset and line kept.

The text of a preprocessor branch stays when both branches have matched brackets; where a branch opens a bracket that
the other branch opens too (`#ifdef A / if (x) { / #else / if (y) { / #endif`), only the first branch that the default
configuration takes is kept, because otherwise the rest of the file would read as one function.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from rules.extract import config

_HIDDEN = re.compile(
    r"/\*[^*]*+\*++(?>(?:[^/*][^*]*+\*++)*)/|//[^\n]*+"
    r"|\"(?>(?:[^\"\\\n]|\\.)*)\"?|'(?>(?:[^'\\\n]|\\.){1,10})'|(?:/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)\Z)",
    re.S,
)
_DIRECTIVE = re.compile(r"#[ \t]*+(\w*+)((?>(?:[^\\\n]++|\\.)*))", re.S)
_SEPARATORS = re.compile(r"[][(){},]")
_CONDITIONALS = frozenset({"if", "ifdef", "ifndef", "elif", "else", "endif"})
_NESTING = 16  # conditionals inside each other whose conditions are joined
_GUARD_CAP = 200  # characters
_MACRO_CAP = 4000  # characters of a macro's text that are read
_ONE_MORE = (1).__add__
# What other modules of this package look for, too.
CALLED = re.compile(r"([A-Za-z_]\w*+)\s*+\(")
SPACE = re.compile(r"\s*+")  # to step over, even where there is none
SPACES = re.compile(r"\s+")
NAME_END = re.compile(r"->|\.|\[")  # what ends the first identifier of `ip->list[0].next`


class Define(NamedTuple):
    name: str
    text: str  # everything after the name: parameters and replacement
    line: int
    guard: str


class Source(NamedTuple):
    text: str  # masked, same length and lines as the file
    lines: list[int]  # offsets where lines start
    marks: list[int]  # offsets where the guard changes ...
    guards: list[str]  # ... and what it is from there on
    defines: tuple[Define, ...]
    included: tuple[str, ...]
    problems: tuple[str, ...]

    def line(self, offset: int) -> int:
        return bisect_right(self.lines, offset)

    def guard(self, offset: int) -> str:
        at = bisect_right(self.marks, offset)
        return self.guards[at - 1] if at else ""


class _Branch(NamedTuple):
    start: int
    condition: str


class _Group:
    """One #if ... #endif that is being read."""

    def __init__(self, condition: str, start: int) -> None:
        self.branches = [_Branch(start, condition)]
        self.end = start

    def guard(self) -> str:
        return self.branches[-1].condition

    def turn(self, condition: str, start: int) -> None:
        before = [
            f"!({branch.condition})" if " " in branch.condition else f"!{branch.condition}"
            for branch in self.branches[:_NESTING]
        ]
        own = [condition] if condition else []
        self.branches.append(_Branch(start, " && ".join([*before, *own])[:_GUARD_CAP]))


def blank(text: str) -> str:
    """Spaces of the same length, with the line ends kept."""
    if "\n" not in text:
        return " " * len(text)
    return "\n".join([" " * len(line) for line in text.split("\n")])


def _mask(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == "/" or len(text) < 2:
        return blank(text)
    return text[0] + " " * (len(text) - 2) + text[0] if "\n" not in text else text[0] + blank(text[1:-1]) + text[0]


def line_starts(text: str) -> list[int]:
    """Offsets where lines start, and one past the end."""
    return list(accumulate(map(_ONE_MORE, map(len, text.split("\n"))), initial=0))


def split(text: str) -> list[str]:
    """An argument list at its outer commas, without the spaces around."""
    if "(" not in text and "{" not in text and "[" not in text:
        return [part.strip() for part in text.split(",")]
    parts = []
    depth = 0
    first = 0
    for match in _SEPARATORS.finditer(text):
        char = match[0]
        if char in "([{":
            depth += 1
        elif char != ",":
            depth -= 1
        elif not depth:
            parts.append(text[first : match.start()].strip())
            first = match.end()
    parts.append(text[first:].strip())
    return parts


def read(data: bytes) -> Source:
    """Prepare one file. Never fails: what cannot be matched is named in `problems`."""
    original = data.decode("latin-1")
    if "\r" in original or "\f" in original or "\0" in original:
        original = original.replace("\r", " ").replace("\f", " ").replace("\0", " ")
    masked = _HIDDEN.sub(_mask, original)
    reader = _Reader(masked)
    reader.run()
    text = reader.clean()
    starts = line_starts(text)
    return Source(
        text=text,
        lines=starts,
        marks=reader.marks,
        guards=reader.guards,
        defines=tuple(Define(name, body, bisect_right(starts, at), guard) for name, body, at, guard in reader.defines),
        included=tuple(reader.included),
        problems=tuple(reader.problems),
    )


_DEFINED = re.compile(r"\s*+([A-Za-z_]\w*+)(.*)", re.S)
_INCLUDED = re.compile(r"\s*+\"([\w./-]++\.c)\"")


class _Reader:
    """Goes through the preprocessor lines of one file once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hidden: list[tuple[int, int]] = []  # preprocessor lines and dropped branches
        self.groups: list[_Group] = []
        self.marks: list[int] = []
        self.guards: list[str] = []
        self.guard = ""  # of the groups that are open
        self.defines: list[tuple[str, str, int, str]] = []
        self.included: list[str] = []
        self.problems: list[str] = []
        self.opening: str | None = None  # symbol of an #ifndef that may guard the whole file

    def run(self) -> None:
        for match in self._directives():
            kind = match[1]
            if kind in _CONDITIONALS:
                self._conditional(kind, match)
            elif kind == "define":
                self._define(match)
            elif kind == "include" and '.c"' in match[2]:
                found = _INCLUDED.match(match[2])
                if found:
                    self.included.append(found[1])
            self.hidden.append(match.span())
        if self.groups:
            self.problems.append("an #if is not closed")

    def _directives(self) -> Iterator[re.Match[str]]:
        """Every `#` that is the first of its line, with the rest of it. Looking for `^` would try each character."""
        text = self.text
        at = text.find("#")
        while at >= 0:
            line = text.rfind("\n", 0, at) + 1
            match = _DIRECTIVE.match(text, at) if line == at or not text[line:at].strip(" \t") else None
            if match:
                yield match
            at = text.find("#", match.end() if match else at + 1)

    def clean(self) -> str:
        """The text with everything in `hidden` blanked; spans may nest, they do not cross."""
        pieces = []
        done = 0
        for start, end in sorted(self.hidden):
            if end <= done:
                continue
            first = max(start, done)
            pieces.append(self.text[done:first])
            pieces.append(blank(self.text[first:end]))
            done = end
        pieces.append(self.text[done:])
        return "".join(pieces)

    def _define(self, match: re.Match[str]) -> None:
        found = _DEFINED.match(match[2])
        if not found:
            return
        if found[1] == self.opening and self.groups:
            self.groups[-1].branches[-1] = _Branch(self.groups[-1].branches[-1].start, "")
            self._mark(match.start())
        self.opening = None
        body = found[2]
        if body.strip():
            self.defines.append((found[1], body[:_MACRO_CAP].replace("\\\n", " \n"), match.start(), self.guard))

    def _conditional(self, kind: str, match: re.Match[str]) -> None:
        condition = " ".join(match[2].replace("\\\n", " ").split())[:_GUARD_CAP]
        if kind in ("if", "ifdef", "ifndef"):
            first = not self.groups and not self.marks
            self.opening = condition if first and kind == "ifndef" else None
            self.groups.append(_Group(f"!{condition}" if kind == "ifndef" else condition, match.end()))
        elif not self.groups:
            self.problems.append(f"#{kind} without #if")
            return
        elif kind == "endif":
            self._settle(self.groups.pop(), match.start())
        else:
            self.groups[-1].turn(condition if kind == "elif" else "", match.end())
        self._mark(match.end())

    def _mark(self, offset: int) -> None:
        self.guard = _joined(tuple([group.guard() for group in self.groups[:_NESTING]]))
        self.marks.append(offset)
        self.guards.append(self.guard)

    def _settle(self, group: _Group, end: int) -> None:
        """Keep one branch where the branches do not match their own brackets; drop what `#if 0` hides."""
        never = [branch.condition == "0" or branch.condition.startswith("0 &&") for branch in group.branches]
        if len(group.branches) == 1 and not never[0]:
            return
        bounds = [*[branch.start for branch in group.branches[1:]], end]
        spans = [(branch.start, stop) for branch, stop in zip(group.branches, bounds, strict=True)]
        texts = [self.text[start:stop] for start, stop in spans]
        unmatched = len(group.branches) > 1 and any(not _balanced(text) for text in texts)
        keep = _preferred(group.branches) if unmatched else -1
        drop = [span for at, span in enumerate(spans) if never[at] or (unmatched and at != keep)]
        self.hidden.extend(drop)


@lru_cache(maxsize=4096)
def _joined(parts: tuple[str, ...]) -> str:
    shown = [f"({part})" if "||" in part and len(parts) > 1 else part for part in parts if part]
    return " && ".join(dict.fromkeys(shown))[:_GUARD_CAP]


def _balanced(text: str) -> bool:
    return text.count("{") == text.count("}") and text.count("(") == text.count(")")


def _preferred(branches: list[_Branch]) -> int:
    ranks = [{True: 0, None: 1, False: 2}[config.truth(branch.condition)] for branch in branches]
    return ranks.index(min(ranks))
