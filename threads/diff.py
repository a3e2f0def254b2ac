"""Diff text of a mail to our own frozen hunks. The one place that touches unidiff. Pure; raises nothing.

File headers are read here by the rules of `git apply`; unidiff gets one hunk at a time under names of our own. Given
whole mails it accepts combined diffs and endless headers with no hunks, refuses what git takes (CR at line ends, header
and ---/+++ names that disagree), needs 17 s for a 48 kB "Binary files x and x and ..." line, and fails with ValueError
on 5,000 digits. A hunk that cannot be read costs no other hunk: what is readable is kept and a defect says what is not.
"""

import io
import re
from typing import Literal

from threads.model import Defect, DiffLine, FileDiff, Hunk

LINE_CAP = 4096  # characters of a header line that are looked at
FILE_CAP = 5000
HUNK_CAP = 20_000
NOTE_CAP = 50  # notes and defects kept of one diff
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?", re.ASCII)
_INDEX = re.compile(r"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: \d{1,6})?\s*$")
_VERSION = re.compile(r"\d{1,3}\.\d{1,3}[\w.+~-]{0,80}\s*$")
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_LETTERS = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_SIGNS: dict[str, Literal["+", "-", " "]] = {"+": "+", "-": "-", " ": " "}
Status = Literal["modified", "added", "removed", "renamed", "copied", "mode", "binary"]
# What stands before the two names: as usual, with diff.mnemonicPrefix, from `git diff --no-index`, and reversed.
_PREFIXES = (("a", "b"), ("i", "w"), ("c", "i"), ("c", "w"), ("o", "w"), ("1", "2"), ("b", "a"), ("w", "i"), ("2", "1"))
_EXTENDED = (
    "old mode ", "new mode ", "deleted file mode ", "new file mode ", "copy from ", "copy to ", "rename from ",
    "rename to ", "rename old ", "rename new ", "similarity index ", "dissimilarity index ", "index ",
)  # fmt: skip


def starts_patch(line: str) -> bool:
    """Whether `git mailinfo` ends the commit message at this line: a diff's header, or "---" alone."""
    if line.startswith(("diff -", "Index: ")):
        return True
    return line.startswith("---") and (line[3:].strip() == "" or (line[3:4] == " " and not line[4:5].isspace()))


def files(text: str, mail_line_offset: int, where: str = "diff") -> tuple[tuple[FileDiff, ...], tuple[Defect, ...]]:
    """Files of all diffs in the text, in order, and what could not be read of them.

    `mail_line_offset` is the line of the mail's body where the text begins.
    """
    reader = _Reader(text.removesuffix("\n").split("\n"), mail_line_offset, where)
    while reader.place < len(reader.lines) and reader.hunks < HUNK_CAP and len(reader.found) < FILE_CAP:
        reader.step()
    if reader.place < len(reader.lines) and (reader.hunks >= HUNK_CAP or len(reader.found) >= FILE_CAP):
        reader.problem(f"more than {HUNK_CAP} hunks or {FILE_CAP} files, the rest not read")
    return tuple(reader.found), _first(reader.defects, where)


def _first(defects: list[Defect], where: str) -> tuple[Defect, ...]:
    """At most NOTE_CAP of them, and how many more there are."""
    more = len(defects) - NOTE_CAP
    if more <= 0:
        return tuple(defects)
    return (*defects[:NOTE_CAP], Defect(where=where, what=f"{more} more things that could not be read"))


class _Header:
    """What stands before a file's hunks."""

    __slots__ = ("binary", "fields", "git", "minus", "names", "new_blob", "old_blob", "plus")

    def __init__(self) -> None:
        self.git = False
        self.names = ("", "")  # of the "diff --git" line
        self.minus = ""
        self.plus = ""
        self.fields: dict[str, str] = {}
        self.old_blob = ""
        self.new_blob = ""
        self.binary = False


class _Reader:
    """Walks the lines once; `place` only grows."""

    __slots__ = ("defects", "found", "hunks", "lines", "offset", "place", "where")

    def __init__(self, lines: list[str], offset: int, where: str) -> None:
        self.lines = lines
        self.offset = offset
        self.where = where
        self.place = 0
        self.hunks = 0
        self.found: list[FileDiff] = []
        self.defects: list[Defect] = []

    def line(self, ahead: int = 0) -> str:
        at = self.place + ahead
        return self.lines[at][:LINE_CAP] if at < len(self.lines) else ""

    def problem(self, what: str) -> None:
        self.defects.append(Defect(where=self.where, what=what))

    def step(self) -> None:
        """Read a file, or pass one line that belongs to none."""
        line = self.line()
        if line.startswith("diff --git "):
            notes: list[str] = []
            self.file(self.git_header(notes), notes)
        elif self.plain_file():
            self.file(self.plain_header(), [])
        elif line.startswith(("diff --cc ", "diff --combined ")):
            self.problem(f"line {self.offset + self.place}: a combined diff, which git apply does not take; not read")
            self.place += 1
        elif _HUNK.match(line):
            self.problem(f"line {self.offset + self.place}: a hunk without a file header, not read")
            self.place += 1
        else:
            self.place += 1

    def plain_file(self) -> bool:
        """Whether a file without a "diff --git" line begins here."""
        return self.line().startswith("--- ") and self.line(1).startswith("+++ ") and self.line(2).startswith("@@ -")

    def wrapped_name(self, first: str) -> str:
        """The second name of a "diff --git" line where a mailer put it on a line of its own, "" elsewhere."""
        second = self.line(1).rstrip()
        same = first.partition("/")[2] == second.partition("/")[2]
        return second if same and (first.partition("/")[0], second.partition("/")[0]) in _PREFIXES else ""

    def git_header(self, notes: list[str]) -> _Header:
        header = _Header()
        header.git = True
        header.names = git_names(self.line()[len("diff --git ") :].rstrip("\r"))
        if not header.names[1] and (second := self.wrapped_name(header.names[0])):
            header.names = (header.names[0], second)
            notes.append(f"line {self.offset + self.place + 1}: broken by the mailer")
            self.place += 1
        self.place += 1
        while self.place < len(self.lines):
            line = self.line().rstrip("\r")
            if line.startswith(_EXTENDED):
                self.extended(header, line)
            elif line.startswith("--- ") and self.line(1).startswith("+++ "):
                header.minus, header.plus = _name(line[4:]), _name(self.line(1).rstrip("\r")[4:])
                self.place += 2
                break
            elif line.startswith(("GIT binary patch", "Binary files ", "Files ")):
                header.binary = True
                self.place += 1
                break
            else:
                break
            self.place += 1
        return header

    def extended(self, header: _Header, line: str) -> None:
        if match := _INDEX.match(line):
            header.old_blob, header.new_blob = match[1], match[2]
            return
        key, _, value = line.partition(" ")
        second, _, rest = value.partition(" ")
        if key in ("old", "new", "deleted", "copy", "rename"):
            value = value.partition("mode ")[2] if "mode " in value else rest
            key = f"{key} {second}"
        header.fields[key] = value

    def plain_header(self) -> _Header:
        header = _Header()
        header.minus, header.plus = _name(self.line().rstrip("\r")[4:]), _name(self.line(1).rstrip("\r")[4:])
        self.place += 2
        return header

    def file(self, header: _Header, notes: list[str]) -> None:
        at = self.offset + self.place
        hunks: list[Hunk] = []
        while not header.binary and self.line().startswith("@@ -") and self.hunks < HUNK_CAP:
            hunk = self.hunk(notes)
            if hunk is not None:
                hunks.append(hunk)
                self.hunks += 1
        if hunks:
            self.surplus(notes)
        elif not header.git:
            notes.append(f"line {at}: no hunk that can be read")
        self.found.append(_file(header, tuple(hunks), notes))
        for note in self.found[-1].note.split("; ") if notes else ():
            self.problem(f"{self.found[-1].path or 'a file'}: {note}")

    def hunk(self, notes: list[str]) -> Hunk | None:
        match = _HUNK.match(self.line())
        at = self.offset + self.place
        if not match:
            notes.append(f"line {at}: a hunk header that cannot be read")
            self.place += 1
            while self.line()[:1] in ("+", "-", " ", "\\") and not self.plain_file():
                self.place += 1
            return None
        header = self.line()[match.end() :].rstrip("\r")
        claimed = int(match[2] or 1), int(match[4] or 1)
        self.place += 1
        taken = self.hunk_lines(claimed, notes)
        old = sum(text[0] in " -" for text, _ in taken)
        new = sum(text[0] in " +" for text, _ in taken)
        if (old, new) != claimed:
            notes.append(f"line {at}: the hunk holds {old},{new} lines and not {claimed[0]},{claimed[1]} as it says")
        return _hunk((int(match[1]), old, int(match[3]), new), header, taken, at, self.offset)

    def hunk_lines(self, claimed: tuple[int, int], notes: list[str]) -> list[tuple[str, int]]:
        """Lines with their signs and places until the counts are met, or until what follows is no hunk."""
        old, new = claimed
        taken: list[tuple[str, int]] = []
        while (old > 0 or new > 0) and self.place < len(self.lines):
            line = self.lines[self.place]
            sign = line[:1]
            if self.ends_early(line, old, new):
                break
            if sign in ("", "\r"):
                line, sign = " " + line, " "
            if sign in "+- ":
                old -= sign != "+"
                new -= sign != "-"
                taken.append((line, self.place))
            elif sign != "\\" and taken:
                notes.append(f"line {self.offset + self.place}: broken by the mailer")
                taken[-1] = (taken[-1][0].rstrip() + " " + line.lstrip(), taken[-1][1])
            self.place += 1
        while self.line().startswith("\\ "):
            self.place += 1
        while (old > 0 or new > 0) and taken and not self.lines[taken[-1][1]].strip():
            taken.pop()  # blank lines behind a hunk that is cut off are no context
        return taken

    def ends_early(self, line: str, old: int, new: int) -> bool:
        """Whether a hunk that still misses `old` and `new` lines is over all the same. git would refuse it."""
        if line.startswith(("diff --git ", "@@ -")):
            return True
        if line == "-- " and _VERSION.match(self.line(1)):
            return (old, new) != (1, 0)
        if self.plain_file():
            return (old, new) != (1, 1)
        # A stray line is the rest of a line that the mailer broke if the hunk goes on behind it.
        return line[:1] not in ("+", "-", " ", "\\", "", "\r") and self.line(1)[:1] not in ("+", "-", " ", "\\")

    def surplus(self, notes: list[str]) -> None:
        """Lines behind a complete hunk that look like more of it: git apply passes over them."""
        start = self.place
        while self.line()[:1] in ("+", "-", " ") and not starts_patch(self.line()) and self.line().rstrip() != "--":
            self.place += 1
        lines = self.lines[start : self.place]
        count = sum(text[:1] in "+-" for text in lines if text)
        if count:
            notes.append(f"line {self.offset + start}: {count} lines behind the hunk's end, which git apply leaves out")


def _hunk(
    span: tuple[int, int, int, int], header: str, taken: list[tuple[str, int]], at: int, offset: int
) -> Hunk | None:
    """The hunk as unidiff reads it, with the places of its lines in the mail."""
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    text = f"--- a/x\n+++ b/x\n@@ -{span[0]},{span[1]} +{span[2]},{span[3]} @@\n"
    text += "".join(line + "\n" for line, _ in taken)
    try:
        parsed = PatchSet(io.StringIO(text))
        read = list(parsed[0][0])
    except (UnidiffParseError, ValueError, IndexError):
        return None
    lines = tuple(
        DiffLine(
            sign=_SIGNS[line.line_type],
            text=line.value.removesuffix("\n").removesuffix("\r"),
            old=line.source_line_no,
            new=line.target_line_no,
            mail_line=offset + place,
        )
        for line, (_, place) in zip(read, taken, strict=False)
    )
    return Hunk(
        old_start=span[0], old_count=span[1], new_start=span[2], new_count=span[3], header=header, lines=lines,
        mail_line=at,
    )  # fmt: skip


def _file(header: _Header, hunks: tuple[Hunk, ...], notes: list[str]) -> FileDiff:
    old, new = _paths(header)
    path = new if new != "/dev/null" else old
    status = _status(header, old, new, hunks)
    problem = path_problem(path) or path_problem(old)
    if problem:
        notes.append(problem)
    return FileDiff(
        path=path,
        old_path=path if old == "/dev/null" else old,
        status=status,
        old_blob=header.old_blob,
        new_blob=header.new_blob,
        hunks=hunks,
        note="; ".join(list(dict.fromkeys(notes))[:NOTE_CAP]),
    )


def _status(header: _Header, old: str, new: str, hunks: tuple[Hunk, ...]) -> Status:
    fields = header.fields
    if header.binary:
        return "binary"
    if "new file" in fields or old == "/dev/null":
        return "added"
    if "deleted file" in fields or new == "/dev/null":
        return "removed"
    if "copy from" in fields:
        return "copied"
    if "rename from" in fields or "rename old" in fields:
        return "renamed"
    if not hunks and "new mode" in fields:
        return "mode"
    return "modified"


def git_names(rest: str) -> tuple[str, str]:
    """Both names of a "diff --git" line, prefixes kept. Names with spaces are told apart by being the same name."""
    if rest.startswith('"'):
        end = _quoted_end(rest)
        return unquote(rest[:end]), unquote(rest[end:].strip())
    if rest.endswith('"') and ' "' in rest:
        first, _, second = rest.partition(' "')
        return first, unquote('"' + second)
    half = len(rest) // 2
    if rest[half : half + 1] == " " and rest[:half].partition("/")[2] == rest[half + 1 :].partition("/")[2]:
        return rest[:half], rest[half + 1 :]
    first, _, second = rest.partition(" b/")
    if second:
        return first, "b/" + second
    first, _, second = rest.partition(" ")
    return first, second


def _quoted_end(text: str) -> int:
    match = re.match(r'"(?:[^"\\]|\\.)*"', text)
    return match.end() if match else len(text)


def _name(text: str) -> str:
    """The name on a ---/+++ line, without time stamp and C quoting."""
    if text.startswith('"'):
        return unquote(text[: _quoted_end(text)])
    return text.partition("\t")[0].rstrip()


def unquote(name: str) -> str:
    """A C-quoted name decoded once; other names as they are."""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    return _ESCAPE.sub(_escaped, name[1:-1].encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _escaped(match: re.Match[bytes]) -> bytes:
    inner = match[1]
    return bytes([int(inner, 8)]) if len(inner) == 3 else _LETTERS.get(inner, inner)


def _paths(header: _Header) -> tuple[str, str]:
    """Old and new path without prefixes; "/dev/null" stays."""
    fields = header.fields
    for kind in ("rename", "copy"):
        if f"{kind} from" in fields and f"{kind} to" in fields:
            return unquote(fields[f"{kind} from"]), unquote(fields[f"{kind} to"])
    old, new = (header.minus, header.plus) if header.minus or header.plus else header.names
    if "new file" in fields:
        old = "/dev/null"
    if "deleted file" in fields:
        new = "/dev/null"
    return _without_prefixes(old, new)


def _without_prefixes(old: str, new: str) -> tuple[str, str]:
    if old == "/dev/null" or new == "/dev/null":
        return _one_prefix(old), _one_prefix(new)
    first, _, old_rest = old.partition("/")
    second, _, new_rest = new.partition("/")
    known = (first, second) in _PREFIXES
    if old_rest and new_rest and (known or (first != second and old_rest == new_rest)):
        return old_rest, new_rest
    return old, new


def _one_prefix(name: str) -> str:
    first, _, rest = name.partition("/")
    return rest if rest and any(first in pair for pair in _PREFIXES) else name


def path_problem(path: str) -> str:
    """What is wrong with a path of a patch, "" when it lies inside the tree. Paths are labels and never opened."""
    parts = path.split("/")
    if not path:
        return "its diff names no path"
    if path.startswith("/") and path != "/dev/null":
        return "the path is absolute"
    if ".." in parts:
        return "the path leads out of the tree"
    if any(part.lower() == ".git" for part in parts):
        return "the path leads into .git"
    return "the path holds control characters" if any(ord(char) < 32 or ord(char) == 127 for char in path) else ""
