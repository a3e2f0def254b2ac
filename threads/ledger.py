"""The ledger of a thread: every review point, what it hangs on, what became of it; the claims; and what each line was.

`build` is the only entry. Pure; it never raises on what mails hold.
"""

from collections.abc import Sequence
from typing import Literal

from threads import anchors, claims, events, points, speech, talk
from threads.features import Passage, passage
from threads.model import Accounting, Claim, Event, Identity, Ledger, Point, Series, Thread
from threads.points import Draft
from threads.quoting import Quoting
from threads.scene import Scene
from threads.weights import Weights, shipped

MAX_QUOTE = 200


def build(thread: Thread, series: Sequence[Series], quoting: Quoting, weights: Weights | None = None) -> Ledger:
    """Points in reading order, claims, the use of every line, and how the thread looks."""
    weights = weights or shipped()
    scene = Scene(thread, series, quoting)
    passages = [passage(number, scene) for number in range(len(scene.blocks))]
    given = talk.answers(scene)
    known = events.facts(scene)
    merged = points.merge(points.find(scene, weights, passages), scene, given)
    drafts = [one.draft for one in merged]
    found = []
    for number, one in enumerate(merged, 1):
        ended = events.outcome(one, scene, given, known, passages, weights)
        found.append(_point(f"P{number}", one.draft, ended, scene))
    kept = claims.rank(scene, passages, weights)
    verdict, why = _outcome(found, known)
    return Ledger(
        points=tuple(found),
        claims=kept,
        accounting=_accounting(scene, drafts, found, kept),
        outcome=verdict,
        outcome_why=why,
    )


def _point(name: str, draft: Draft, ended: events.Outcome, scene: Scene) -> Point:
    block = scene.blocks[draft.block]
    message = scene.message(block.msgid)
    reactions = [_event(one, scene) for one in ended.reactions]
    raiser = message.author
    others = [event.author for event in reactions if event.type == "restated" and event.author != raiser]
    near = anchors.nearest(block.context)
    return Point(
        id=name, msgid=block.msgid, author=raiser, role=scene.role(block.msgid), date=message.date,
        quote=_quote(block.msgid, draft.quote_line, scene), line=draft.quote_line, text=draft.text, kind=draft.kind,
        weight=draft.weight, anchor=anchors.anchor(block, scene),
        symbols=tuple(dict.fromkeys((*speech.symbols(draft.text), *(speech.symbols(near.text) if near else ())))),
        raisers=tuple(dict.fromkeys((raiser, *others))), events=tuple(reactions), status=ended.status,
        status_why=_status_why(ended, reactions), waiting_for=_waiting_for(ended, reactions, scene, block.msgid),
        cleared=any(one.type == "withdrawn" and one.who == "raiser" for one in ended.reactions),
        automated=draft.automated, why=(*draft.why, ended.why),
    )  # fmt: skip


def _quote(msgid: str, line: int, scene: Scene) -> str:
    return scene.lines(msgid).lines[line].text.strip()[:MAX_QUOTE]


def _event(one: events.Reaction, scene: Scene) -> Event:
    block = scene.blocks[one.block]
    message = scene.message(block.msgid)
    return Event(
        msgid=block.msgid, author=message.author, role=scene.role(block.msgid), date=message.date,
        type=one.type or "answered", quote=_quote(block.msgid, one.line, scene), line=one.line,
        why=f"{one.who}, {_RELATIONS[one.relation]}: {one.why}",
    )  # fmt: skip


_RELATIONS = {
    "last": "quotes the point",
    "above": "quotes the point and more after it",
    "mail": "answers the whole mail",
    "whole": "answers the mail",
    "chain": "goes on from an answer",
}


def _status_why(ended: events.Outcome, reactions: Sequence[Event]) -> str:
    if not reactions:
        return "nobody reacted to it in this thread"
    last = reactions[-1]
    return f"last: {last.author} {_SAID[last.type]} ({last.msgid})"


_SAID = {
    "answered": "answered",
    "accepted": "agreed",
    "disputed": "pushed back",
    "restated": "repeated it",
    "withdrawn": "took it back",
}


def _waiting_for(ended: events.Outcome, reactions: Sequence[Event], scene: Scene, raised: str) -> str:
    """Who has to act next; nobody when it is settled."""
    if ended.status not in events.OPEN:
        return ""
    raiser = scene.message(raised).author
    if not reactions:
        return "the reviewers" if scene.is_author(raised) else "the author"
    last = reactions[-1].msgid
    if scene.is_author(last) or not scene.same(last, raised):
        return str(raiser) if not scene.same(last, raised) else "the reviewers"
    return "the author"


Verdict = Literal["merged-looking", "new-version-needed", "rejected", "undecided"]


def _outcome(found: Sequence[Point], known: Sequence[events.Fact]) -> tuple[Verdict, str]:
    """A look at the end of the thread: who took it, who still objects, who gave a tag."""
    heavy = [point for point in found if point.weight in ("blocking", "should")]
    standing = [point for point in heavy if point.status in events.OPEN]
    promised = [point for point in heavy if point.status == "accepted"]
    if any(fact.takes for fact in known):
        return "merged-looking", "somebody says that it is in a tree"
    if any("act:object nak" in reason for point in standing for reason in point.why):
        return "rejected", "a NAK stands"
    if standing:
        return "new-version-needed", f"{len(standing)} asked for a change and were not settled"
    if promised:
        return "new-version-needed", f"{len(promised)} changes were agreed to"
    if any(fact.tags for fact in known):
        return "merged-looking", "review tags were given and nothing stands against it"
    return "undecided", "no tag, no objection that stands, nobody took it"


def _accounting(
    scene: Scene, drafts: Sequence[Draft], found: Sequence[Point], kept: Sequence[Claim]
) -> tuple[Accounting, ...]:
    """Use of every line. Diff lines count as quote (code, not words), attributions too; list footers as signature."""
    special: dict[tuple[str, int], str] = {}
    for claim in kept:
        special[(claim.msgid, claim.line)] = "claim"
    for point in found:
        for event in point.events:
            special[(event.msgid, event.line)] = "event"
    for draft in drafts:
        for line in draft.lines:
            special[(scene.blocks[draft.block].msgid, line)] = "point"
    return tuple(
        Accounting(
            msgid=part.msgid,
            uses=tuple(special.get((part.msgid, line.number)) or _USES[line.kind] for line in part.lines),
        )
        for part in scene.quoting.messages
    )


_USES = {
    "own": "chatter",
    "quote": "quote",
    "attribution": "quote",
    "diff": "quote",
    "signature": "signature",
    "banner": "signature",
    "trailer": "trailer",
    "blank": "blank",
}


def people(found: Sequence[Point]) -> tuple[Identity, ...]:
    """Everybody who raised a point, in the order of the points."""
    return tuple(dict.fromkeys(identity for point in found for identity in point.raisers))
