"""A patch as the rules see it: changed lines by file and function. Built by `reviewer.change` from parsed hunks."""

import re
from typing import Literal

from rules.model import Value

_LINE_CAP = 400  # characters of a line that are looked at
_CALLED = re.compile(r"([A-Za-z_]\w{0,80})\(")


class ChangedLine(Value, frozen=True, kw_only=True):
    sign: Literal["+", "-", " "]
    text: str
    old: int | None
    new: int | None


class ChangedHunk(Value, frozen=True, kw_only=True):
    file: str
    header: str  # text after the second @@
    lines: tuple[ChangedLine, ...]
    # Functions whose lines really change, from the hunk's own text and, when the model knows the file, by line.
    functions: tuple[str, ...]
    # How they were found: "model" (exact pre-image blob), "text" (definition seen in the hunk), "header" (@@ line).
    found_by: Literal["model", "text", "header", "none"]


class ChangedFile(Value, frozen=True, kw_only=True):
    path: str
    old_path: str
    status: str
    old_blob: str
    new_blob: str
    hunks: tuple[ChangedHunk, ...]


class Change(Value, frozen=True, kw_only=True):
    """All files of one patch, or of a series taken together."""

    subject: str  # of a series its cover letter's
    date: str  # ISO date of the mail, "" when unknown
    files: tuple[ChangedFile, ...]
    message: str = ""  # commit message, for Fixes: and Cc: stable only
    fixes: tuple[str, ...] = ()  # values of Fixes: trailers
    stable: bool = False
    titles: tuple[str, ...] = ()  # of the patches of a series
    meant_for: str = ""  # the kernel that the subject names, "5.15" of "[PATCH 5.15 1/9]"

    @property
    def functions(self) -> tuple[str, ...]:
        """Changed functions in order, once each."""
        return tuple(dict.fromkeys(name for file in self.files for hunk in file.hunks for name in hunk.functions))

    @property
    def placed_functions(self) -> tuple[tuple[str, str], ...]:
        """(function, file) of every changed function in order, once each."""
        pairs = ((name, file.path) for file in self.files for hunk in file.hunks for name in hunk.functions)
        return tuple(dict.fromkeys(pairs))

    def new_functions(self) -> frozenset[tuple[str, str]]:
        """(function, file) of the functions whose definition begins on an added line of the file, and on no other."""
        added: set[tuple[str, str]] = set()
        others: set[tuple[str, str]] = set()
        for file in self.files:
            for hunk in file.hunks:
                for line in hunk.lines:
                    into = added if line.sign == "+" else others
                    into.update((name, file.path) for name in _defined(line.text[:_LINE_CAP]))
        return frozenset(added - others)


def _defined(text: str) -> tuple[str, ...]:
    """Names before a parenthesis on a line that can begin a definition: in the first column, and not ended there."""
    if not (text[:1].isalpha() or text[:1] == "_") or text.rstrip().endswith(";"):
        return ()
    return tuple(match[1] for match in _CALLED.finditer(text))
