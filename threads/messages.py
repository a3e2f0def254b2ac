"""Raw bytes of one mail to one `Message`. Pure; `parse_message` never raises: it is the failure boundary per mail.

Only `\\n` ends a line; CRLF is folded to it, every other separator (form feed is legal in kernel source) and NUL stay
inside lines.
"""

import re

from threads import automated, dates
from threads.headers import Headers, addresses, decode, ids, read
from threads.model import Defect, Identity, Message
from threads.parts import body_of

MAIL_CAP = 10 * 1024 * 1024  # bytes of one mail
LINES_CAP = 500_000  # lines of its text
_VIA = re.compile(r"(.{1,200}?)(?:[ ]---)? via .+", re.DOTALL)


def parse_message(raw: bytes, where: str) -> Message:
    """The message of one mail's bytes; `where` names it in defects. What cannot be read becomes a defect."""
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
    """An id for a mail without one, the same whenever these bytes are read."""
    import hashlib

    return f"no-id-{hashlib.sha256(raw).hexdigest()[:12]}@invalid"


def _parse(raw: bytes, where: str) -> Message:
    notes: list[str] = []
    whole = raw
    if len(raw) > MAIL_CAP:
        notes.append(f"mail longer than {MAIL_CAP // 1024**2} MiB, the rest not read")
        raw = raw[:MAIL_CAP]
    headers, rest = read(_fold(raw))
    notes.extend(headers.notes)
    body, attachments = body_of(headers, rest, notes)
    if body.count("\n") > LINES_CAP:
        notes.append(f"text of more than {LINES_CAP} lines, the rest not read")
        body = "\n".join(body.split("\n", LINES_CAP)[:LINES_CAP])
    msgid = next(iter(ids(headers.first("message-id"))), "")
    if not msgid:
        notes.append("no Message-ID that can be read")
        msgid = _made_id(whole)
    to, cc = _people(headers, "to", notes), _people(headers, "cc", notes)
    author = _author(headers, {person.address for person in (*to, *cc)}, notes)
    date, date_note = dates.read(
        [decode(value)[0] for value in headers.all("date")],
        [decode(value)[0] for value in headers.all("received")[:20]],
    )
    return Message(
        msgid=msgid,
        subject=_noted(headers.first("subject"), "Subject", notes),
        author=author,
        to=to,
        cc=cc,
        date=date,
        date_note=date_note,
        in_reply_to=next(iter(ids(headers.first("in-reply-to"))), ""),
        references=ids(headers.first("references")),
        body=body,
        attachments=attachments,
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


def _author(headers: Headers, others: set[str], notes: list[str]) -> Identity:
    """The sender; `others` are the addresses that the mail went to. What makes the sender doubtful is noted."""
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
    replies = [person for person in addresses(headers.first("reply-to"))[0] if person.address]
    author = _behind_list(headers, author, others, replies)
    elsewhere = {person.address for person in replies} - others
    if elsewhere and author.address not in {person.address for person in replies}:
        notes.append(f"replies are asked to {', '.join(sorted(elsewhere))[:200]} and not to the sender")
    return author


def _behind_list(headers: Headers, author: Identity, others: set[str], replies: list[Identity]) -> Identity:
    """Who wrote to a list that puts its own address into From (DMARC): X-Original-From or Reply-To say so."""
    match = _VIA.fullmatch(author.name)
    listed = author.address.replace("@", ".") in headers.text("list-id").lower()
    if not match or not author.address or not (listed or author.address in others):
        return author
    for person in (*addresses(headers.first("x-original-from"))[0], *replies):
        if person.address and person.address != author.address:
            return Identity(name=person.name or match[1], address=person.address)
    return Identity(name=match[1], address=author.address)


def top_posted(body: str) -> bool:
    """Whether all of the sender's own text stands above what it answers, which is quoted whole below."""
    if "\n>" not in body:
        return False
    lines = body.split("\n")
    end = next((number for number, line in enumerate(lines) if line.startswith("--") and line[2:] in ("", " ")), None)
    quoted = [number for number, line in enumerate(lines[:end]) if line.startswith(">")]
    own = [number for number, line in enumerate(lines[:end]) if line.strip() and not line.startswith(">")]
    return len(quoted) >= 4 and len(own) >= 2 and own[-1] < quoted[0]
