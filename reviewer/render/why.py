"""`--why P3`: one review point with the sentence, what decided its kind and status, and the chain of events."""

from datetime import UTC

from reviewer.errors import Failure
from reviewer.neutral import plain, terminal
from reviewer.render import links, reasons, words
from reviewer.render.columns import fold
from reviewer.review import Review
from threads.model import Anchor, Event, Point

_ROOM = 80  # columns


def explain(review: Review, name: str) -> str:
    """Plain text about the point `name` ("P3"). Raises Failure when the review has no such point."""
    point = next((one for one in review.points if one.id.lower() == name.strip().lower()), None)
    if point is None:
        ids = f"it has P1 to P{len(review.points)}" if review.points else "it has none"
        raise Failure(f"this review has no point {plain(name)[:40]}", f"{ids}; `mkwrite review SOURCE` lists them")
    said = reasons.heard_point(point)
    decided = reasons.grouped((one for one in point.why if not _of_status(one, point)), said)
    ended = reasons.grouped((one for one in point.why if _of_status(one, point)), said)
    rows = [
        f"{point.id}  {point.kind}, {point.weight}: {point.status}",
        f"raised by {', '.join(str(one) for one in point.raisers)}, {_when(point)}",
        f"  {_link(review, point.msgid)} line {point.line + 1}",
        "",
        *(f"  > {line}" for line in point.text.split("\n")),
        "",
        "It hangs on " + _hangs_on(review, point.anchor),
        "",
        "Why it is a point of this kind and weight, as learned from annotated threads;",
        "in brackets how much each thing speaks for it:",
        *(row for reason in decided or ("no reason was recorded",) for row in _wrapped(reason)),
        "",
        "What became of it:",
        *(row for event in point.events for row in _event(review, event, said)),
        *(() if point.events else ("  nothing in this thread",)),
        "",
        f"Status {point.status}: {words.status_why(review, point)}",
        *(row for reason in ended for row in _wrapped(reason)),
        _next(point),
    ]
    return "\n".join(terminal(row) for row in rows) + "\n"


def _of_status(reason: str, point: Point) -> bool:
    return reason.startswith(f"{point.status}: ")


def _when(point: Point | Event) -> str:
    """In UTC, as the lines that name a mail by its time have it."""
    if point.date is None:
        return "date unknown"
    known = point.date.tzinfo is not None
    return (point.date.astimezone(UTC) if known else point.date).strftime("%Y-%m-%d %H:%M") + " UTC" * known


def _link(review: Review, msgid: str) -> str:
    return links.mail(review, msgid) or f"<{msgid}>"


def _hangs_on(review: Review, anchor: Anchor | None) -> str:
    if anchor is None:
        return "nothing in particular."
    if anchor.kind == "diff":
        number = f":{anchor.new or anchor.old}" if anchor.new or anchor.old else ""
        exact = "" if anchor.exact else " (the quote was changed on the way)"
        return f"the diff line {anchor.file}{number}{exact}\n  {anchor.sign}{anchor.text}"
    what = {
        "message": "the commit message",
        "cover": "the cover letter",
        "symbol": "a name",
        "mail": "the mail answered",
    }
    text = f"\n  {anchor.text}" if anchor.text.strip() else ""
    return f"{what[anchor.kind]}: {_link(review, anchor.msgid)}{text}"


def _event(review: Review, event: Event, point: reasons.Heard) -> tuple[str, ...]:
    quote = words.event_quote(review, event)
    return (
        f"  {_when(event)}  {event.type} by {event.author} ({event.role})",
        *_wrapped(f"  > {quote}", "    > "),
        *_wrapped(f"  because: {reasons.told(event.why, reasons.heard(quote, point))}"),
        f"    {_link(review, event.msgid)}",
    )


def _wrapped(text: str, rest: str = "      ") -> list[str]:
    shown = text.lstrip(" ")
    first = " " * (len(text) - len(shown) + 2)
    return ["".join(piece for piece, _ in line) for line in fold([(plain(shown), "")], _ROOM, first, rest)]


def _next(point: Point) -> str:
    if point.waiting_for:
        return f"Waiting for {point.waiting_for}."
    return "The raiser said that it is settled." if point.cleared else "Nobody is waited for."
