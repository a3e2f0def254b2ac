"""The ledger of a thread: every review point, what it hangs on, what became of it; the claims; and what each line was.

`build` is the only entry. Pure; it never raises on what mails hold.
"""

from collections.abc import Sequence

from msgspec import structs

from threads import anchors, claims, events, outcome, points, speech
from threads.model import UNSETTLED, Accounting, Claim, Event, Ledger, Point, Series, Thread
from threads.points import Draft, Merged
from threads.quoting import Quoting
from threads.reading import Reading, read
from threads.scene import Scene
from threads.weights import Weights, shipped

MAX_QUOTE = 200


def build(thread: Thread, series: Sequence[Series], quoting: Quoting, weights: Weights | None = None) -> Ledger:
    """Points in reading order, claims, the use of every line, and how the thread looks.

    `weights` are the shipped ones unless given, as cross-validation does.
    """
    weights = weights or shipped()
    reading = read(Scene(thread, series, quoting))
    merged = points.merge(points.find(reading, weights), reading)
    stops = frozenset(one.draft.block for one in merged if one.draft.whole >= points.SURE)
    ended = [events.outcome(one, reading, weights, stops) for one in merged]
    found = [_point(f"P{place + 1}", one.draft, ended[place], reading.scene) for place, one in enumerate(merged)]
    kept = claims.rank(reading, weights)
    looks = outcome.judge(found, reading)
    return Ledger(
        points=tuple(structs.replace(one, waiting_for="") if one.id in looks.past else one for one in found),
        claims=kept,
        accounting=_accounting(reading, merged, ended, kept),
        outcome=looks.verdict,
        outcome_why=looks.why,
    )


def _point(name: str, draft: Draft, ended: events.Outcome, scene: Scene) -> Point:
    block = scene.blocks[draft.block]
    message = scene.message(block.msgid)
    reactions = [_event(one, scene) for one in ended.reactions]
    raiser = message.author
    others = [event.author for event in reactions if event.type == "restated" and event.author != raiser]
    near = anchors.nearest(block.context)
    return Point(
        id=name,
        msgid=block.msgid,
        author=raiser,
        role=scene.role(block.msgid),
        date=message.date,
        quote=_quote(block.msgid, draft.quote_line, scene),
        line=draft.quote_line,
        text=draft.text,
        kind=draft.kind,
        weight=draft.weight,
        anchor=anchors.anchor(block, scene),
        symbols=tuple(dict.fromkeys((*speech.symbols(draft.text), *(speech.symbols(near.text) if near else ())))),
        raisers=tuple(dict.fromkeys((raiser, *others))),
        events=tuple(reactions),
        status=ended.status,
        status_why=_status_why(ended, reactions),
        waiting_for=_waiting_for(ended, reactions, scene, block.msgid),
        cleared=any(one.type == "withdrawn" and one.who == "raiser" for one in ended.reactions),
        automated=draft.automated,
        why=(*draft.why, ended.why),
    )


def _quote(msgid: str, line: int, scene: Scene) -> str:
    return scene.lines(msgid).lines[line].text.strip()[:MAX_QUOTE]


def _event(one: events.Reaction, scene: Scene) -> Event:
    block = scene.blocks[one.block]
    message = scene.message(block.msgid)
    return Event(
        msgid=block.msgid,
        author=message.author,
        role=scene.role(block.msgid),
        date=message.date,
        type=one.type or "answered",
        quote=_quote(block.msgid, one.line, scene),
        line=one.line,
        why=f"{one.who}, {_RELATIONS[one.relation]}: {one.why}",
    )


_RELATIONS = {
    "last": "quotes the point",
    "above": "quotes the point and more after it",
    "mail": "answers the whole mail",
    "whole": "answers the mail without a quote",
    "chain": "goes on from an answer",
    "self": "in the same breath",
    "later": "a later mail of their own",
    "named": "elsewhere in the thread",
    "tag": "later under the same patch",
    "version": "a later version",
}


def _status_why(ended: events.Outcome, reactions: Sequence[Event]) -> str:
    """The reaction that the status rests on, or what else it rests on."""
    if not reactions:
        return "nobody reacted to it in this thread" if ended.status == "open" else "a later mail took the change up"
    deciding = [event for event in reactions if event.type == ended.status]
    if deciding:
        last = deciding[-1]
        then = reactions[-1].type if ended.status not in UNSETTLED else ended.status
        undone = ", and what was said after that is taken not to undo it" if then in ("restated", "disputed") else ""
        return f"{last.author} {_SAID[last.type]} ({last.msgid}){undone}"
    last = reactions[-1]
    if ended.status == "open":
        return f"not settled by what was said; last: {last.author} {_SAID[last.type]} ({last.msgid})"
    return f"{ended.status} by the course of the thread; last: {last.author} {_SAID[last.type]} ({last.msgid})"


_SAID = {
    "answered": "answered",
    "accepted": "agreed",
    "disputed": "pushed back",
    "restated": "repeated it",
    "withdrawn": "took it back",
}


def _waiting_for(ended: events.Outcome, reactions: Sequence[Event], scene: Scene, raised: str) -> str:
    """Who has to act next: the other side of who spoke last; nobody when it is settled."""
    if ended.status not in UNSETTLED:
        return ""
    last = reactions[-1] if reactions else None
    if last is not None and not scene.same(last.msgid, raised):
        seconded = last.type == "restated" and not scene.is_author(last.msgid)  # a third says what the raiser says
        if not seconded:
            return str(scene.message(raised).author)
    return "the reviewers" if scene.is_author(raised) else "the author"


def _accounting(
    reading: Reading, merged: Sequence[Merged], ended: Sequence[events.Outcome], kept: Sequence[Claim]
) -> tuple[Accounting, ...]:
    """Use of every line. A patch's code counts as quote (it is no words), attributions too, list footers as signature.

    A line that serves as several things is the first of point, event, claim.
    """
    scene = reading.scene
    special: dict[tuple[str, int], str] = {(claim.msgid, claim.line): "claim" for claim in kept}
    for course in ended:
        for one in course.reactions:
            msgid = scene.blocks[one.block].msgid
            said = () if one.relation in ("tag", "version") else reading.passages[one.block].sentences
            special.update(((msgid, line), "event") for line in (one.line, *(x for each in said for x in each.lines)))
    for kept_point in merged:
        msgid = scene.blocks[kept_point.draft.block].msgid
        special.update(((msgid, line), "point") for line in kept_point.draft.lines)
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
