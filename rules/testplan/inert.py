"""Changes that no test can tell from the state before: comments, white space, documentation, Kconfig.

A hunk is a piece of a file and may begin inside a comment. So this says that code is the same only when it is sure:
each side of every hunk is read as C, from a start that its own comment marks tell, and both have to give the same
tokens.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedFile, ChangedHunk

_TOKEN = re.compile(
    r"""/\*|\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[\w.]+|->|\+\+|--|<<=?|>>=?|[<>=!*/%&|^+-]=|&&|\|\||\#\#|[^\s]|\n"""
)
_STARRED = re.compile(r"\s*\*(?:[\s/]|$)")
_DIRECTIVE = re.compile(r"\s*#")
_C = (".c", ".h")
_NO_CODE = ("MAINTAINERS", "CREDITS", ".mailmap", ".gitignore", "COPYING", "README")
_BUILD = ("Kconfig", "Makefile", "Kbuild")
_MOST_NAMED = 2


def inert(change: Change) -> str:
    """Why no test is suggested, as a note: "this changes only documentation (...): ..."; "" for a change of code."""
    kinds: dict[str, None] = {}
    for file in change.files:
        kind = _kind(file)
        if not kind:
            return ""
        kinds[kind] = None
    if not kinds:
        return ""
    names = list(dict.fromkeys(file.path or file.old_path for file in change.files))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    advice = "building it is the test" if "build options" in kinds else "there is nothing to run"
    return f"this changes only {' and '.join(sorted(kinds))} ({', '.join(names[:_MOST_NAMED])}{more}): {advice}"


def _kind(file: ChangedFile) -> str:
    """What changes in a file without changing code; "" for code, and where it cannot be told."""
    kind = without_code(file.path or file.old_path)
    if kind == "documentation":
        return kind
    if not file.hunks:  # a mode, a name, or a binary file
        return ""
    if kind:
        return kind
    if not file.path.endswith(_C) or file.old_path != file.path:
        return ""
    return "comments or white space" if all(map(_same_code, file.hunks)) else ""


def without_code(path: str) -> str:
    """What a file holds that holds no code, "" for any other."""
    name = path.rpartition("/")[2]
    if path.startswith(("Documentation/", "LICENSES/")) or name in _NO_CODE or name.endswith(".rst"):
        return "documentation"
    return "build options" if name.startswith(_BUILD) else ""


def _same_code(hunk: ChangedHunk) -> bool:
    old = "\n".join(line.text for line in hunk.lines if line.sign != "+")
    new = "\n".join(line.text for line in hunk.lines if line.sign != "-")
    inside = _starts_inside(old, new)
    if inside is None or old == new:  # the latter of a mail that a program has damaged
        return False
    by_line = any(line.text.rstrip().endswith("\\") for line in hunk.lines)  # of a macro; its ends count
    return list(_tokens(old, inside, by_line)) == list(_tokens(new, inside, by_line))


def _starts_inside(old: str, new: str) -> bool | None:
    """Whether the hunk begins inside a comment; None when its sides do not tell or do not agree."""
    marks = {mark for side in (old, new) if (mark := _first_mark(side))}
    if len(marks) == 1:
        return marks == {"*/"}
    return None if marks else _starred(old) and _starred(new)


def _first_mark(text: str) -> str:
    """The first mark of a comment, "" for none. Where stars tell a comment, its apostrophes begin no literal."""
    head, mark, _ = text.partition("*/")
    if mark and "/*" not in head and _starred(head):
        return mark
    return next((token[0] for token in _TOKEN.finditer(text) if token[0] in ("/*", "*/")), "")


def _starred(text: str) -> bool:
    return all(_STARRED.match(line) for line in text.split("\n") if line.strip())


def _tokens(text: str, inside: bool, by_line: bool) -> Iterator[str]:
    """Tokens without comments and white space, ends of preprocessor lines, and at last whether a comment is open."""
    place = 0
    directive = False
    if inside:
        place = text.find("*/") + 2
        if place < 2:
            yield "open"
            return
    fresh = not inside
    while match := _TOKEN.search(text, place):
        read, place = match[0], match.end()
        if read == "/*":
            place = text.find("*/", place) + 2
            if place < 2:
                yield "open"
                return
        elif read == "\n":
            if directive or by_line:
                yield read
            directive, fresh = False, True
        elif not read.startswith("//"):
            directive = directive or (fresh and read == "#")
            fresh = False
            yield read
