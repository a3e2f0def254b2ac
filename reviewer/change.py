"""Parsed diffs to the change that rules see: each hunk with the functions whose lines really change.

The @@ line names the function before the hunk, which is often not the one that changes. So a function is taken, in this
order, from the model when it holds the very pre-image blob, from a definition inside the hunk, from the @@ line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from rules.model import Function
from threads.model import FileDiff, Hunk, Message, Patch, Series

FoundBy = Literal["model", "text", "header", "none"]

_LINE_CAP = 400  # characters of a line that are looked at
_CALLED = re.compile(r"([A-Za-z_]\w{0,80})[ \t]{0,3}\(")
_DEFINER = re.compile(r"(?:COMPAT_)?SYSCALL_DEFINE\d$|DEFINE_IDTENTRY\w*$")
_FIRST_ARGUMENT = re.compile(r"[ \t]*([A-Za-z_]\w{0,80})")
_NOT_FUNCTIONS = frozenset({"if", "for", "while", "switch", "return", "sizeof", "defined", "__attribute__", "typeof"})
_FIXES = re.compile(r"Fixes:[ \t]*(\S.{0,300})")
# A version of the patch itself has a "v": v2.1.
_LINE = re.compile(r"(?:for-|linux-|stable-)?([3-9]\.\d{1,2})(?:\.y|\.\d{1,3})?(?:-stable)?")
_STABLE_LINE = re.compile(
    r"(?<![\w.])v?([3-9]\.\d{1,2})(?:\.y|-stable)(?!\w)|\bbackport\w{0,4} (?:to|for) v?([3-9]\.\d{1,2})(?![\w])", re.I
)
_OUTSIDE = ("/*", " *")  # a comment at the margin: inside of functions they are indented
_ANNOTATIONS = re.compile(r"__(?:must_hold|acquires|releases|printf|init|exit|cold|section)\b")


class Source(Protocol):
    """What is asked of a model here."""

    def holds(self, path: str, blob: str) -> bool:
        """The model was made from this very version of the file; `blob` may be abbreviated."""

    def at(self, file: str, line: int) -> Function | None:
        """The function that has this line."""


def of_series(series: Series, messages: Iterable[Message], model: Source | None = None) -> Change:
    """All patches of a series as one change."""
    bodies = {message.msgid: message for message in messages}
    patches = series.patches or ((series.cover,) if series.cover else ())
    texts = [_commit_message(patch, bodies.get(patch.msgid)) for patch in patches]
    message = "\n".join(texts)
    first = bodies.get(patches[0].msgid) if patches else None
    return Change(
        subject=series.subject,
        date=first.date.date().isoformat() if first and first.date else "",
        files=tuple(_file(file, model) for patch in patches for file in patch.files),
        message=message,
        fixes=tuple(match[1].strip() for line in message.split("\n") if (match := _FIXES.match(line))),
        titles=tuple(patch.subject for patch in patches),
        meant_for=_meant_for(series),
        stable=any(line.lower().startswith("cc:") and "stable@" in line for line in message.split("\n")),
    )


def _meant_for(series: Series) -> str:
    """The kernel that a subject names: "5.15" of "[PATCH 5.15 1/9]", or of "fixes for 5.15.y"; "" for none."""
    patches = (*((series.cover,) if series.cover else ()), *series.patches)
    named = next((match[1] for patch in patches for word in patch.prefix if (match := _LINE.fullmatch(word))), "")
    stable = _STABLE_LINE.search(series.subject[:_LINE_CAP])
    return named or (stable[1] or stable[2] if stable else "")


def _commit_message(patch: Patch, message: Message | None) -> str:
    if message is None:
        return ""
    first, end = patch.message_lines
    return "\n".join(message.lines[first:end])


def _file(file: FileDiff, model: Source | None) -> ChangedFile:
    exact = model is not None and bool(file.old_blob) and model.holds(file.old_path, file.old_blob)
    return ChangedFile(
        path=file.path,
        old_path=file.old_path,
        status=file.status,
        old_blob=file.old_blob,
        new_blob=file.new_blob,
        hunks=tuple(_hunk(file, hunk, model if exact else None) for hunk in file.hunks),
    )


def _hunk(file: FileDiff, hunk: Hunk, model: Source | None) -> ChangedHunk:
    lines = tuple(ChangedLine(sign=line.sign, text=line.text, old=line.old, new=line.new) for line in hunk.lines)
    functions, found_by = _functions(file, hunk, lines, model)
    return ChangedHunk(file=file.path, header=hunk.header, lines=lines, functions=functions, found_by=found_by)


def _functions(
    file: FileDiff, hunk: Hunk, lines: tuple[ChangedLine, ...], model: Source | None
) -> tuple[tuple[str, ...], FoundBy]:
    if not file.path.endswith((".c", ".h", ".S")):
        return (), "none"
    by_text = _from_text(hunk, lines)
    if model is None:
        return by_text
    known = tuple(dict.fromkeys(f.name for line in _old_places(hunk, lines) if (f := model.at(file.old_path, line))))
    if not known:
        return by_text
    # A function that the patch adds has no old line: only the text has it.
    added = tuple(name for name in _defined(line for line in lines if line.sign == "+") if name not in known)
    return known + added, "model"


def _old_places(hunk: Hunk, lines: tuple[ChangedLine, ...]) -> Iterator[int]:
    """Old line numbers at which something changes; an addition counts for the line after which it stands."""
    last = hunk.old_start - 1
    for line in lines:
        if line.old is not None:
            last = line.old
        if line.sign == "-" and line.old is not None:
            yield line.old
        elif line.sign == "+" and line.text.strip():
            yield max(last, 1)


def _from_text(hunk: Hunk, lines: tuple[ChangedLine, ...]) -> tuple[tuple[str, ...], FoundBy]:
    header = name_in(hunk.header)
    current, found = header, "header" if header else "none"
    names: dict[str, str] = {}
    closed = False
    for line in lines:
        defined = defined_in(line.text)
        if defined:
            current, found, closed = defined, "text", False
        elif line.text.startswith("}"):
            closed = True
            if line.sign != " " and current:
                names.setdefault(current, found)
            continue
        elif _opens_table(line.text) or line.text.startswith(_OUTSIDE):
            closed = True
        if line.sign != " " and line.text.strip() and current and not closed:
            names.setdefault(current, found)
    if not names:
        return (), "none"
    return tuple(names), "text" if "text" in names.values() else "header"


def _opens_table(text: str) -> bool:
    """A definition at column 0 that is no function: a struct, an enum, an initialiser."""
    return text[:1].isalpha() and text[:_LINE_CAP].rstrip().endswith("{")


def _defined(lines: Iterable[ChangedLine]) -> Iterator[str]:
    return (name for line in lines if (name := defined_in(line.text)))


def defined_in(text: str) -> str:
    """Name of the function whose definition starts on this line, "" for any other line."""
    text = text[:_LINE_CAP]
    if not text or not (text[0].isalpha() or text[0] == "_") or text.rstrip().endswith((";", ":", "\\", "=")):
        return ""
    return name_in(text)


def name_in(header: str) -> str:
    """The function that a definition line or the text after @@ names, "" when it is none."""
    header = header[:_LINE_CAP]
    if header.startswith(("#", "}", "*", "/", "typedef ", "extern ")) or "=" in header.split("(")[0]:
        return ""
    for match in _CALLED.finditer(header):
        name = match[1]
        if name in _NOT_FUNCTIONS or _ANNOTATIONS.fullmatch(name):
            continue
        if header[: match.start()].rstrip().endswith("#"):  # toy_has_ ## name (: a macro pastes the name together
            return ""
        if _DEFINER.match(name):
            argument = _FIRST_ARGUMENT.match(header, match.end())
            return argument[1] if argument else ""
        return "" if name.isupper() else name  # EXPORT_SYMBOL_GPL(x), DEFINE_MUTEX(x): no function begins there
    return ""
