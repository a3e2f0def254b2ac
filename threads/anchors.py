"""What a comment hangs on: a diff line, a line of the commit message or cover letter, or the mail answered.

The nearest quoted line decides. A diff line is looked up in the patch it comes from; when the patch is not in the
thread, the diff headers that were quoted above it give the file.
"""

import re
from collections.abc import Sequence

from threads import unmarked
from threads.model import Anchor, Block, Line, Message
from threads.scene import Scene, patch_above

_HEADER = re.compile(r"(?:\+\+\+ b/|--- a/|diff --git a/)(\S+)")
_HUNK = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}")
# Under the last tag of a commit message stands what is said of the patch as a whole, not of that tag.
_PEOPLE = re.compile(r"(?:[A-Z][A-Za-z]{2,20}-[A-Za-z-]{2,20}|Cc|CC|cc): ")
_STAT = re.compile(r"\s?\S+\s+\|\s+\d+ [+-]*")


_COMPLAINT = re.compile(
    r"(?:>> ?)?(?:\./)?([\w.+/-]{1,200}):(\d{1,7})(?::\d{1,7})?: .{0,40}?\b(?:error|warning|sparse|smatch|warn)\b"
)

MAX_ABOVE = 4000  # lines searched upwards for the file of a diff line
MAX_REPORT = 400  # lines of a program's mail that are looked at


def nearest(context: Sequence[Line]) -> Line | None:
    """The quoted line directly above that says something: not empty, not a bare + or -, not a signature, no caret."""
    for line in reversed(context):
        text = line.text.strip()
        if not text or text in "+-" or text in ("--", "---"):
            continue
        if not unmarked.is_pointer(text) and not unmarked.is_left_out(text):
            return line
    return None


def anchor(block: Block, scene: Scene) -> Anchor:
    """Anchor of a comment block; `kind` is "mail" when it stands under no quote."""
    if scene.message(block.msgid).automated and (complained := _complained(block.msgid, scene)):
        return complained
    line = nearest(block.context)
    parent = scene.parent(block.msgid) or block.msgid
    if line is None:
        return Anchor(kind="mail", msgid=parent, line=None)
    what = scene.what(line.origin)
    if what == "diff" and line.origin:
        found = scene.diff_lines.get((line.origin.msgid, line.origin.line))
        if found:
            file, diff = found
            return Anchor(
                kind="diff",
                msgid=line.origin.msgid,
                line=line.origin.line,
                file=file,
                sign=diff.sign,
                text=diff.text,
                old=diff.old,
                new=diff.new,
                exact=line.origin.exact,
            )
    if what in ("unknown", "diff", "words") and (quoted := quoted_diff(block, line, scene)):
        return quoted
    where = line.origin.msgid if line.origin else parent
    number = line.origin.line if line.origin else None
    if what in ("message", "trailer"):
        text = "" if _PEOPLE.match(line.text[:80].lstrip()) else line.text.strip()
        return Anchor(kind="message", msgid=where, line=number, text=text)
    if what == "cover":
        return Anchor(kind="cover", msgid=where, line=number, text=line.text.strip())
    return Anchor(kind="mail", msgid=where, line=number, text=line.text.strip())


def _complained(msgid: str, scene: Scene) -> Anchor | None:
    """The line of the patch above a program's mail that a compiler's message in the mail names, if the patch has it."""
    patch = scene.patches.get(patch_above(scene, msgid))
    shown = {
        (file.path, line.new): line
        for file in (patch.files if patch else ())
        for hunk in file.hunks
        for line in hunk.lines
        if line.new is not None
    }
    for line in scene.lines(msgid).lines[:MAX_REPORT] if patch and shown else ():
        named = _COMPLAINT.match(line.text[:400])
        found = shown.get((named[1], int(named[2]))) if named else None
        if patch and named and found:
            return Anchor(
                kind="diff",
                msgid=patch.msgid,
                line=found.mail_line,
                file=named[1],
                sign=found.sign,
                text=found.text,
                old=found.old,
                new=found.new,
            )
    return None


def quoted_diff(block: Block, line: Line, scene: Scene) -> Anchor | None:
    """A diff line whose patch is not at hand, or that a reviewer sketched: the file comes from the quotes above it."""
    if not looks_like_diff(block, line):
        return None
    file = ""
    for above in _above(line, scene.message(block.msgid), scene):
        found = _HEADER.match(above.text[:400])
        if found:
            file = found[1].removeprefix("b/")
            break
        if above.origin and (known := scene.diff_lines.get((above.origin.msgid, above.origin.line))):
            file = known[0]
            break
    if not file:
        return None
    origin = line.origin
    return Anchor(
        kind="diff",
        msgid=origin.msgid if origin else scene.parent(block.msgid),
        line=origin.line if origin else None,
        file=file,
        sign=line.text[:1],
        text=line.text[1:],
        exact=False,
    )


def looks_like_diff(block: Block, line: Line) -> bool:
    """The line has a diff's first column, and so have its neighbours."""
    if line.text[:1] not in ("+", "-", " ") or _STAT.match(line.text[:200]) or line.text.startswith(("+++ ", "--- ")):
        return False
    near = [other for other in block.context[-12:] if other.depth == line.depth and other.text.strip()]
    signed = sum(1 for other in near if other.text[:1] in ("+", "-"))
    columns = sum(1 for other in near if other.text[:1] in ("+", "-", " ") or _HUNK.match(other.text[:80]))
    bullet = line.text[1:2] == " " and line.text[2:3].isalpha()
    return (signed > 0 and columns == len(near)) or (line.text[:1] in "+-" and signed >= 2 and not bullet)


def _above(line: Line, message: Message, scene: Scene) -> list[Line]:
    lines = scene.lines(message.msgid).lines
    return [other for other in reversed(lines[max(0, line.number - MAX_ABOVE) : line.number]) if other.kind == "quote"]
