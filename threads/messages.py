"""Raw bytes of one mail to one `Message`. Pure; `parse_message` never raises: it is the failure boundary per mail.

MIME structure is read here by cutting at boundary lines, level by level with a stack, at most 20 deep and 500 parts.
`email.parser` is not used for it: it holds every line against every open boundary, recurses with the nesting (1,000
levels raise RecursionError), and has no limit that could be set. Only `\\n` ends a line; CRLF is folded to it, every
other separator (form feed is legal in kernel source) and NUL stay inside lines.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator

from threads import automated, dates
from threads.flowed import unflow
from threads.headers import Headers, addresses, base64_bytes, content, decode, decode_bytes, ids, read
from threads.hypertext import to_text
from threads.model import Attachment, Defect, Identity, Message

MAIL_CAP = 10 * 1024 * 1024  # bytes of one mail
DEPTH_CAP = 20
PART_CAP = 500
_PATCH_TYPES = ("text/x-patch", "text/x-diff", "text/patch", "text/diff", "application/x-patch", "application/x-diff")
_DIFF = re.compile(r"^(?:diff --git |--- [^\n]+\n\+\+\+ )", re.MULTILINE)
_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body|div|p)\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?m)^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+: [^\n]*\n)*\n?"
    r"((?:(?!-----BEGIN PGP )[^\n]*\n)*)-----BEGIN PGP SIGNATURE-----\n(?:(?!-----END)[^\n]*\n)*-----END PGP SIGNATURE-----\n?"
)
_VIA = re.compile(r"(.{1,200}?)(?:[ ]---)? via .+", re.DOTALL)


def parse_message(raw: bytes, where: str) -> Message:
    """The message of one mail's bytes; `where` names it in defects. What cannot be read becomes a defect, never an error."""
    try:
        return _parse(raw, where)
    except Exception as error:  # noqa: BLE001 - the one boundary: no mail may cost another
        return _unreadable(raw, where, error)


def _unreadable(raw: bytes, where: str, error: Exception) -> Message:
    what = f"mail unreadable: {type(error).__name__}: {str(error)[:100]}"
    return Message(
        msgid=_made_id(raw), subject="", author=Identity(name="", address=""), defects=(Defect(where=where, what=what),)
    )


def _made_id(raw: bytes) -> str:
    return f"no-id-{hashlib.sha256(raw).hexdigest()[:12]}@invalid"


def _parse(raw: bytes, where: str) -> Message:
    notes: list[str] = []
    whole = raw
    if len(raw) > MAIL_CAP:
        notes.append(f"mail of {len(raw)} bytes, cut at {MAIL_CAP}")
        raw = raw[:MAIL_CAP]
    headers, rest = read(_fold(raw))
    notes.extend(headers.notes)
    body, attachments = _body(headers, rest, notes)
    msgid = next(iter(ids(headers.first("message-id"))), "")
    if not msgid:
        notes.append("no Message-ID that can be read")
        msgid = _made_id(whole)
    author = _author(headers, notes)
    date, date_note = dates.read(
        [decode(value)[0] for value in headers.all("date")],
        [decode(value)[0] for value in headers.all("received")[:20]],
    )
    return Message(
        msgid=msgid,
        subject=_noted(headers.first("subject"), "Subject", notes),
        author=author,
        to=_people(headers, "to", notes),
        cc=_people(headers, "cc", notes),
        date=date,
        date_note=date_note,
        in_reply_to=next(iter(ids(headers.first("in-reply-to"))), ""),
        references=ids(headers.first("references")),
        body=body,
        attachments=tuple(attachments),
        automated=automated.reason(headers, author, body),
        top_posted=top_posted(body),
        defects=tuple(Defect(where=where, what=note) for note in dict.fromkeys(notes)),
    )


def _fold(raw: bytes) -> bytes:
    """LF line ends. A mail without any LF has CR ones."""
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\n", b"\n") if b"\n" in raw else raw.replace(b"\r", b"\n")


def _noted(value: bytes, name: str, notes: list[str]) -> str:
    text, problems = decode(value)
    notes.extend(f"{name}: {problem}" for problem in problems)
    return text


def _people(headers: Headers, field: str, notes: list[str]) -> tuple[Identity, ...]:
    found: list[Identity] = []
    for value in headers.all(field)[:20]:
        people, problems = addresses(value)
        found.extend(people)
        notes.extend(f"{field.capitalize()}: {problem}" for problem in problems)
    return tuple(found)


def _author(headers: Headers, notes: list[str]) -> Identity:
    """The sender; behind a list that puts itself into From (DMARC), the person named by X-Original-From or Reply-To."""
    values = headers.all("from")
    if len(values) > 1:
        notes.append(f"{len(values)} From headers, the first taken")
    people, problems = addresses(values[0]) if values else ((), ("no From header",))
    notes.extend(f"From: {problem}" for problem in problems)
    if not people:
        return Identity(name="", address="")
    author = next((person for person in people if person.address), people[0])
    if "@" in author.name and author.address and author.address not in author.name.lower():
        notes.append(f"From: the name {author.name[:80]!r} holds another address than {author.address}")
    return _behind_list(headers, author)


def _behind_list(headers: Headers, author: Identity) -> Identity:
    match = _VIA.fullmatch(author.name)
    if not match:
        return author
    for field in ("x-original-from", "reply-to"):
        for person in addresses(headers.first(field))[0]:
            if person.address and person.address != author.address:
                return Identity(name=person.name or match[1], address=person.address)
    return Identity(name=match[1], address=author.address)


class _Part:
    """One leaf of the MIME tree, decoded as far as its transfer encoding goes."""

    __slots__ = ("data", "disposition", "headers", "kind", "name", "parameters")

    def __init__(self, headers: Headers, data: bytes, notes: list[str], default: str = "text/plain") -> None:
        self.headers = headers
        self.kind, self.parameters = content(headers.first("content-type"))
        self.kind = self.kind if "/" in self.kind else default
        self.disposition, place = content(headers.first("content-disposition"))
        self.name = place.get("filename") or self.parameters.get("name", "")
        self.data = data

    def decoded(self, notes: list[str]) -> bytes:
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
        text, note = decode_bytes(self.decoded(notes), self.parameters.get("charset", ""))
        if note:
            notes.append(note)
        text = text.replace("\r\n", "\n")
        if "\n" not in text:
            text = text.replace("\r", "\n")
        if self.parameters.get("format", "").lower() == "flowed" and self.kind == "text/plain":
            text = unflow(text, delsp=self.parameters.get("delsp", "").lower() == "yes")
        return text


def _leaves(headers: Headers, body: bytes, notes: list[str]) -> Iterator[tuple[_Part, str]]:
    """Leaves in order, each with the type of the multipart that holds it."""
    stack: list[tuple[Headers, bytes, str, int]] = [(headers, body, "", 0)]
    count = 0
    while stack:
        headers, body, parent, depth = stack.pop()
        part = _Part(headers, body, notes)
        inner: list[bytes] = []
        if part.kind.startswith("multipart/") and depth < DEPTH_CAP:
            inner = _cut(part, body, notes)
        elif part.kind.startswith("multipart/"):
            notes.append(f"MIME parts more than {DEPTH_CAP} deep, the inner ones left as text")
        if not inner:
            count += 1
            if count > PART_CAP:
                notes.append(f"more than {PART_CAP} MIME parts, the rest not read")
                return
            yield part, parent
        for piece in reversed(inner[: PART_CAP + 1]):
            stack.append((*read(piece), part.kind, depth + 1))


def _cut(part: _Part, body: bytes, notes: list[str]) -> list[bytes]:
    """Bytes of the parts between the boundary lines of a multipart."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")[:200]
    marks = (
        list(re.finditer(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\n|\Z)", body)) if boundary else []
    )
    if not marks:
        notes.append("multipart without its boundary, read as text")
        return []
    pieces = []
    for number, mark in enumerate(marks[: PART_CAP + 1]):
        if mark[1]:
            break
        end = marks[number + 1].start() if number + 1 < len(marks) else len(body)
        if number + 1 == len(marks):
            notes.append("multipart without its end")
        pieces.append(body[mark.end() + 1 : end])
    return pieces


def _body(headers: Headers, rest: bytes, notes: list[str]) -> tuple[str, list[Attachment]]:
    """The text to read: text parts, else HTML made text, and behind it patches that came as attachments."""
    texts: list[str] = []
    pages: list[str] = []
    attachments: list[Attachment] = []
    for part, parent in _leaves(headers, rest, notes):
        patch = part.kind in _PATCH_TYPES or part.name.lower().endswith((".patch", ".diff"))
        if part.kind == "text/html":
            pages.append(to_text(part.text(notes)))
        elif (
            patch
            or part.kind.startswith(("text/", "multipart/", "message/"))
            or part.kind == "application/octet-stream"
        ):
            _place(part, parent, patch, texts, attachments, notes)
        else:
            attachments.append(_attachment(part, ""))
    if not any(text.strip() for text in texts) and pages:
        texts = [page for page in pages if page.strip()]
    elif texts and not any(text.strip() for text in texts[:1]):
        texts = texts[1:] or texts
    body = _unsigned("\n".join(texts))
    if len(texts) == 1 and _HTML.match(body[:200]):
        body = to_text(body)
    return body, attachments


def _place(
    part: _Part, parent: str, patch: bool, texts: list[str], attachments: list[Attachment], notes: list[str]
) -> None:
    """Put a leaf into the body, or beside it when it is a file that goes with a text (a log, a program, a mail)."""
    apart = part.kind != "text/plain" or part.disposition == "attachment"
    binary = part.kind == "application/octet-stream"
    unread: list[str] = []
    text = part.text(unread)
    holds_diff = (apart or binary) and bool(_DIFF.search(text))
    if binary and not holds_diff and not patch:
        attachments.append(_attachment(part, ""))
        return
    notes.extend(unread)
    said = any(text.strip() for text in texts)
    inline = patch or holds_diff or not apart or not said
    if inline:
        texts.append(text)
    if apart or part.name:
        attachments.append(_attachment(part, text))


def _attachment(part: _Part, text: str) -> Attachment:
    return Attachment(name=part.name, content_type=part.kind, text=text, size=len(part.data))


def _unsigned(text: str) -> str:
    """Without the wrapper of an inline PGP signature; dash-escaped lines get their own form back."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return _SIGNED.sub(lambda match: re.sub(r"(?m)^- ", "", match[1]), text)


def top_posted(body: str) -> bool:
    """Whether all of the sender's own text stands above what it answers, which is quoted whole below."""
    lines = body.split("\n")
    for number, line in enumerate(lines):
        if line[:200].rstrip() in ("-- ", "--"):
            lines = lines[:number]
            break
    quoted = [number for number, line in enumerate(lines) if line.startswith(">")]
    own = [number for number, line in enumerate(lines) if line.strip() and not line.startswith(">")]
    if not quoted or not own or len(quoted) < 4:
        return False
    above = [number for number in own if number < quoted[0]]
    below = [number for number in own if number > quoted[0]]
    return len(above) >= 2 and not below
