"""How a thread looks at its end: taken, refused, or in need of a new version; and who is still waited for.

Both come from here, so that a report cannot wait for an answer to a patch that it calls accepted. Pure.
"""

from collections.abc import Sequence
from typing import Literal

from threads import speech
from threads.model import Point, Value
from threads.reading import Fact, Reading

Verdict = Literal["merged-looking", "new-version-needed", "rejected", "undecided"]

# A promise about these is often kept by whoever applies the patch.
_WORDING = ("changelog", "process", "readability")


class Outcome(Value, frozen=True, kw_only=True):
    verdict: Verdict
    why: str
    past: frozenset[str]  # ids of unsettled points that nobody is waited for any more


def judge(points: Sequence[Point], reading: Reading) -> Outcome:
    """What the end of the thread says: who took it, who still objects, who gave a tag."""
    ranks = {message.msgid: reading.scene.rank[at] for at, message in enumerate(reading.scene.thread.messages)}
    taken = max(
        (fact for fact in reading.facts if fact.takes), key=lambda fact: (not fact.automated, fact.rank), default=None
    )
    if taken is not None:
        return _taken(taken, points, ranks, reading)
    if not reading.scene.series:
        return Outcome(verdict="undecided", why="no patch is in this thread", past=frozenset())
    tags = [fact for fact in reading.facts if fact.tags and not fact.automated]
    standing = [point for point in points if _stands(point)]
    cleared = [point for point in standing if _tag_after(point, tags, ranks, reading, by_raiser=True)]
    past = frozenset(point.id for point in cleared)
    left = [point for point in standing if point.id not in past]
    promised = [
        point
        for point in points
        if point.status == "accepted" and point.weight != "nit" and not _kept(point, tags, ranks, reading)
    ]
    refused = next((point for point in left if _refuses(point.text)), None)
    if refused:
        return Outcome(verdict="rejected", why=f"{refused.author} said no to it ({refused.id})", past=past)
    if left:
        return Outcome(verdict="new-version-needed", why=f"not settled: {_ids(left)}", past=past)
    if promised:
        return Outcome(verdict="new-version-needed", why=f"agreed to: {_ids(promised)}", past=past)
    if not tags:
        return Outcome(verdict="undecided", why="no tag, no objection that stands, nobody took it", past=past)
    said = f"after {_ids(cleared)}" if cleared else "and nothing stands against it"
    return Outcome(verdict="merged-looking", why=f"{_givers(tags, reading)} gave a tag {said}", past=past)


def _taken(taken: Fact, points: Sequence[Point], ranks: dict[str, int], reading: Reading) -> Outcome:
    """What was left open before the patch was taken is past; what was raised after is not."""
    who = reading.scene.thread.messages[taken.number].author
    past = frozenset(
        point.id for point in points if point.status in ("open", "disputed") and ranks[point.msgid] <= taken.rank
    )
    late = [point for point in points if _stands(point) and point.id not in past]
    if late:
        return Outcome(verdict="new-version-needed", why=f"raised after {who} took it: {_ids(late)}", past=past)
    return Outcome(verdict="merged-looking", why=f"{who} says that it is in a tree", past=past)


def _stands(point: Point) -> bool:
    if point.weight == "nit":
        return False
    return point.status == "disputed" or (point.status == "open" and point.weight != "question")


def _tag_after(point: Point, tags: Sequence[Fact], ranks: dict[str, int], reading: Reading, *, by_raiser: bool) -> bool:
    """A tag was given in or after the last mail about the point."""
    mails = reading.scene.thread.messages
    last = max(ranks[msgid] for msgid in (point.msgid, *(event.msgid for event in point.events)))
    return any(
        fact.rank >= last and (not by_raiser or reading.scene.same(mails[fact.number].msgid, point.msgid))
        for fact in tags
    )


def _kept(point: Point, tags: Sequence[Fact], ranks: dict[str, int], reading: Reading) -> bool:
    """What was agreed to needs no new version: a tag came after, or it is wording and there is a tag."""
    if point.weight != "blocking" and point.kind in _WORDING and tags:
        return True
    return _tag_after(point, tags, ranks, reading, by_raiser=False)


def _givers(tags: Sequence[Fact], reading: Reading) -> str:
    mails = reading.scene.thread.messages
    names = list(dict.fromkeys(str(mails[fact.number].author) for fact in sorted(tags, key=lambda one: one.rank)))
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _ids(points: Sequence[Point]) -> str:
    return ", ".join(point.id for point in points)


def _refuses(text: str) -> bool:
    return bool({"nak", "nack", "naked-by", "nacked-by"}.intersection(speech.tokens(text)))
