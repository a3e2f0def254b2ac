"""A patch as the rules see it: changed lines by file and function. Built by `reviewer.change` from parsed hunks."""

from typing import Literal

from rules.model import Value


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

    @property
    def functions(self) -> tuple[str, ...]:
        """Changed functions in order, once each."""
        return tuple(dict.fromkeys(name for file in self.files for hunk in file.hunks for name in hunk.functions))
