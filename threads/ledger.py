"""The ledger of a thread: every review point, what it hangs on, what became of it; the claims; and what each line was.

`build` is the only entry. Pure; it never raises on what mails hold.
"""

from collections.abc import Sequence

from msgspec import structs

from threads import anchors, claims, events, outcome, passed, points, speech
from threads.model import UNSETTLED, Accounting, Claim, Event, Identity, Ledger, Point, Series, Thread
from threads.points import Draft, Merged
from threads.quoting import Quoting
from threads.reading import Fact, Reading, read
from threads.scene import Scene, patch_above
from threads.talk import RELATIONS
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
    raised = [_point(f"P{place + 1}", one.draft, ended[place], reading) for place, one in enumerate(merged)]
    found = [passed.told_by(one, reading.scene.message(one.msgid)) for one in raised]
    kept = claims.rank(reading, weights)
    looks = _looks(found, reading)
    return Ledger(
        points=tuple(structs.replace(one, waiting_for="") if one.id in looks.past else one for one in found),
        claims=kept,
        accounting=_accounting(reading, merged, ended, kept),
        outcome=looks.verdict,
        outcome_why=looks.why,
    )


def _looks(raised: Sequence[Point], reading: Reading) -> outcome.Outcome:
    """How the series that began the thread stands: what was said of another one, and who took that, is left out."""
    scene = reading.scene
    if not scene.others:
        return outcome.judge(raised, reading)
    mails = scene.thread.messages
    facts = tuple(fact for fact in reading.facts if _other_series(mails[fact.number].msgid, scene) is None)
    about = [one for one in raised if _other_series(one.msgid, scene) is None]
    return outcome.judge(about, structs.replace(reading, facts=facts))


def _point(name: str, draft: Draft, ended: events.Outcome, reading: Reading) -> Point:
    scene = reading.scene
    block = scene.blocks[draft.block]
    message = scene.message(block.msgid)
    reactions = [_event(one, scene) for one in ended.reactions]
    near = anchors.nearest(block.context)
    return Point(
        id=name,
        msgid=block.msgid,
        author=message.author,
        role=scene.role(block.msgid),
        date=message.date,
        quote=_quote(block.msgid, draft.quote_line, scene),
        line=draft.quote_line,
        text=draft.text,
        kind=draft.kind,
        weight=draft.weight,
        anchor=anchors.anchor(block, scene),
        symbols=tuple(dict.fromkeys((*speech.symbols(draft.text), *(speech.symbols(near.text) if near else ())))),
        raisers=_raisers(block.msgid, reactions, scene),
        events=tuple(reactions),
        status=ended.status,
        status_why=_status_why(draft, ended, reactions, reading),
        waiting_for=_waiting_for(draft, ended, reactions, scene),
        cleared=_cleared(ended),
        automated=draft.automated,
        why=(*draft.why, ended.why),
    )


def _quote(msgid: str, line: int, scene: Scene) -> str:
    return scene.lines(msgid).lines[line].text.strip()[:MAX_QUOTE]


def _raisers(raised: str, reactions: Sequence[Event], scene: Scene) -> tuple[Identity, ...]:
    """Who raised it, and who repeated it; a person who wrote from two addresses counts once."""
    mails = [raised]
    for event in reactions:
        if event.type == "restated" and not any(scene.same(event.msgid, mail) for mail in mails):
            mails.append(event.msgid)
    return tuple(scene.message(mail).author for mail in mails)


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
        why=f"{one.who}, {RELATIONS[one.relation]}: {one.why}",
    )


def _status_why(draft: Draft, ended: events.Outcome, reactions: Sequence[Event], reading: Reading) -> str:
    """The reaction that the status rests on, or what else in the thread it rests on."""
    deciding = [place for place, event in enumerate(reactions) if event.type == ended.status]
    if deciding:
        last = reactions[deciding[-1]]
        against = ("restated", "disputed") if ended.status not in UNSETTLED else ("accepted", "withdrawn")
        then = any(event.type in against for event in reactions[deciding[-1] + 1 :])
        undone = ", and what was said after that is taken not to undo it" if then else ""
        return f"{last.author} {_SAID[last.type]} ({last.msgid}){undone}"
    said = f"last: {reactions[-1].author} {_SAID[reactions[-1].type]} ({reactions[-1].msgid})" if reactions else ""
    if ended.status == "open":
        if reactions and reactions[-1].type == "withdrawn":
            return f"{reactions[-1].author} may have let it go ({reactions[-1].msgid}), but not so that it is sure"
        return f"not settled by what was said; {said}" if said else "nobody reacted to it in this thread"
    rests = _tag_of_raiser(draft, reading) if ended.status == "withdrawn" else _change_later(draft, reading)
    return "; ".join(filter(None, (f"{ended.status} by {rests}", said)))


def _tag_of_raiser(draft: Draft, reading: Reading) -> str:
    """The review tag that the raiser gave after the point: the last one under the same patch, or the last one."""
    scene = reading.scene
    raised = scene.blocks[draft.block].msgid
    given = [
        scene.thread.messages[fact.number].msgid
        for fact in _after(raised, reading)
        if fact.tags and not fact.automated and scene.same(scene.thread.messages[fact.number].msgid, raised)
    ]
    if not given:
        return "the course of the thread"
    under = patch_above(scene, raised)
    msgid = next((one for one in reversed(given) if patch_above(scene, one) == under), given[-1])
    tag = scene.lines(msgid).lines[scene.tag_lines(msgid)[0]].text.strip().partition(":")[0]
    return f"the raiser's {tag[:40]}{_of_what(patch_above(scene, msgid), under, scene)} ({msgid})"


def _change_later(draft: Draft, reading: Reading) -> str:
    """What the author posted after the point, the next version before other patches; or who took the patch."""
    scene = reading.scene
    raised = scene.blocks[draft.block].msgid
    under = scene.patches.get(patch_above(scene, raised))
    later = [(fact, scene.thread.messages[fact.number].msgid) for fact in _after(raised, reading)]
    posted = [msgid for fact, msgid in later if fact.posts and fact.author]
    for msgid in posted:
        if under is not None and scene.patches[msgid].version > under.version:
            return f"the course of the thread: v{scene.patches[msgid].version} was posted after it ({msgid})"
    if posted:
        return f"the course of the thread: {scene.message(posted[0]).author} posted a patch after it ({posted[0]})"
    for fact, msgid in later:
        if fact.takes:
            return f"the course of the thread: {scene.message(msgid).author} took the patch after it ({msgid})"
    return "its own wording, which speaks of a patch that was taken"


def _after(msgid: str, reading: Reading) -> list[Fact]:
    """What the mails after that one say by the way, in the order of time."""
    here = reading.scene.rank[reading.scene.index[msgid]]
    return sorted((fact for fact in reading.facts if fact.rank > here), key=lambda fact: fact.rank)


def _of_what(patch: str, under: str, scene: Scene) -> str:
    """ " of patch 3 of v2": the patch where it is another one than `under`, the version where there are several."""
    if patch not in scene.patches:
        return ""
    one = scene.patches[patch]
    named = f" of patch {one.number}" if patch != under and one.number and one.total > 1 else ""
    return f"{named} of v{one.version}" if len({each.version for each in scene.series}) > 1 else named


def _cleared(ended: events.Outcome) -> bool:
    """The raiser took it back, or let it go after it was settled and did not come back to it."""
    own = [one.type for one in ended.reactions if one.who == "raiser" and one.type]
    settled = ended.status not in UNSETTLED
    return ended.status == "withdrawn" or (settled and own[-1:] == ["withdrawn"])


_SAID = {
    "answered": "answered",
    "accepted": "agreed",
    "disputed": "pushed back",
    "restated": "repeated it",
    "withdrawn": "took it back",
}


def _waiting_for(draft: Draft, ended: events.Outcome, reactions: Sequence[Event], scene: Scene) -> str:
    """Who has to act next: the other side of who spoke last; nobody when it is settled.

    The author of the series that began the thread is called so, that of another one by name.
    """
    if ended.status not in UNSETTLED:
        return ""
    raised = scene.blocks[draft.block].msgid
    last = reactions[-1] if reactions else None
    if last is not None and not scene.same(last.msgid, raised):
        seconded = last.type == "restated" and not scene.is_author(last.msgid)  # a third says what the raiser says
        if not seconded:
            return str(scene.message(raised).author)
    asked = _asked(draft, scene)
    if asked and not scene.is_author(asked):
        return str(scene.message(asked).author)
    if scene.is_author(raised):
        return "the reviewers"
    other = _other_series(raised, scene)
    return str(other.author) if other else "the author"


def _asked(draft: Draft, scene: Scene) -> str:
    """The mail of another person whose words a question is about; "" where a patch or a mail as such is meant."""
    block = scene.blocks[draft.block]
    near = anchors.nearest(block.context) if "?" in draft.text else None
    if near is None or near.origin is None or scene.what(near.origin) != "words":
        return ""
    said = near.origin.msgid
    return "" if scene.same(said, block.msgid) or scene.message(said).automated else said


def _other_series(msgid: str, scene: Scene) -> Series | None:
    """The series that a mail posts or hangs under, where those who began the thread did not send it."""
    above = msgid if scene.posts(msgid) else patch_above(scene, msgid)
    if above not in scene.others:
        return None
    return next(one for one in scene.series if above in {patch.msgid for patch in (one.cover, *one.patches) if patch})


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
