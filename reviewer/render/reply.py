"""A draft of a reply: the open points with what they hang on, as a mail to edit and send.

All words of mails stand behind "> ", so that no tag of theirs becomes a tag of this mail, and none is invented. Prose
is folded at 72 columns; lines of a patch are not, because a folded patch is a broken one.
"""

import re

from reviewer.neutral import plain
from reviewer.neutral import terminal as inert
from reviewer.render import links, words
from reviewer.render.columns import cut, fold, width
from reviewer.review import Review
from threads.model import UNSETTLED, Anchor, Identity, Message, Point

_ROOM = 72
_QUOTE_ROOM = 80  # what was written at 72 or 76 columns stays as it was
_CONTEXT = 5  # lines
_PASSAGE = 12
_RECIPIENTS = 20
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,190}")
_ID = re.compile(r"[^\s<>]{1,990}")


def render(review: Review) -> str:
    """The draft: headers, an empty line, the body. `mutt -H FILE` opens it."""
    answered = _answered(review)
    points = [one for one in words.ordered(review.points) if one.status in UNSETTLED and one.waiting_for]
    points = [one for one in points if not one.automated]
    lines = [*_headers(review, answered), ""]
    if not points:
        lines += _wrapped("Nothing is left open in this thread that a reply would have to ask.")
    for point in points:
        lines += [*_point(review, point), ""]
    if points:
        lines += _checklist(review, points)
    return "\n".join(lines).rstrip("\n") + "\n"


def _answered(review: Review) -> Message | None:
    return review.message(review.reviewed) or next(iter(review.thread.messages), None)


def _headers(review: Review, answered: Message | None) -> list[str]:
    subject = plain(words.subject(review))
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    headers = []
    if answered is not None:
        to = _recipients([answered.author])
        others = [*answered.to, *answered.cc, *_raisers(review)]
        cc = [one for one in _recipients(others) if one not in to]
        headers += [f"To: {', '.join(to)}"] if to else []
        headers += ["Cc: " + ",\n ".join(cc)] if cc else []
    headers.append(f"Subject: {subject}")
    if answered is not None and _ID.fullmatch(plain(answered.msgid)) and links_to(answered.msgid):
        headers.append(f"In-Reply-To: <{plain(answered.msgid)}>")
        earlier = [plain(one) for one in answered.references[-20:] if _ID.fullmatch(plain(one))]
        headers.append("References: " + "\n ".join(f"<{one}>" for one in [*earlier, plain(answered.msgid)]))
    return headers


def _raisers(review: Review) -> list[Identity]:
    return [raiser for point in review.points if not point.automated for raiser in point.raisers]


def links_to(msgid: str) -> bool:
    """The mail had a Message-ID of its own."""
    return bool(msgid) and not msgid.endswith("@invalid")


def _recipients(people: list[Identity]) -> list[str]:
    found: dict[str, str] = {}
    for person in people:
        if _ADDRESS.fullmatch(person.address):
            name = re.sub(r'["<>\\@,;:()\[\]]', "", plain(person.name)).strip()[:80]
            quoted = name if re.fullmatch(r"[\w -]*", name) else f'"{name}"'
            found.setdefault(person.address, f"{quoted} <{person.address}>" if name else person.address)
    return list(found.values())[:_RECIPIENTS]


def _point(review: Review, point: Point) -> list[str]:
    context = _context(review, point.anchor)
    said = [part for line in point.text.split("\n")[:_PASSAGE] for part in _quoted(line, 1)]
    lines = [f"On {words.day(point.date)}, {cut(plain(str(point.author)), 40)} wrote:"]
    lines += [*context, *([">"] if context else []), *(said or _quoted(point.quote, 1)), ""]
    return lines + _question(review, point)


def _context(review: Review, anchor: Anchor | None) -> list[str]:
    """At most five lines that the point hangs on, quoted twice, as the reviewer's mail had them.

    Of prose only the paragraph; nothing when the point hangs on the patch as a whole.
    """
    if anchor is None or not (anchor.text or anchor.kind == "diff"):
        return []
    holder = review.message(anchor.msgid)
    if anchor.kind == "symbol" or holder is None or anchor.line is None:
        shown = [f"{anchor.sign}{anchor.text}"] if anchor.text and anchor.kind != "symbol" else []
    else:
        lines = holder.lines[max(0, anchor.line - _CONTEXT + 1) : anchor.line + 1]
        if anchor.kind != "diff":
            blank = max((at for at, line in enumerate(lines[:-1]) if not line.strip()), default=-1)
            lines = lines[blank + 1 :]
        while lines and not lines[0].strip():
            lines = lines[1:]
        shown = lines
    whole = anchor.kind == "diff"
    quoted = [part for line in shown for part in _quoted(line, 2, whole)]
    return quoted[-_CONTEXT:]


def _quoted(line: str, depth: int, whole: bool = False) -> list[str]:
    """The line behind quote marks; a line of prose that no mail would have had is folded."""
    marks = "> " * depth
    line = inert(line).replace("\n", " ").rstrip()[:998]
    if whole or width(marks + line) <= _QUOTE_ROOM:
        return [(marks + line).rstrip()]
    return ["".join(text for text, _ in part) for part in fold([(line.replace("\t", " "), "")], _ROOM, marks, marks)]


def _question(review: Review, point: Point) -> list[str]:
    """What was said last about the point, and the question to whoever is waited for."""
    last = point.events[-1] if point.events else None
    if last is None:
        return _wrapped(f"Nobody has answered this yet. {_asked(review, point)}")
    said = cut(plain(words.event_quote(review, last)), 4 * _ROOM)
    state = "still disputed" if point.status == "disputed" else "still open"
    lines = [*_wrapped(f"This is {state}; the last word on it was:"), ""]
    lines += [f"On {words.day(last.date)}, {cut(plain(str(last.author)), 40)} wrote:", *_quoted(said, 1), ""]
    address = links.mail(review, last.msgid)
    return [*lines, *([address] if address else []), *_wrapped(_asked(review, point))]


def _asked(review: Review, point: Point) -> str:
    if point.waiting_for == "the author":
        if not review.series or point.weight == "question":
            return "Is there an answer to it?"
        return f"Will {_next_version(review)} change this, or why not?"
    if point.waiting_for == "the reviewers":
        return "Could one of the reviewers have a look at this?"
    return f"Does that settle it for you, {cut(_short(point.waiting_for), 38)}?"  # no name begins a line


def _next_version(review: Review) -> str:
    versions = [series.version for series in review.series]
    return f"v{max(versions) + 1}" if versions else "the next version"


def _checklist(review: Review, points: list[Point]) -> list[str]:
    """What the next version must answer. It holds no words of mails."""
    lines = [f"What {_next_version(review)} must answer:", ""]
    for point in points:
        where = _where(point.anchor)
        lines += _wrapped(f"[ ] {point.id}: {point.kind} ({point.weight}){where}, {point.status}", "    ")
        address = links.mail(review, point.msgid)
        lines += [f"    {address}"] if address else []
    promised = [point for point in review.points if point.status == "accepted" and not point.cleared]
    for point in promised:
        lines += _wrapped(f"[ ] {point.id}: {point.kind} ({point.weight}){_where(point.anchor)}, promised", "    ")
    return lines


def _where(anchor: Anchor | None) -> str:
    if anchor is None:
        return ""
    if anchor.kind == "diff":
        number = anchor.new or anchor.old
        return f" at {_short(anchor.file)}:{number}" if number else f" in {_short(anchor.file)}"
    if anchor.kind == "symbol":
        return f" about {_short(anchor.text)}()"
    return {"message": " in the commit message", "cover": " in the cover letter"}.get(anchor.kind, "")


def _short(text: str) -> str:
    """A name of a person, file or function; with a colon a folded line could read as a trailer."""
    return cut(plain(text).replace(":", " "), 60)


def _wrapped(text: str, rest: str = "") -> list[str]:
    return ["".join(piece for piece, _ in line) for line in fold([(plain(text), "")], _ROOM, "", rest)]
