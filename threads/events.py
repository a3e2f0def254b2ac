"""What happened to a point: reactions of others, in order, and the status they leave it in.

Each block that answers a point is given a type (or none) by a learned model that sees who speaks, how the block hangs
on the point, and the reaction words in it. A second one reads the status off the events and off what the thread did
afterwards (tags, later versions, silence).
"""

from collections.abc import Iterable
from typing import cast

from threads import features
from threads.features import Passage
from threads.model import EventType, Status, Value
from threads.points import Draft
from threads.scene import Scene
from threads.talk import Answer, Turn, about
from threads.weights import Weights

OPEN: frozenset[str] = frozenset(("open", "disputed"))


class Reaction(Value, frozen=True, kw_only=True):
    """A block that reacts to a point, before it becomes an `Event`."""

    block: int
    who: str  # author, raiser, other
    relation: str
    type: EventType | None
    chances: dict[str, float]
    line: int  # the line to quote
    why: str


class Outcome(Value, frozen=True, kw_only=True):
    """How a point ended."""

    status: Status
    reactions: tuple[Reaction, ...]
    why: str


class Fact(Value, frozen=True, kw_only=True):
    """What one mail says beyond its arguments; the same for every point, so read once."""

    number: int
    rank: int
    author: bool
    tags: bool
    takes: bool
    posts: bool
    automated: bool


def facts(scene: Scene) -> list[Fact]:
    return [
        Fact(
            number=number, rank=scene.rank[number], author=scene.is_author(message.msgid), tags=gives_tag(scene, message.msgid),
            takes=takes_it(scene, number), posts=scene.posts(message.msgid), automated=bool(message.automated),
        )
        for number, message in enumerate(scene.thread.messages)
    ]  # fmt: skip


def who(block: int, draft: Draft, scene: Scene) -> str:
    """Part that the writer of `block` has in the talk about the point."""
    msgid, raised = scene.blocks[block].msgid, scene.blocks[draft.block].msgid
    if scene.same(msgid, raised):
        return "raiser"
    return "author" if scene.is_author(msgid) else "other"


def reaction_features(turn: Turn, draft: Draft, scene: Scene, passages: list[Passage]) -> frozenset[str]:
    passage = passages[turn.block]
    part = who(turn.block, draft, scene)
    found = {f"who:{part}", f"relation:{turn.relation}", f"who:{part}+relation:{turn.relation}"}
    if scene.is_author(scene.blocks[draft.block].msgid):
        found.add("author-raised")
    for place, each in enumerate(passage.each[:3]):
        for name in each:
            if name.startswith(("re:", "act:", "?", "starts:", "wh-", "yes-no", "statement", "code", "w:")):
                found.add(f"s{place}:{name}" if place < 2 and not name.startswith("w:") else f"any:{name}")
                if place == 0 and not name.startswith("w:"):
                    found.add(f"{part}:{name}")
    for each in passage.each[3:]:
        found.update(f"late:{name}" for name in each if name.startswith("re:"))
    found.update(
        x for x in passage.shared if x.startswith(("block-has", "mail-has", "lines<=", "block:last", "after-tag"))
    )
    if passage.sentences and len(passage.sentences) == 1 and "words<=4" in passage.each[0]:
        found.add("short-answer")
    if "main:?" in draft.traits:
        found.add("point?")
        found.add(f"point?+{part}")
    return frozenset(found)


def reactions(
    draft: Draft, scene: Scene, given: dict[int, list[Answer]], passages: list[Passage], weights: Weights
) -> list[Reaction]:
    """Typed reactions in the order of time. A point of its own is no reaction, unless its raiser repeats it."""
    model = weights.models["event"]
    found: list[Reaction] = []
    for turn in about(draft.block, frozenset(draft.lines), given, scene):
        if scene.message(scene.blocks[turn.block].msgid).automated or not passages[turn.block].sentences:
            continue
        seen = reaction_features(turn, draft, scene, passages)
        chances = model.chances(seen)
        best = max(sorted(chances), key=lambda name: chances[name])
        why = ", ".join(f"{name} {value:+.2f}" for name, value in model.reasons(seen, best, 3))
        found.append(
            Reaction(
                block=turn.block, who=who(turn.block, draft, scene), relation=turn.relation,
                type=None if best == "none" else cast(EventType, best), chances=chances,
                line=telling_line(passages[turn.block], best), why=why,
            )
        )  # fmt: skip
    return found


def telling_line(passage: Passage, kind: str) -> int:
    """Line of the sentence with most reaction words; the first one on a tie."""
    wanted = _TELLING.get(kind, ())
    best, most = passage.sentences[0], -1
    for sentence, each in zip(passage.sentences[:6], passage.each, strict=False):
        score = sum(1 for name in wanted if name in each)
        if score > most and not sentence.code:
            best, most = sentence, score
    return best.best_line


_TELLING = {
    "accepted": ("re:will-do", "re:concede", "re:done", "re:yes"),
    "answered": ("re:explain", "re:yes"),
    "disputed": ("re:dispute", "act:contrast", "act:why"),
    "restated": ("re:insist", "act:need", "act:object", "?"),
    "withdrawn": ("re:satisfied", "re:concede", "act:praise"),
}


def status_features(draft: Draft, found: list[Reaction], scene: Scene, known: list[Fact]) -> frozenset[str]:
    """What decides how a point stands at the end of the thread."""
    return frozenset((*_of_reactions(found), *_of_thread(draft, found, scene, known), *_of_point(draft, scene)))


def _of_reactions(found: list[Reaction]) -> Iterable[str]:
    typed = [one for one in found if one.type]
    yield f"reactions:{min(len(typed), 3)}"
    for one in typed:
        yield f"{one.who}:{one.type}"
        yield f"had:{one.type}"
        if one.chances[str(one.type)] > 0.6:
            yield f"sure:{one.who}:{one.type}"
    if typed:
        last = typed[-1]
        yield f"last:{last.type}"
        yield f"last:{last.who}:{last.type}"
        yield f"last-who:{last.who}"
        yield f"last-relation:{last.relation}"
        if len(typed) > 1:
            yield f"then:{typed[-2].type}>{last.type}"
    for part in ("author", "raiser", "other"):
        mine = [one for one in typed if one.who == part]
        if mine:
            yield f"last-of:{part}:{mine[-1].type}"
    if found and not typed:
        yield "only-untyped"


def _of_thread(draft: Draft, found: list[Reaction], scene: Scene, known: list[Fact]) -> Iterable[str]:
    here = scene.index[scene.blocks[draft.block].msgid]
    raiser = scene.people[here]
    answered = {scene.index[scene.blocks[one.block].msgid] for one in found}
    later = [fact for fact in known if fact.rank > known[here].rank]
    people = [fact for fact in later if not fact.automated]
    mine = [fact for fact in people if scene.people[fact.number] & raiser]
    author = [fact for fact in people if fact.author]
    if any(scene.thread.parents[fact.number] == here and fact.number not in answered for fact in author):
        yield "author-answered-rest"
    if any(fact.posts for fact in author):
        yield "later-version"
    if any(fact.tags for fact in mine):
        yield "raiser-tags-later"
    if any(fact.tags for fact in people if fact not in mine):
        yield "other-tags-later"
    if any(fact.takes for fact in later):
        yield "applied-later"
    yield "author-later" if author else "author-silent"
    yield "raiser-later" if mine else "raiser-silent"
    if known[here].tags:
        yield "raiser-tags-here"


def _of_point(draft: Draft, scene: Scene) -> Iterable[str]:
    yield f"raised-by:{scene.role(scene.blocks[draft.block].msgid)}"
    yield from (x for x in draft.traits if x in _STATUS_TRAITS)
    if draft.automated:
        yield "automated"


_STATUS_TRAITS = frozenset(
    ("main:?", "main:act:nit", "main:act:applied", "main:act:praise", "main:act:contrast", "main:act:hedge", "mail-has-tag",
     "block-has-tag", "tag-elsewhere", "rest:act:contrast", "rest:act:praise", "rest:act:that-said", "rest:re:dispute", "block:last",
     "main:act:please", "main:act:wonder", "under:words", "under:diff", "under:message", "main:act:thanks", "main:re:will-do",
     "main:re:done", "main:re:concede", "block-has-diff")
)  # fmt: skip


def gives_tag(scene: Scene, msgid: str) -> bool:
    """The mail offers a review tag of its sender's (any Reviewed-by, Acked-by or Tested-by line of its own)."""
    return any(
        line.kind == "trailer" and features.gives_tag(line.text) for line in scene.lines(msgid).lines
    ) and not scene.posts(msgid)


def takes_it(scene: Scene, number: int) -> bool:
    """Somebody says that the patch is in a tree."""
    lines = scene.quoting.messages[number].lines
    own = [line.text.strip().lower() for line in lines if line.kind == "own"][:8]
    return any(line.startswith(_TAKEN) or "applied to" in line or "applied, thanks" in line for line in own)


_TAKEN = (
    "applied",
    "queued",
    "thanks, applied",
    "thanks, queued",
    "pushed to",
    "merged",
    "picked up",
    "i've applied",
    "i have applied",
)


def outcome(
    draft: Draft,
    scene: Scene,
    given: dict[int, list[Answer]],
    known: list[Fact],
    passages: list[Passage],
    weights: Weights,
) -> Outcome:
    found = reactions(draft, scene, given, passages, weights)
    seen = status_features(draft, found, scene, known)
    model = weights.models["status"]
    chances = model.chances(seen)
    best = max(sorted(chances), key=lambda name: chances[name])
    reasons = ", ".join(f"{name} {value:+.2f}" for name, value in model.reasons(seen, best, 4))
    return Outcome(
        status=cast(Status, best), reactions=tuple(one for one in found if one.type), why=f"{best}: {reasons}"
    )
