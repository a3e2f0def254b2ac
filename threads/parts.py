"""MIME structure of a mail: its parts decoded, and the one text that a reader takes for the mail's body. Pure.

`email.parser` tells the parts, under the compat32 policy. It has no limits of its own, holds every line against every
open boundary, takes quadratic time for the parameters of a Content-Type, and recurses: so what it is given is measured
first, and a mail that is too much for it stays one undivided text.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from threads.flowed import unflow
from threads.headers import FIELD_CAP, Headers, base64_bytes, content, decode_bytes
from threads.model import Attachment

if TYPE_CHECKING:
    from email.message import Message

DEPTH_CAP = 20
PART_CAP = 500
# What email.parser needs at most 2 s for, measured with Python 3.11.
TYPE_CAP = 2048  # bytes of the Content-Type of a multipart
TYPES_CAP = 128 * 1024  # bytes of all of these
MARK_CAP = 20_000  # lines that can be boundaries, each of which can begin a part
VISIT_CAP = 10_000_000  # lines, times the multiparts that each is held against and 16 for the line itself
_ENCODINGS = ("base64", "quoted-printable")
_FIELDS = ("content-type", "content-disposition", "content-transfer-encoding")
_DEFECTS = {
    "NoBoundaryInMultipartDefect": "multipart without its boundary, read as text",
    "StartBoundaryNotFoundDefect": "multipart without its boundary, read as text",
    "CloseBoundaryNotFoundDefect": "multipart without its end",
    "InvalidBase64PaddingDefect": "base64 text that is cut or dirty",
    "InvalidBase64CharactersDefect": "base64 text that is cut or dirty",
    "InvalidBase64LengthDefect": "base64 text that is cut or dirty",
}
# As text: few mails hold them, and re keeps what it has compiled.
_TYPE = rb"(?m)(?:^|\r)content-type:(?:[^\n]*\n[ \t])*[^\n]*"
_PATCH_TYPES = ("text/x-patch", "text/x-diff", "text/patch", "text/diff", "application/x-patch", "application/x-diff")
_DIFF = r"(?m)^(?:diff --git |--- [^\n]+\n\+\+\+ )"
_PAGE = re.compile(r"\s{0,100}<(?:!doctype html|html)\b", re.IGNORECASE)
_SIGNED = (
    r"(?m)^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+: [^\n]*\n)*\n?"
    r"((?:(?!-----BEGIN PGP )[^\n]*\n)*)-----BEGIN PGP SIGNATURE-----\n(?:(?!-----END)[^\n]*\n)*"
    r"-----END PGP SIGNATURE-----\n?"
)


class Part:
    """One leaf of the MIME tree, its transfer encoding undone."""

    __slots__ = ("attached", "data", "disposition", "kind", "name", "parameters")

    def __init__(self, headers: Headers, data: bytes, *, attached: bool = False) -> None:
        kind, self.parameters = content(headers.first("content-type"))
        self.kind = kind if "/" in kind else "text/plain"
        self.disposition, place = content(headers.first("content-disposition"))
        self.name = place.get("filename") or self.parameters.get("name", "")
        self.data = data
        self.attached = attached  # it belongs to a mail that is attached to this one

    @property
    def patch(self) -> bool:
        """Whether its type or name says that it is a patch."""
        return self.kind in _PATCH_TYPES or self.name.lower().endswith((".patch", ".diff"))

    def text(self, notes: list[str]) -> str:
        """Decoded text with LF line ends, flowed paragraphs joined."""
        text, note = decode_bytes(self.data, self.parameters.get("charset", ""))
        if note:
            notes.append(note)
        if "\r" in text:
            text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
        if self.kind == "text/plain" and self.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, delsp=self.parameters.get("delsp", "").lower() == "yes")
        return text


def leaves(headers: Headers, body: bytes, notes: list[str]) -> Iterator[Part]:
    """The parts that hold no parts, in order; those of attached mails too. A plain text needs no parser."""
    kind = content(headers.first("content-type"))[0]
    if not kind.startswith(("multipart/", "message/")) and _encoding(headers, notes) not in _ENCODINGS:
        yield Part(headers, body)
        return
    root = _parsed(headers, body, notes)
    found = _leaves(root, notes) if root else []
    if not root or not found or (kind.startswith("multipart/") and found[0][0] is root):
        yield Part(Headers(fields=()), body)
        return
    for part, attached in found:
        yield _part(part, notes, attached=attached)


def _encoding(headers: Headers, notes: list[str]) -> str:
    encoding = headers.text("content-transfer-encoding").lower()
    if encoding not in ("", "7bit", "8bit", "binary", *_ENCODINGS):
        notes.append(f"Content-Transfer-Encoding {encoding[:40]!r} not known, text taken as it is")
    return encoding


def _parsed(headers: Headers, body: bytes, notes: list[str]) -> "Message | None":
    """What email.parser makes of the body under the MIME headers as we read them; None when it cannot."""
    fields = [f"{name}: ".encode() + headers.first(name).replace(b"\r", b" ") for name in _FIELDS]
    raw = b"\n".join([*fields, b"", body])
    problem = _too_much(raw)
    if not problem:
        from email.parser import BytesParser  # compat32 is its default; importing email.policy takes 10 ms more

        try:
            return BytesParser().parsebytes(raw)
        except RecursionError:
            problem = f"MIME parts more than {DEPTH_CAP} deep"
        except (ValueError, TypeError):  # of RFC 2231 pieces: a charset like "undefined", boundary* beside boundary*0
            problem = "a MIME boundary that cannot be read"
    notes.append(f"{problem}, the mail left as undivided text")
    return None


def _too_much(raw: bytes) -> str:
    """Why email.parser must not get these bytes, "" when it may. No count is less than what the parser would meet."""
    lower = raw.lower()
    lines = raw.count(b"\n") + raw.count(b"\r")
    multiparts = lower.count(b"multipart/")
    if lines * (16 + multiparts) > VISIT_CAP:
        return f"{multiparts} multiparts on {lines} lines"
    marks = lines if b"delivery-status" in lower else raw.count(b"\n--") + raw.count(b"\r--")
    if marks > MARK_CAP and (b"multipart/" in lower or b"message/" in lower):
        return f"more than {MARK_CAP} lines that can begin a MIME part"
    types = [len(field[0]) for field in re.finditer(_TYPE, lower) if b"multipart/" in field[0]]
    if max(types, default=0) > TYPE_CAP or sum(types) > TYPES_CAP:
        return f"a Content-Type of {max(types)} bytes, {sum(types)} in all"
    return ""


def _leaves(root: "Message", notes: list[str]) -> list[tuple["Message", bool]]:
    """The leaves of the tree and whether they belong to an attached mail; [] when it is too deep."""
    found: list[tuple[Message, bool]] = []
    said: list[str] = []
    stack = [(root, 0, False)]
    while stack:
        part, depth, attached = stack.pop()
        said.extend(_DEFECTS[name] for name in _defects(part) if name in _DEFECTS)
        if not part.is_multipart() or _report(part):
            found.append((part, attached))
        elif depth >= DEPTH_CAP:
            notes.append(f"MIME parts more than {DEPTH_CAP} deep, the mail left as undivided text")
            return []
        else:
            attached = attached or part.get_content_maintype() == "message"
            stack.extend((inner, depth + 1, attached) for inner in reversed(_inner(part)))
        if len(found) >= PART_CAP and stack:
            said.append(f"more than {PART_CAP} MIME parts, the rest not read")
            break
    notes.extend(said)
    return found


def _inner(part: "Message") -> list["Message"]:
    return cast("list[Message]", part.get_payload())


def _defects(part: "Message") -> list[str]:
    return [type(defect).__name__ for defect in part.defects]


def _report(part: "Message") -> bool:
    """Whether it is a message/delivery-status or the like, whose blocks of fields are taken for mails without text."""
    empty = (inner.get_payload(decode=True) == b"" for inner in _inner(part))
    return part.get_content_maintype() == "message" and all(empty)


def _part(part: "Message", notes: list[str], *, attached: bool) -> Part:
    """A leaf without its transfer encoding; of a report its blocks of fields as text."""
    raw = [(name.lower(), _bytes(value)) for name, value in part.raw_items()]
    headers = Headers(fields=tuple((name, value[:FIELD_CAP]) for name, value in raw if name in _FIELDS))
    if part.is_multipart():
        blocks = [[_bytes(name + ": " + value) for name, value in inner.raw_items()] for inner in _inner(part)]
        return Part(headers, b"\n\n".join(b"\n".join(block) for block in blocks), attached=attached)
    encoding = _encoding(headers, notes)
    del part["content-transfer-encoding"]  # with a blank behind it, the library would not know it
    part["content-transfer-encoding"] = encoding if encoding in _ENCODINGS else "8bit"
    data = cast("bytes", part.get_payload(decode=True))
    found = _defects(part)
    notes.extend(_DEFECTS[name] for name in found if "Base64" in name)
    if "InvalidBase64LengthDefect" in found:  # the library gives up on a text of 4n+1 letters
        data = base64_bytes(data)
    return Part(headers, data, attached=attached)


def _bytes(value: str) -> bytes:
    """The raw bytes of a field, unfolded."""
    return value.encode("ascii", "surrogateescape").replace(b"\r", b"").replace(b"\n", b"").strip()


class _Body:
    """What the leaves give: texts to read in order, pages of HTML, files beside them."""

    __slots__ = ("attachments", "notes", "pages", "texts")

    def __init__(self, notes: list[str]) -> None:
        self.texts: list[str] = []
        self.pages: list[str] = []
        self.attachments: list[Attachment] = []
        self.notes = notes

    def add(self, part: Part) -> None:
        if part.kind == "text/html" and not part.patch and part.disposition != "attachment":
            self.pages.append(part.text(self.notes))
        elif part.patch or part.kind.startswith(("text/", "multipart/", "message/", "application/octet-stream")):
            self.place(part)
        else:
            self.attach(part, "")

    def place(self, part: Part) -> None:
        """Into the body, or beside it when it is a file that goes with a text: a log, a program, a mail."""
        apart = part.attached or part.kind != "text/plain" or part.disposition == "attachment"
        notes: list[str] = []
        text = part.text(notes)
        holds_diff = apart and bool(re.search(_DIFF, text))
        if part.kind == "application/octet-stream" and not (holds_diff or part.patch):
            self.attach(part, "")
            return
        self.notes.extend(notes)
        said = any(text.strip() for text in self.texts)
        if part.patch or holds_diff or not apart or not said:
            self.texts.append(text)
        if apart or part.name:
            self.attach(part, text)

    def attach(self, part: Part, text: str) -> None:
        self.attachments.append(Attachment(name=part.name, content_type=part.kind, text=text, size=len(part.data)))

    def text(self) -> str:
        """Text parts joined, else HTML made text; parts with nothing in them left out."""
        texts = [text for text in self.texts if text.strip()]
        if not texts:
            return self.plain(self.pages)
        body = _unsigned("\n".join(texts))
        return self.plain([body]) if len(texts) == 1 and _PAGE.match(body) else body

    def plain(self, pages: list[str]) -> str:
        """Text of all pages; the parser of HTML is imported only where there is one."""
        if not pages:
            return ""
        from threads.hypertext import CAP, to_text

        if sum(map(len, pages)) > CAP:
            self.notes.append(f"more than {CAP // 1024} KiB of HTML, the rest not read")
        texts, room = [], CAP
        for page in pages:
            texts.append(to_text(page[:room]))
            room = max(0, room - len(page))
        return "\n".join(text for text in texts if text.strip())


def body_of(headers: Headers, rest: bytes, notes: list[str]) -> tuple[str, tuple[Attachment, ...]]:
    """The text to read, with attached patches behind it, and all attachments. Notes say what could not be read."""
    body = _Body(notes)
    for part in leaves(headers, rest, notes):
        body.add(part)
    return body.text(), tuple(body.attachments)


def _unsigned(text: str) -> str:
    """Without the wrapper of an inline PGP signature; dash-escaped lines get their own form back."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return re.sub(_SIGNED, lambda match: re.sub(r"(?m)^- ", "", match[1]), text)
