"""What happened to a point: reactions of others, in order, and the status they leave it in.

A small model says whether a block that answers a point reacts to it at all; another, for its writer's part (the author,
the raiser, or another), of which type it is. They see the reaction words, the first sentences, what the point asked for
and how the block hangs on it. Replaying the types by the guidelines' rule gives a status; a last model weighs that and
what else the thread shows (tags, later versions, silence) between the statuses for which there is something to show.
"""

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from threads import speech, unquoted
from threads.features import Passage
from threads.model import UNSETTLED, EventType, Status, Value
from threads.points import Draft, Merged
from threads.reading import Reading
from threads.scene import Scene
from threads.talk import Turn, about
from threads.unquoted import Aside
from threads.weights import Model, Weights

HARDLY = 0.2  # chance of agreement below which a paragraph that disputes takes back the agreement before it
SUPPORT = 0.05  # chance of a reaction that is not sure, for a status to rest on it
PARTS = ("author", "raiser", "other")
_WORDS = ("promise", "done", "concede", "dispute", "explain", "insist", "satisfied", "plus-one", "waits")
_SEVERAL = frozenset(
    ("all", "both", "these", "above", "everything", "comments", "suggestions", "changes", "them", "others")
)  # fmt: skip


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


def who(block: int, draft: Draft, scene: Scene) -> str:
    """Part that the writer of `block` has in the talk about the point."""
    msgid, raised = scene.blocks[block].msgid, scene.blocks[draft.block].msgid
    if scene.same(msgid, raised):
        return "raiser"
    return "author" if scene.is_author(msgid) else "other"


def turns(draft: Draft, reading: Reading, stops: frozenset[int]) -> list[Turn]:
    """Blocks of people that may be reactions. An answer to another part of the mail only where it speaks of all."""
    scene = reading.scene
    found = about(draft.block, frozenset(draft.lines), reading.given, scene, stops - {draft.block})
    return [
        turn
        for turn in found
        if reading.passages[turn.block].sentences
        and not scene.message(scene.blocks[turn.block].msgid).automated
        and (turn.relation != "mail" or _for_all(turn.block, scene, reading.passages[turn.block]))
    ]


def _for_all(block: int, scene: Scene, passage: Passage) -> bool:
    """ "I'll make the above changes", or a promise that is all the mail says."""
    if not any("re:promise" in each or "re:done" in each for each in passage.each):
        return False
    if len(scene.blocks_in[scene.blocks[block].msgid]) == 1 and len(passage.sentences) <= 2:
        return True
    return any(_SEVERAL.intersection(one.words) for one in passage.sentences if not one.code)


def turn_features(place: int, all_turns: Sequence[Turn], draft: Draft, reading: Reading) -> frozenset[str]:
    """Features of the reaction at `place` among those to a point: who says what, and whether again."""
    turn = all_turns[place]
    part = who(turn.block, draft, reading.scene)
    passage = reading.passages[turn.block]
    found = _said(passage, turn.relation, place == 0, draft.traits)
    if place and who(all_turns[place - 1].block, draft, reading.scene) == part:
        found.add("again")
    return frozenset(found)


def _said(passage: Passage, relation: str, first: bool, traits: frozenset[str]) -> set[str]:
    """Features of a reaction by itself: what it says and how, and what the point with these traits asked for."""
    return {*heard(passage, relation, first, "main:?" in traits), *worded(passage), *_asked_for(traits, passage)}


def heard(passage: Passage, relation: str, first: bool, asked: bool) -> Iterable[str]:
    """Few and strong: which reaction words a block holds and how early, how it begins, whether it asks back."""
    early, starts, questions, real = _listened(passage)
    when = "first" if first else "later"
    question = "asked" if asked else "told"
    found = {when, question, f"relation:{relation}", f"{when}:{relation}", f"sentences:{min(real, 4)}", *starts}
    for name, weight in early.items():
        found.add(name)
        found.update(f"{name}{mark}" for mark, limit in (("!", 0.7), ("!!", 0.9)) if weight >= limit)
    found.add(f"top:{max(early, key=lambda name: early[name])}" if early else "top:nothing")
    found.update(f"{question}:{name}" for name in starts or ("plain",))
    if questions:
        found.update(("asks", "asks-first") if questions[0] <= 1 else ("asks",))
        if real <= 2:
            found.add("only-asks")
    found.update(_balance(early, starts))
    found.update(tuple(_shape(passage, found, relation)))
    return found


def worded(passage: Passage) -> Iterable[str]:
    """Words and pairs of words of the first sentences."""
    for count, words in enumerate(_first_sentences(passage)):
        where = "t" if count == 0 else "t2"
        if count == 0:
            yield from (f"t:^{' '.join(words[:size])}" for size in (1, 2, 3) if len(words) >= size)
        yield from (f"{where}:{word}" for word in words)
        yield from (f"{where}:{one} {two}" for one, two in zip(words, (*words[1:], "$"), strict=True))


def _first_sentences(passage: Passage) -> Iterable[tuple[str, ...]]:
    """Words of the first three sentences, thanks in front left out; names of C count as one word."""
    spoken = [
        (sentence, each)
        for sentence, each in zip(passage.sentences, passage.each, strict=True)
        if not sentence.code and sentence.words
    ]
    if len(spoken) > 1 and "act:thanks" in spoken[0][1] and len(spoken[0][0].words) <= 6:
        del spoken[0]
    for sentence, _ in spoken[:3]:
        yield speech.heard(sentence.words[:30])


def _asked_for(traits: frozenset[str], passage: Passage) -> Iterable[str]:
    """What the point wants, alone and with the first word of the reaction."""
    question = "main:?" in traits
    if traits & _WANTED:
        manner = "wants?" if question else "wants"
    elif traits & _WHY:
        manner = "why"
    else:
        manner = "asks" if question else "tells"
    yield f"point:{manner}"
    yield from (f"point:{name}" for name in traits if name.startswith("main:act:"))
    for words in _first_sentences(passage):
        yield f"point:{manner}:{words[0]}"
        return


_WHY = frozenset(("main:wh-question", "main:act:why"))
_WANTED = frozenset(
    (
        "main:act:suggest", "main:act:please", "main:act:can-you", "main:act:should-you", "main:act:prefer",
        "main:act:want", "main:act:should", "main:act:need", "main:act:nit", "main:substitution",
        "main:starts:imperative",
    )
)  # fmt: skip


def reaction_features(seen: frozenset[str], part: str) -> frozenset[str]:
    """What tells whether a block reacts to the point at all: the same for each part, and by part."""
    plain = [name for name in seen if not name.startswith(("t:", "t2:", "point:"))]
    return frozenset((*plain, *(f"{part}:{name}" for name in plain), f"by:{part}"))


def _listened(passage: Passage) -> tuple[dict[str, float], set[str], list[int], int]:
    """Reaction words with how early they come, what the first sentence begins with, the questions, the sentences.

    Thanks in front do not count as the first sentence.
    """
    early: dict[str, float] = {}
    starts: set[str] = set()
    questions: list[int] = []
    real = 0
    for sentence, each in zip(passage.sentences, passage.each, strict=True):
        if sentence.code:
            continue
        weight = (1.0, 0.7, 0.4, 0.25)[min(real, 3)]
        if real == 0 and "act:thanks" in each and len(sentence.words) <= 6:
            weight = 0.9
        else:
            if real == 0:
                starts = {name[3:] for name in each if name.startswith("re:") and name.endswith("-start")}
            real += 1
        for name in _WORDS:
            if f"re:{name}" in each:
                early[name] = max(early.get(name, 0.0), weight)
        if "?" in each:
            questions.append(real)
    return early, starts, questions, real


def _balance(early: dict[str, float], starts: set[str]) -> Iterable[str]:
    """Agreement against dispute: which comes first, and whether either is there at all."""
    agreed = max(early.get(name, 0.0) for name in ("promise", "done", "concede"))
    disputed = early.get("dispute", 0.0)
    if agreed and disputed:
        yield "agrees-first" if agreed > disputed else "disputes-first" if agreed < disputed else "agrees-and-disputes"
    if agreed:
        yield "agrees"
        if "no-start" in starts:
            yield "agrees-after-no"
    elif "no-start" in starts:
        yield "no-and-no-agreement"
    if not agreed and not disputed:
        yield "neither"


def _shape(passage: Passage, found: set[str], relation: str) -> Iterable[str]:
    if any(sentence.code for sentence in passage.sentences):
        yield "code"
    if "block-has-tag" in passage.shared:
        yield "tag"
    if "block-has-diff" in passage.shared:
        yield "diff"
    size = sum(len(sentence.text.split()) for sentence in passage.sentences)
    yield from (f"words<={limit}" for limit in (3, 8, 20, 50) if size <= limit)
    several = any(_SEVERAL.intersection(one.words) for one in passage.sentences if not one.code)
    if several:
        yield "several"
        yield f"several:{relation}"
    if relation in ("mail", "above"):
        yield from (
            f"{relation}:{name}" for name in found if name in ("promise", "done", "concede", "agrees", "dispute")
        )


def reactions(draft: Draft, reading: Reading, weights: Weights, stops: frozenset[int]) -> list[Reaction]:
    """Typed reactions in the order of time."""
    found: list[Reaction] = []
    everything = turns(draft, reading, stops)
    for place, turn in enumerate(everything):
        part = who(turn.block, draft, reading.scene)
        model = weights.models[f"event-{part}"]
        seen = turn_features(place, everything, draft, reading)
        reacts = weights.models["reacts"].chance(reaction_features(seen, part))
        types = model.chances(seen)
        if part == "raiser" and not content(reading.passages[turn.block]):
            types = {name: chance for name, chance in types.items() if name != "withdrawn"}
        best = "none" if reacts < weights.thresholds["reacts"] else max(sorted(types), key=lambda name: types[name])
        chances = {"none": 1.0 - reacts, **{name: reacts * chance for name, chance in types.items()}}
        why = "" if best == "none" else model.why(seen, best, 5)
        found.append(
            Reaction(
                block=turn.block,
                who=part,
                relation=turn.relation,
                type=None if best == "none" else cast(EventType, best),
                chances=chances,
                line=telling_line(reading.passages[turn.block], best),
                why=why,
            )
        )
        if part == "author" and likeliest(found[-1]) == "accepted":
            found[-1:] = _divided(found[-1], draft, reading, model)
    return _about_it(found, draft, reading)


def _divided(one: Reaction, draft: Draft, reading: Reading, model: Model) -> list[Reaction]:
    """A block that agrees and pushes back in a later paragraph ("Right, I misread that. As for ...") as two reactions.

    What it grants is an answer then. A block that does no such thing stays as it is.
    """
    whole = reading.passages[one.block]
    said = [pair for pair in zip(whole.sentences, whole.each, strict=True) if not pair[0].code]
    for number in sorted({sentence.paragraph for sentence, _ in said})[1:]:
        sentences, each = zip(*(pair for pair in said if pair[0].paragraph == number), strict=True)
        part = msgspec.structs.replace(whole, sentences=sentences, each=each)
        seen = frozenset(
            (
                *heard(part, one.relation, False, "main:?" in draft.traits),
                *worded(part),
                *_asked_for(draft.traits, part),
            )
        )
        types = model.chances(seen)
        if types["accepted"] >= HARDLY or not any("re:dispute" in names for names in each):
            continue
        none = one.chances["none"]
        granted = one.chances | {"accepted": 0.0, "answered": one.chances["accepted"] + one.chances["answered"]}
        against = {"none": none, "disputed": 1.0 - none}
        why = model.why(seen, "disputed", 5)
        return [
            msgspec.structs.replace(one, type="answered" if one.type else None, chances=granted),
            msgspec.structs.replace(
                one,
                type="disputed" if one.type else None,
                chances=against,
                line=telling_line(part, "disputed"),
                why=why if one.type else "",
            ),
        ]
    return [one]


def content(passage: Passage) -> bool:
    """Something in the block can mean that its writer is satisfied: agreement, thanks, praise, a tag in the mail."""
    return bool(passage.shared & _TAGGED) or any(_CONTENT & each for each in passage.each)


_TAGGED = frozenset(("block-has-tag", "mail-has-tag"))
_CONTENT = frozenset(
    (
        "re:satisfied", "re:yes-start", "re:concede", "re:plus-one", "re:done", "re:promise", "act:praise",
        "act:thanks", "act:applied", "act:that-said",
    )
)  # fmt: skip


def _about_it(found: list[Reaction], draft: Draft, reading: Reading) -> list[Reaction]:
    """Without what only seems to be about the point, in the order of time.

    What a raiser says further down in the talk is about the point where it answers a reaction to it; and a raiser who
    insists or asks on in the same mail has not let the point go, whatever else it grants.
    """
    scene = reading.scene
    insisting: dict[str, set[int]] = {}
    for one in found:
        asks = any("?" in each for each in reading.passages[one.block].each)
        if one.who == "raiser" and (one.type == "restated" or asks):
            insisting.setdefault(scene.blocks[one.block].msgid, set()).add(one.block)
    answers = _answers(draft.block, reading)  # to the point, and to what reacts to it
    kept = []
    for one in found:
        others = insisting.get(scene.blocks[one.block].msgid, set()) - {one.block}
        stray = one.relation == "chain" and one.block not in answers
        if one.who == "raiser" and one.type and (stray or (one.type == "withdrawn" and others)):
            kept.append(_none(one))
            continue
        if one.type:
            answers |= _answers(one.block, reading)
        kept.append(one)
    return kept


def _answers(block: int, reading: Reading) -> set[int]:
    return {answer.block for answer in reading.given.get(block, ())}


def _none(one: Reaction) -> Reaction:
    """The block as no reaction to the point."""
    return msgspec.structs.replace(one, type=None, chances=dict.fromkeys(one.chances, 0.0) | {"none": 1.0}, why="")


def telling_line(passage: Passage, kind: str) -> int:
    """Line of the sentence with most reaction words of that type; the first one on a tie."""
    wanted = _TELLING.get(kind, ())
    best, most = passage.sentences[0], -1
    for sentence, each in zip(passage.sentences[:6], passage.each, strict=False):
        score = sum(1 for name in wanted if name in each)
        if score > most and not sentence.code:
            best, most = sentence, score
    return best.best_line


_TELLING = {
    "accepted": ("re:promise", "re:concede", "re:done", "re:yes-start"),
    "answered": ("re:explain", "re:yes-start"),
    "disputed": ("re:dispute", "re:no-start", "act:why"),
    "restated": ("re:insist", "act:need", "act:object", "?"),
    "withdrawn": ("re:satisfied", "re:concede", "act:praise"),
}


def replay(steps: Iterable[tuple[str, str]]) -> Status:
    """Status after (who, type of reaction) in the order of time, as the annotation guidelines have it.

    What was agreed to stays accepted, also when the raiser is satisfied later; an answer that the raiser does not
    take leaves the point open.
    """
    status: Status = "open"
    for part, kind in steps:
        status = _after(status, part, kind)
    return status


def _after(status: Status, part: str, kind: str) -> Status:
    if kind == "accepted":
        return "accepted"
    if kind == "answered" and status in UNSETTLED:
        return "answered"
    if kind in ("disputed", "withdrawn") and status != "accepted":
        return cast(Status, kind)
    if kind == "restated" and part == "raiser" and status in ("answered", "withdrawn"):
        return "open"
    return status


def replayed(found: Iterable[Reaction]) -> dict[Status, float]:
    """Chance of each status when every reaction is taken with the chances of its types: the rule of `replay`."""
    now: dict[Status, float] = {"open": 1.0}
    for one in found:
        following: dict[Status, float] = {}
        for status, share in now.items():
            for kind, chance in one.chances.items():
                after = _after(status, one.who, kind)
                following[after] = following.get(after, 0.0) + share * chance
        now = following
    return now


def status_features(draft: Draft, found: Sequence[Reaction], reading: Reading) -> frozenset[str]:
    """What decides how a point stands at the end of the thread."""
    facts_here = list(_of_thread(draft, reading))
    traits = list(_of_point(draft, reading.scene))
    parts = [*_of_reactions(found), *(f"thread:{name}" for name in facts_here), *traits]
    if not found:
        parts.extend(f"silence:{name}" for name in (*facts_here, *traits))
    return frozenset(parts)


def _of_reactions(found: Sequence[Reaction]) -> Iterable[str]:
    hard = replay((one.who, one.type or "none") for one in found)
    soft = replay(
        (one.who, max((x for x in one.chances if x != "none"), key=lambda x: one.chances[x])) for one in found
    )
    people = "+".join(sorted({one.who for one in found})) or "nobody"
    yield from (f"replayed:{hard}", f"likeliest:{soft}", f"spoke:{people}", f"likeliest:{soft}:{people}")
    for status, chance in replayed(found).items():
        yield from (f"replayed:{status}>{limit}" for limit in (0.15, 0.3, 0.45, 0.6, 0.75) if chance > limit)
    if not found:
        return
    yield from (f"turns>{limit}" for limit in (2, 4, 6) if len(found) > limit)
    yield f"raiser-turns:{min(sum(one.who == 'raiser' for one in found), 3)}"
    yield f"last:{found[-1].who}"
    yield f"last:{found[-1].who}:{found[-1].type}"
    author = [one.chances for one in found if one.who == "author"]
    if author:
        against = max(
            one.get("disputed", 0.0) - max(one.get("accepted", 0.0), one.get("answered", 0.0)) for one in author
        )
        yield from (f"author-against>{limit}" for limit in (-0.6, -0.3, -0.1, 0.1, 0.3) if against > limit)
        agreed = max(one.get("accepted", 0.0) for one in author)
        yield from (f"author-agreed>{limit}" for limit in (0.1, 0.3, 0.5, 0.7) if agreed > limit)
    raiser = [one.chances for one in found if one.who == "raiser"]
    if raiser:
        content = raiser[-1].get("withdrawn", 0.0) - raiser[-1].get("restated", 0.0)
        yield from (f"raiser-content>{limit}" for limit in (-0.4, -0.1, 0.1, 0.4) if content > limit)


def _of_thread(draft: Draft, reading: Reading) -> Iterable[str]:
    scene, known = reading.scene, reading.facts
    here = scene.index[scene.blocks[draft.block].msgid]
    raiser = scene.people[here]
    later = [fact for fact in known if fact.rank > known[here].rank]
    people = [fact for fact in later if not fact.automated]
    mine = [fact for fact in people if scene.people[fact.number] & raiser]
    author = [fact for fact in people if fact.author]
    if any(scene.thread.parents[fact.number] == here for fact in author):
        yield "author-answered-mail"
    if any(fact.posts for fact in author):
        yield "later-version"
    if any(fact.tags for fact in mine):
        yield "raiser-tags-later"
    if any(fact.tags and not scene.people[fact.number] & raiser for fact in people):
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
    (
        "main:?", "main:act:nit", "main:act:applied", "main:act:praise", "block-has-tag", "tag-elsewhere",
        "rest:act:contrast", "rest:act:that-said", "rest:re:satisfied",
    )
)  # fmt: skip


def _repeated(merged: Merged, found: list[Reaction], reading: Reading) -> list[Reaction]:
    """The reactions with those blocks as restatements that were points of their own before they were merged."""
    again = merged.repeats | merged.seconds
    kept = [one for one in found if one.block not in again]
    for block in again:
        kept.append(
            Reaction(
                block=block,
                who=who(block, merged.draft, reading.scene),
                relation="chain",
                type="restated",
                chances={"restated": 1.0},
                line=telling_line(reading.passages[block], "restated"),
                why="raises the same again",
            )
        )
    return sorted(kept, key=lambda one: reading.scene.when(one.block))


def asides(draft: Draft, found: Sequence[Reaction], reading: Reading) -> list[Reaction]:
    """What settles the point without quoting it, where the talk about it does not."""
    status = replay((one.who, one.type or "none") for one in found)
    aside: Aside | None = None
    if status in UNSETTLED and (aside := unquoted.taken_back(draft, reading)):
        return [_aside(aside, draft, reading.scene)]
    if status in ("answered", "disputed"):
        last = max(reading.scene.when(one.block)[0] for one in found if one.type)
        aside = unquoted.tagged(draft, reading, last)
    elif status == "open" and not any(one.type for one in found):
        seen = frozenset(one.block for one in found)
        aside = (
            unquoted.by_raiser(draft, reading)
            or unquoted.named(draft, reading, seen)
            or unquoted.with_changes(draft, reading, seen)
            or unquoted.version(draft, reading)
        )
    return [_aside(aside, draft, reading.scene)] if aside else []


def _aside(one: Aside, draft: Draft, scene: Scene) -> Reaction:
    return Reaction(
        block=one.block,
        who=who(one.block, draft, scene),
        relation=one.relation,
        type=one.type,
        chances={one.type: 1.0},
        line=one.line,
        why=one.why,
    )


def outcome(merged: Merged, reading: Reading, weights: Weights, stops: frozenset[int]) -> Outcome:
    """`stops` are the blocks that surely hold points of their own: the talk does not go on through them."""
    draft = merged.draft
    found = reactions(draft, reading, weights, stops - merged.repeats - merged.seconds)
    found = _repeated(merged, found, reading)
    apart = asides(draft, found, reading)
    found = sorted([*found, *apart], key=lambda one: reading.scene.when(one.block))
    seen = status_features(draft, found, reading)
    model = weights.models["status"]
    chances = model.chances(seen)
    raising = frozenset(reading.scene.blocks[number].msgid for number in stops)
    letting_go = [one for one in found if not _asks_on(one, raising, reading.scene)]
    allowed = supported(letting_go, seen)
    best = max(sorted(allowed), key=lambda name: chances[name])
    told = replay((one.who, one.type or "none") for one in found)
    if apart or (best in UNSETTLED and told in UNSETTLED and told in allowed):
        best = told  # what is said in plain words counts; which of open and disputed it is the guidelines say
    shown = tuple(one for one in _promoted(found, best) if one.type)
    return Outcome(status=cast(Status, best), reactions=shown, why=f"{best}: {model.why(seen, best, 4)}")


def _asks_on(one: Reaction, raising: frozenset[str], scene: Scene) -> bool:
    """A raiser who may let the point go, but is not sure to, in a mail that raises points: it is about one of them."""
    unsure = one.type is None and one.who == "raiser" and likeliest(one) == "withdrawn"
    return unsure and scene.blocks[one.block].msgid in raising


def likeliest(one: Reaction) -> str:
    """The type of a reaction if it is one."""
    return one.type or max(sorted(x for x in one.chances if x != "none"), key=lambda x: one.chances[x])


def supported(found: Sequence[Reaction], seen: frozenset[str]) -> set[str]:
    """The statuses for which there is something to show: a reaction of that type, or what the thread did later."""
    allowed = {"open"}
    for one in found:
        kind = likeliest(one)
        if one.type is None and one.chances[kind] < SUPPORT:
            continue
        if kind != "restated" and (kind != "withdrawn" or one.who == "raiser"):
            allowed.add(kind)
    if found and "thread:raiser-tags-later" in seen:
        allowed.add("withdrawn")
    if seen & {"thread:later-version", "thread:applied-later"}:
        allowed.add("accepted")
    return allowed


def _promoted(found: list[Reaction], status: str) -> list[Reaction]:
    """With the last unsure reaction counted as one of the type that the status rests on, if no sure one is."""
    if any(one.type == status for one in found):
        return found
    for place in range(len(found) - 1, -1, -1):
        one = found[place]
        if one.type is None and likeliest(one) == status:
            return [*found[:place], msgspec.structs.replace(one, type=status), *found[place + 1 :]]
    return found
