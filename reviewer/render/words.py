"""The sentences of a report, as spans that each format shows in its own way.

A span is a piece of a sentence with its role. Its text is raw: the format that shows it makes it inert.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from reviewer.render import links, sentences
from reviewer.review import Chain, HunkPlace, Place, Review, Step
from threads.model import UNSETTLED, Anchor, Event, Identity, Message, Point, Series

STATUSES = ("open", "disputed", "answered", "accepted", "withdrawn")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# text: words of ours. code: a symbol, path or command. quote: words of a mail. who: a person. place: file:line.
# link: a web address of ours. strong: our words that must be seen. step: the changed step of a path. Statuses and
# verdicts carry their own names.
Role = Literal[
    "text", "code", "quote", "who", "place", "link", "strong", "step", "title", "note",
    "open", "disputed", "answered", "accepted", "withdrawn", "good", "bad",
]  # fmt: skip


class Span(Struct, frozen=True):
    role: Role
    text: str
    target: str = ""  # web address that a format with links puts behind the text


Spans = tuple[Span, ...]

# The line of a robot's report that tells what it found.
_FINDING = (
    r">> \S|(?:\[[\d. ]{1,20}\] ?)?(?:BUG|WARNING|INFO|general protection fault|kernel BUG|UBSAN|KASAN)\b.{0,3}[: ]"
    r"|[^\s:]{1,200}:\d{1,9}.{0,300}\b(?:error|warning|warn): |ERROR: "
)
_ROBOTS = ("kernel test robot noticed", "build error", "build warning", "syzbot found", "syzbot has found")
_FINDING_REACH = 400  # lines of a report that are looked at

_GIVEN_BACK = ("unlock", "end")  # what these undo is stale, and told or counted as such
_VOID_SHOWN = 2


def text(words: str) -> Span:
    return Span("text", words)


def code(words: str) -> Span:
    return Span("code", words)


def note(words: str) -> Span:
    return Span("note", words)


def status_span(status: str) -> Span:
    return Span(status if status in STATUSES else "strong", status)  # type: ignore[arg-type]


def count(number: int, singular: str, plural: str = "") -> str:
    """ "1 mail", "2 mails", "no mail"."""
    if number == 1:
        return f"1 {singular}"
    return f"{number or 'no'} {plural or singular + 's'}" if number else f"no {singular}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """ "a, b and c"; "a, b, c and 5 more" when there are more than `most`."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def joined(groups: Iterable[Spans], between: str = ", ") -> Spans:
    """All spans, with `between` between two groups."""
    found: list[Span] = []
    for group in groups:
        if found:
            found.append(text(between))
        found.extend(group)
    return tuple(found)


def day(date: datetime | None) -> str:
    """ "4 Jun 2020" in UTC, see `moment`."""
    date = _in_utc(date)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else "no date"


def moment(review: Review, date: datetime | None) -> str:
    """ "4 Jun 13:23" in UTC, as lore shows it: in the zones of the senders an answer can precede its question.

    With the year where it is not that of the day under the subject.
    """
    date, told = _in_utc(date), _in_utc(dated(review))
    if date is None:
        return "no date"
    year = f" {date.year}" if told is None or date.year != told.year else ""
    return f"{date.day} {MONTHS[date.month - 1]}{year} {date.hour:02}:{date.minute:02}"


def dated(review: Review) -> datetime | None:
    """When the reviewed mail was sent; else the first mail."""
    message = review.message(review.reviewed) or next(iter(review.thread.messages), None)
    return message.date if message else None


def _in_utc(date: datetime | None) -> datetime | None:
    return date.astimezone(UTC) if date is not None and date.tzinfo is not None else date


def place(where: Place) -> Span:
    return Span("place", f"{where.file}:{where.line}")


def places(where: Sequence[Place], most: int = 3) -> Spans:
    """(fs/iomap/buffered-io.c:610, mm/memory.c:3001), nothing when there are none."""
    if not where:
        return ()
    shown = joined((place(one),) for one in where[:most])
    more = (text(f" and {len(where) - most} more"),) if len(where) > most else ()
    return (text(" ("), *shown, *more, text(")"))


def mail_link(review: Review, msgid: str) -> Span:
    """The mail as a link; without an address the message-id in angle brackets."""
    address = links.mail(review, msgid)
    return Span("link", address, address) if address else Span("code", f"<{msgid}>")


def who(review: Review, identity: Identity, msgid: str) -> Span:
    """A person, linked to the mail where they said it."""
    return Span("who", str(identity), links.mail(review, msgid))


def reviewed_series(review: Review) -> Series | None:
    """The version that the review is about: the one that holds `review.reviewed`, else the last."""
    for series in reversed(review.series):
        patches = (*series.patches, *((series.cover,) if series.cover else ()))
        if any(patch.msgid == review.reviewed for patch in patches):
            return series
    return review.series[-1] if review.series else None


def subject(review: Review) -> str:
    """The subject of the reviewed mail, as it was sent; else that of the first mail."""
    message = review.message(review.reviewed)
    if message is None and review.thread.messages:
        message = review.thread.messages[0]
    return (message.subject or "(no subject)") if message else "(no mail)"


def ordered(points: Iterable[Point]) -> tuple[Point, ...]:
    """Unsettled first; among them people's before programs', heavy before light, disputed before open."""
    weights = ("blocking", "should", "question", "nit")

    def rank(point: Point) -> tuple[bool, bool, int, bool]:
        if point.status not in UNSETTLED:
            return True, False, 0, False
        return False, point.automated, weights.index(point.weight), point.status != "disputed"

    return tuple(sorted(points, key=rank))


def hangs_on(review: Review, anchor: Anchor | None) -> Spans:
    """What a point hangs on: "on fs/x.c:12: + if (...)", "on the commit message: ..."."""
    if anchor is None:
        return (text("on the patch as a whole"),)
    if anchor.kind == "diff":
        number = anchor.new or anchor.old
        where = Span("place", f"{anchor.file}:{number}" if number else anchor.file, links.mail(review, anchor.msgid))
        line = code(f"{anchor.sign or ' '}{anchor.text}".strip())
        name = "" if any(character.isalnum() for character in anchor.text) else _function_at(review, anchor)
        return (text("on "), where, *((text(" in "), code(f"{name}()")) if name else ()), text(": "), line)
    if anchor.kind == "symbol":
        return (text("on "), code(anchor.text))
    holder = review.message(anchor.msgid)
    what = {"message": "the commit message", "cover": "the cover letter"}.get(anchor.kind, "the mail")
    if anchor.kind == "mail" and holder is not None:
        what = f"what {holder.author} wrote"
    if not anchor.text or (anchor.kind == "mail" and trailer(anchor.text)):
        if anchor.kind == "mail" and holder is not None:
            of_it = _title(review, holder)
            return (text(f"on {what} as a whole"),) if not of_it else (text("on the whole of "), *of_it)
        several = {patch.msgid for series in review.series if series.expected > 1 for patch in series.patches}
        if holder is not None and holder.msgid in several:
            return (text("on the whole of "), *_title(review, holder))
        return (text("on the mail" if anchor.kind == "mail" else "on the patch as a whole"),)
    said = anchor.text
    if holder is not None and anchor.line is not None and said in "".join(holder.lines[anchor.line : anchor.line + 1]):
        said = sentences.sentence(holder.lines, anchor.line)
    return (text(f"on {what}: "), Span("quote", said, links.mail(review, anchor.msgid)))


def _title(review: Review, message: Message) -> Spans:
    """The posted mail by its subject, () for one that posts nothing."""
    posted = {patch.msgid for series in review.series for patch in (*series.patches, *filter(None, (series.cover,)))}
    return (Span("quote", message.subject, links.mail(review, message.msgid)),) if message.msgid in posted else ()


def trailer(line: str) -> bool:
    """A line like "Closes: https://..." of a commit message, which says nothing that one could object to."""
    return bool(re.match(r"(?:[|] )?(?:[A-Z][a-z]+-(?:[a-z]+-)?by|Closes|Link|Cc|CC): \S", line[:200]))


def _function_at(review: Review, anchor: Anchor) -> str:
    """The changed function that a line of the reviewed patch stands in, "" when that is not one."""
    for file in review.change.files if review.change else ():
        for hunk in file.hunks if file.path == anchor.file else ():
            if any((line.old, line.new) == (anchor.old, anchor.new) for line in hunk.lines):
                return hunk.functions[0] if len(hunk.functions) == 1 else ""
    return ""


def event_line(review: Review, event: Event, most: int = 160, linked: bool = False) -> Spans:
    """ "disputed by Bram Stone, 12 Nov 16:20: ...", with the mail's address when `linked`."""
    if event.why.startswith("raiser, in the same breath"):
        return text(f"{event.type} by "), who(review, event.author, event.msgid), text(" in the same mail")
    return (
        text(f"{event.type} by "),
        who(review, event.author, event.msgid),
        text(f", {moment(review, event.date)}: "),
        Span("quote", shortened(event_quote(review, event), most)),
        *((text(" "), mail_link(review, event.msgid)) if linked else ()),
    )


def event_quote(review: Review, event: Event) -> str:
    """The sentences that the quote of an event begins, without a greeting before them."""
    message = review.message(event.msgid)
    if message is None or event.quote not in "".join(message.lines[event.line : event.line + 1]):
        return event.quote
    return sentences.opening(message.lines, sentences.telling(message.lines, event.line))


def status_why(review: Review, point: Point) -> str:
    """What the status rests on; a mail is told by its time, for the message-id stands with the event."""
    said = point.status_why
    for event in point.events:
        said = said.replace(f" ({event.msgid})", f", {moment(review, event.date)}")
    return said


def passage(review: Review, point: Point) -> str:
    """What the raiser says, on one line: from the start of the sentence that the quote stands in."""
    message = review.message(point.msgid)
    if message is not None and (found := _finding(point, message.lines)):
        return found
    return _unsigned(_said(point, message), point.author.name)


def _said(point: Point, message: Message | None) -> str:
    quote, whole = " ".join(point.quote.split()), point.text.split("\n")
    if message is None or quote not in " ".join(message.lines[point.line : point.line + 1]).replace("\t", " "):
        flat = " ".join(point.text.split())
        return flat[max(flat.find(quote), 0) :] if quote in flat else quote
    lines = message.lines
    at = sentences.telling(lines, point.line)
    said = sentences.opening(lines, at)
    after = next((number for number in range(len(whole) - 1, -1, -1) if _ends_with(said, whole[number])), None)
    rest = " ".join(" ".join(whole[after + 1 :]).split()) if after is not None else ""
    return f"{said} {rest}".rstrip()


def _finding(point: Point, lines: Sequence[str]) -> str:
    """What a robot found, for a point that is its report or one that somebody passes on; else ""."""
    head = " ".join(point.text[:400].split()).lower()
    if not point.automated and not any(said in head for said in _ROBOTS):
        return ""
    marked = [line[:300] for line in lines[:_FINDING_REACH] if re.match(_FINDING, line[:600].strip())]
    first = next((line for line in marked if line.startswith(">> ")), next(iter(marked), ""))
    return " ".join(first.removeprefix(">> ").split())


def _unsigned(said: str, name: str) -> str:
    """Without the raiser's own "-Dave." or "--D" behind the last sentence."""
    head, dash, sign = said.rpartition(" -")
    sign = sign.lstrip("- ").rstrip(". ").lower()
    own = any(word.lower().startswith(sign) for word in name.split())
    return head.rstrip(" -") if dash and sign.isalpha() and own and head else said


def _ends_with(said: str, line: str) -> bool:
    flat = " ".join(line.split())
    return bool(flat) and said.endswith(flat)


def shortened(words: str, most: int) -> str:
    """At most `most` characters on one line, cut after a word."""
    words = " ".join(words.split())
    if len(words) <= most:
        return words
    head = words[: most - 3]
    return (head.rpartition(" ")[0] or head) + " ..."


def step_name(step: Step) -> str:
    """The function, with the operation that leads to it: "->page_mkwrite xfs_filemap_page_mkwrite"."""
    if step.edge == "operation" and step.operation:
        return f"->{step.operation.rpartition('.')[2]} {step.function}"
    if step.edge in ("completion", "work"):  # not called, but run later
        return f"{step.function} ({'when the I/O ends' if step.edge == 'completion' else 'as a work item'})"
    return step.function


def chain_spans(chain: Chain, most: int = 8) -> Spans:
    """The chain on one line; the middle of a long one is left out, the changed step stands out."""
    steps = chain.steps
    if len(steps) <= most:
        return joined((_step_span(step) for step in steps), " > ")
    tail = steps[len(steps) - most + 2 :]
    gap = (text(f"({len(steps) - len(tail) - 1} more)"),)
    return joined(((code(step_name(steps[0])),), gap, *(_step_span(step) for step in tail)), " > ")


def _step_span(step: Step) -> Spans:
    return (Span("step", step_name(step)),) if step.changed else (code(step_name(step)),)


def met_spans(chain: Chain, short: bool = False) -> Spans:
    """What was checked or taken on the way: "met before: uptodate tested (mm/filemap.c:3001)".

    `short` tells what still holds at the change; of more than a few that are void by then it gives the number.
    """
    if not chain.met:
        return (text("no check is met before"),)
    void = sum(one.stale for one in chain.met)
    left = void if short and void > _VOID_SHOWN else 0
    shown = chain.met
    if left:
        shown = tuple(one for one in chain.met if not (one.stale or one.op in _GIVEN_BACK))
    alike: dict[tuple[str, str, bool, str], list[Place]] = {}
    for one in shown:
        alike.setdefault((one.subject, one.op, one.stale, one.why if one.stale else ""), []).append(one.place)
    groups = []
    for (subject, op, is_stale, why), spots in alike.items():
        stale = f", stale: {why}" if is_stale and why else ", stale" if is_stale else ""
        several = dict.fromkeys(spots)
        listed_places = joined((place(one),) for one in list(several)[: 3 if short else None])
        more = f" and {len(several) - 3} more" if short and len(several) > 3 else ""
        groups.append((text(f"{subject} {op} ("), *listed_places, text(f"{more}{stale})")))
    if left:
        more = (
            f"{left} more that do not" if groups else f"{count(left, 'check or lock', 'checks and locks')} that do not"
        )
        groups.append((text(f"{more} hold any more"),))
    return (text("met before: "), *joined(groups))


def distinct_chains(hunks: Iterable[HunkPlace], most: int) -> tuple[Chain, ...]:
    """Chains to the changed functions, no two the same, those of the first function first."""
    found: dict[tuple[str, ...], Chain] = {}
    for hunk in hunks:
        for chain in hunk.chains:
            found.setdefault(tuple(step.function for step in chain.steps), chain)
    return tuple(found.values())[:most]


def edges(chains: Iterable[Chain]) -> dict[tuple[str, str], Step]:
    """Each call of the chains once: (caller, callee) to the callee's step."""
    return {(before.function, after.function): after for chain in chains for before, after in pairwise(chain.steps)}


def rule_link(raised_by: Sequence[str]) -> Spans:
    """Who raised what a rule says."""
    if not raised_by:
        return (text("nobody raised it"),)
    return (text("raised as "), Span("strong", listed(list(raised_by))))
