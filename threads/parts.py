"""MIME structure of a mail: its parts decoded, and the one text that a reader takes for the mail's body. Pure.

The structure is read by cutting at boundary lines, level by level with a stack, at most 20 deep and 500 parts.
`email.parser` is not used for it: it recurses with the nesting (1,000 levels raise RecursionError), holds every line
against every open boundary, and has no limit that could be set.
"""

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from threads.flowed import unflow
from threads.headers import Headers, base64_bytes, content, decode_bytes, read
from threads.model import Attachment

DEPTH_CAP = 20
PART_CAP = 500
_PATCH_TYPES = ("text/x-patch", "text/x-diff", "text/patch", "text/diff", "application/x-patch", "application/x-diff")
_DIFF = re.compile(r"^(?:diff --git |--- [^\n]+\n\+\+\+ )", re.MULTILINE)
_PAGE = re.compile(r"\s{0,100}<(?:!doctype html|html)\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?m)^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+: [^\n]*\n)*\n?"
    r"((?:(?!-----BEGIN PGP )[^\n]*\n)*)-----BEGIN PGP SIGNATURE-----\n(?:(?!-----END)[^\n]*\n)*"
    r"-----END PGP SIGNATURE-----\n?"
)


class Part:
    """One leaf of the MIME tree."""

    __slots__ = ("attached", "data", "disposition", "headers", "kind", "name", "parameters")

    def __init__(self, headers: Headers, data: bytes, *, attached: bool) -> None:
        kind, self.parameters = content(headers.first("content-type"))
        self.kind = kind if "/" in kind else "text/plain"
        self.disposition, place = content(headers.first("content-disposition"))
        self.name = place.get("filename") or self.parameters.get("name", "")
        self.headers = headers
        self.data = data
        self.attached = attached  # it belongs to a mail that is attached to this one

    @property
    def patch(self) -> bool:
        """Whether its type or name says that it is a patch."""
        return self.kind in _PATCH_TYPES or self.name.lower().endswith((".patch", ".diff"))

    def decoded(self, notes: list[str]) -> bytes:
        """Bytes without the transfer encoding."""
        encoding = self.headers.text("content-transfer-encoding").lower()
        if encoding == "base64":
            data, whole = base64_bytes(self.data)
            if not whole:
                notes.append("base64 text that is cut or dirty")
            return data
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.data)
        if encoding not in ("", "7bit", "8bit", "binary"):
            notes.append(f"Content-Transfer-Encoding {encoding[:40]!r} not known, text taken as it is")
        return self.data

    def text(self, notes: list[str]) -> str:
        """Decoded text with LF line ends, flowed paragraphs joined."""
        text, note = decode_bytes(self.decoded(notes), self.parameters.get("charset", ""))
        if note:
            notes.append(note)
        if "\r" in text:
            text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
        if self.kind == "text/plain" and self.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, delsp=self.parameters.get("delsp", "").lower() == "yes")
        return text


def leaves(headers: Headers, body: bytes, notes: list[str]) -> Iterator[Part]:
    """The parts that hold no parts, in order; those of attached mails too."""
    stack: list[tuple[Headers, bytes, int, bool]] = [(headers, body, 0, False)]
    count = 0
    while stack:
        headers, body, depth, attached = stack.pop()
        part = Part(headers, body, attached=attached)
        container = part.kind.startswith("multipart/") or part.kind == "message/rfc822"
        inner: list[bytes] = []
        if container and depth >= DEPTH_CAP:
            notes.append(f"MIME parts more than {DEPTH_CAP} deep, the inner ones left as text")
        elif part.kind == "message/rfc822":
            inner, attached = [part.decoded(notes).lstrip(b"\n")], True
        elif container:
            inner = _cut(part, notes)
        if not inner:
            count += 1
            yield part
        if count >= PART_CAP:
            notes.append(f"more than {PART_CAP} MIME parts, the rest not read")
            return
        stack.extend((*read(piece), depth + 1, attached) for piece in reversed(inner))


def _cut(part: Part, notes: list[str]) -> list[bytes]:
    """Bytes of the parts between the boundary lines of a multipart, one more than the cap at most."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")[:200]
    line = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\n|\Z)")
    marks = list(islice(line.finditer(part.data), PART_CAP + 2)) if boundary else []
    if not marks:
        notes.append("multipart without its boundary, read as text")
        return []
    pieces = []
    for number, mark in enumerate(marks):
        if mark[1]:
            break
        last = number + 1 == len(marks)
        if last and len(marks) < PART_CAP + 2:
            notes.append("multipart without its end")
        pieces.append(part.data[mark.end() + 1 : len(part.data) if last else marks[number + 1].start()])
    return pieces


class _Body:
    """What the leaves give: texts to read in order, pages of HTML, files beside them."""

    __slots__ = ("attachments", "notes", "pages", "texts")

    def __init__(self, notes: list[str]) -> None:
        self.texts: list[str] = []
        self.pages: list[str] = []
        self.attachments: list[Attachment] = []
        self.notes = notes

    def add(self, part: Part) -> None:
        if part.kind == "text/html" and not part.patch:
            self.pages.append(_plain(part.text(self.notes)))
        elif part.patch or part.kind.startswith(("text/", "multipart/", "message/", "application/octet-stream")):
            self.place(part)
        else:
            self.attach(part, "")

    def place(self, part: Part) -> None:
        """Into the body, or beside it when it is a file that goes with a text: a log, a program, a mail."""
        apart = part.attached or part.kind != "text/plain" or part.disposition == "attachment"
        notes: list[str] = []
        text = part.text(notes)
        holds_diff = apart and bool(_DIFF.search(text))
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
        self.attachments.append(
            Attachment(name=part.name, content_type=part.kind, text=text, size=len(part.decoded([])))
        )

    def text(self) -> str:
        """Text parts joined, else HTML made text; parts with nothing in them left out."""
        texts = [text for text in self.texts if text.strip()] or [page for page in self.pages if page.strip()]
        body = _unsigned("\n".join(texts))
        return _plain(body) if len(texts) == 1 and _PAGE.match(body) else body


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
    return _SIGNED.sub(lambda match: re.sub(r"(?m)^- ", "", match[1]), text)


def _plain(page: str) -> str:
    from threads.hypertext import to_text

    return to_text(page)
