"""How a thread looks at its end: taken, refused, or in need of a new version; and who is still waited for.

Both come from here, so that a report cannot wait for an answer to a patch that it calls accepted. Pure.
"""

import re
from collections.abc import Sequence
from typing import Literal

from threads import speech
from threads.model import UNSETTLED, Patch, Point, Value
from threads.reading import Fact, Reading
from threads.scene import patch_above
from threads.series import current
from threads.taken import Taken, taken

Verdict = Literal["merged-looking", "new-version-needed", "rejected", "undecided"]

# A promise about these is often kept by whoever applies the patch.
_WORDING = ("changelog", "process", "readability")
# What the author says who sends the change in another version. As text: few mails are asked.
_AGAIN = (
    r"(?i)\b(?:next|new|another|later) (?:version|revision|iteration|spin|posting|round|series)\b"
    r"|\bre-?spin"
    r"|\b(?:re-?send|re-?post|(?:send|post|submit) (?:it|this|them|the (?:patch|series)) again)\b"
)
_LINES, _LINE = 40, 400  # lines of an answer that are read, and characters of each
_REVIEWS = ("Reviewed-by", "Acked-by")


class Outcome(Value, frozen=True, kw_only=True):
    verdict: Verdict
    why: str
    past: frozenset[str]  # ids of unsettled points that nobody is waited for any more


def judge(points: Sequence[Point], reading: Reading) -> Outcome:
    """What the end of the thread says: who took it, who still objects, who gave a tag."""
    ranks = {message.msgid: reading.scene.rank[at] for at, message in enumerate(reading.scene.thread.messages)}
    took = sorted((fact for fact in reading.facts if fact.takes), key=lambda fact: (fact.automated, -fact.rank))
    scopes = [taken(reading.scene.thread.messages[fact.number].msgid, reading.scene) for fact in took]
    partly = _partly(took, scopes, reading)
    if took and partly is None:
        whole = next((fact for fact, scope in zip(took, scopes, strict=True) if scope.whole), took[0])
        return _taken(whole, points, ranks, reading)
    if not reading.scene.series:
        return Outcome(verdict="undecided", why="no patch is in this thread", past=frozenset())
    tags = [fact for fact in reading.facts if fact.tags and not fact.automated]
    gone = _gone(points, partly, ranks, reading)
    standing = [point for point in points if _stands(point) and point.id not in gone]
    cleared = [point for point in standing if _tag_after(point, tags, ranks, reading, by_raiser=True)]
    past = frozenset(point.id for point in cleared) | {x.id for x in points if x.id in gone and x.status in UNSETTLED}
    left = [point for point in standing if point.id not in past]
    promised = [
        point
        for point in points
        if point.status == "accepted" and point.id not in gone and not _kept(point, tags, ranks, reading)
    ]
    in_tree = f"; {partly.said}" if partly else ""
    refused = next((point for point in left if _refuses(point.text)), None)
    if refused:
        return Outcome(verdict="rejected", why=f"{refused.author} said no to it ({refused.id}){in_tree}", past=past)
    if left:
        return Outcome(verdict="new-version-needed", why=f"not settled: {_ids(left)}{in_tree}", past=past)
    if promised:
        return Outcome(verdict="new-version-needed", why=f"agreed to: {_ids(promised)}{in_tree}", past=past)
    if partly:
        return Outcome(verdict="merged-looking", why=partly.said, past=past)
    if not tags:
        return Outcome(verdict="undecided", why="no tag, no objection that stands, nobody took it", past=past)
    untagged = _untagged(tags, reading)
    said = f"after {_ids(cleared)}" if cleared else _beside(points)
    if untagged:
        said += f"; {_patches(untagged)} {'has' if len(untagged) == 1 else 'have'} none"
    return Outcome(verdict="merged-looking", why=f"{_givers(tags, reading)} gave a tag {said}", past=past)


class Partly(Value, frozen=True, kw_only=True):
    """Only some patches were taken: from which place in time each, and how that is said."""

    since: dict[str, int]  # by message-id of the patch
    said: str


def _partly(took: Sequence[Fact], scopes: Sequence[Taken], reading: Reading) -> Partly | None:
    """The single patches that were taken; None when nothing was, or the whole of a series."""
    if not took or any(scope.whole for scope in scopes):
        return None
    named = {scope.series.patches[0].msgid: scope.series for scope in scopes if scope.series and scope.series.patches}
    since: dict[str, int] = {}
    said: dict[str, list[Patch]] = {}
    for fact, scope in sorted(zip(took, scopes, strict=True), key=lambda pair: (pair[0].automated, pair[0].rank)):
        for patch in scope.series.patches if scope.series else ():
            if patch.number in scope.numbers and patch.msgid not in since:
                since[patch.msgid] = fact.rank
                said.setdefault(str(reading.scene.thread.messages[fact.number].author), []).append(patch)
    missing = [patch for one in named.values() for patch in one.patches if patch.msgid not in since]
    held = all(len(one.patches) >= one.expected for one in named.values())
    if not since or (held and not missing):
        return None
    told = [f"{who} says that {_which(patches, reading)} in a tree" for who, patches in said.items()]
    return Partly(since=since, said="; ".join(told[:3]))


def _which(patches: Sequence[Patch], reading: Reading) -> str:
    """ "patch 2 of 3 is", "patches 1 and 3 of 4 are", with the version where the thread holds several."""
    versions = {one.version for one in reading.scene.series}
    ordered = sorted({(patch.version, patch.number, patch.total): patch for patch in patches}.items())
    some = [patch for _, patch in ordered]
    named = f" of v{some[-1].version}" if len(versions) > 1 else ""
    total = f" of {some[-1].total}" if len({patch.version for patch in some}) == 1 else ""
    return f"{_patches(some)}{total}{named} {'is' if len(some) == 1 else 'are'}"


def _gone(points: Sequence[Point], partly: Partly | None, ranks: dict[str, int], reading: Reading) -> frozenset[str]:
    """Ids of the points that were raised against a patch before it was taken, though others of its series were not."""
    if partly is None:
        return frozenset()
    since = {point.id: partly.since.get(patch_above(reading.scene, point.msgid), -1) for point in points}
    return frozenset(point.id for point in points if ranks[point.msgid] <= since[point.id])


def _beside(points: Sequence[Point]) -> str:
    """What is left beside a tag: nothing, or points that stand against no patch."""
    small = {f"{point.weight}s" for point in points if point.status in UNSETTLED}
    return f"and only {' and '.join(sorted(small))} are open" if small else "and nothing stands against it"


def _taken(taken: Fact, points: Sequence[Point], ranks: dict[str, int], reading: Reading) -> Outcome:
    """What was left open before the patch was taken is past; what was raised after is not."""
    who = reading.scene.thread.messages[taken.number].author
    past = frozenset(point.id for point in points if point.status in UNSETTLED and ranks[point.msgid] <= taken.rank)
    late = [point for point in points if _stands(point) and point.id not in past]
    if late:
        return Outcome(verdict="new-version-needed", why=f"raised after {who} took it: {_ids(late)}", past=past)
    owed = [point for point in points if ranks[point.msgid] > taken.rank and _agreed_to(point, reading)]
    then = f"; agreed to after that: {_ids(owed)}" if owed else ""
    return Outcome(verdict="merged-looking", why=f"{who} says that it is in a tree{then}", past=past)


def _agreed_to(point: Point, reading: Reading) -> bool:
    """Accepted by the author in a later mail; whoever raised it may mend it in the same breath."""
    agreed = (event for event in point.events if event.type == "accepted" and event.msgid != point.msgid)
    return point.status == "accepted" and any(reading.scene.is_author(event.msgid) for event in agreed)


def _stands(point: Point) -> bool:
    if point.weight == "nit":
        return False
    return point.status == "disputed" or (point.status == "open" and point.weight != "question")


def _tag_after(point: Point, tags: Sequence[Fact], ranks: dict[str, int], reading: Reading, *, by_raiser: bool) -> bool:
    """A tag was given to the same patch, or to the whole series, in or after the last mail about the point."""
    mails = reading.scene.thread.messages
    last = _last(point, ranks)
    under = patch_above(reading.scene, point.msgid)
    return any(
        fact.rank >= last
        and (not by_raiser or reading.scene.same(mails[fact.number].msgid, point.msgid))
        and _covers(patch_above(reading.scene, mails[fact.number].msgid), under, reading)
        for fact in tags
    )


def _last(point: Point, ranks: dict[str, int]) -> int:
    """The place in time of the last mail about the point."""
    return max(ranks[msgid] for msgid in (point.msgid, *(event.msgid for event in point.events)))


def _covers(tagged: str, patch: str, reading: Reading) -> bool:
    """What is said of the posted mail `tagged` holds for `patch` too: it is the same, or no single patch."""
    one = reading.scene.patches.get(tagged)
    return tagged == patch or one is None or one.number == 0 or patch not in reading.scene.patches


def _kept(point: Point, tags: Sequence[Fact], ranks: dict[str, int], reading: Reading) -> bool:
    """What was agreed to needs no new version any more.

    A version was posted or a tag given after it; or it is wording or a nit, which may be mended on the way in, and the
    patch has a tag. Who speaks of another version sends one.
    """
    if _posted_since(point, ranks, reading):
        return True
    if _speaks_of_another(point, reading):
        return False
    if point.weight == "nit":
        return True
    under = patch_above(reading.scene, point.msgid)
    mails = reading.scene.thread.messages
    tagged = any(_covers(patch_above(reading.scene, mails[fact.number].msgid), under, reading) for fact in tags)
    if point.weight != "blocking" and point.kind in _WORDING and tagged:
        return True
    return _tag_after(point, tags, ranks, reading, by_raiser=False)


def _posted_since(point: Point, ranks: dict[str, int], reading: Reading) -> bool:
    """The author posted a later version in this thread after the last mail about the point."""
    scene = reading.scene
    under = scene.patches.get(patch_above(scene, point.msgid))
    mails = scene.thread.messages
    return under is not None and any(
        fact.posts
        and fact.author
        and fact.rank >= _last(point, ranks)
        and scene.patches[mails[fact.number].msgid].version > under.version
        for fact in reading.facts
    )


def _speaks_of_another(point: Point, reading: Reading) -> bool:
    """The author agreed to the point and speaks of another version in the same breath."""
    scene = reading.scene
    under = scene.patches.get(patch_above(scene, point.msgid))
    version = under.version + 1 if under is not None else 2
    for event in point.events:
        block = scene.block_of.get((event.msgid, event.line))
        if event.type != "accepted" or block is None or not scene.is_author(event.msgid):
            continue
        said = " ".join(line.text[:_LINE].strip() for line in scene.blocks[block].lines[:_LINES])
        if re.search(_AGAIN, said) or f" v{version}" in f" {said.lower()}":
            return True
    return False


def _untagged(tags: Sequence[Fact], reading: Reading) -> list[Patch]:
    """Patches of the series under review that have no review tag, neither in themselves nor in a reply."""
    mails = reading.scene.thread.messages
    last = current(reading.scene.thread, reading.scene.series)
    under = {patch_above(reading.scene, mails[fact.number].msgid) for fact in tags}
    if last is None or len(last.patches) < 2 or (last.cover is not None and last.cover.msgid in under):
        return []
    return [
        patch
        for patch in last.patches
        if patch.msgid not in under and not any(trailer.name in _REVIEWS for trailer in patch.trailers)
    ]


def _patches(patches: Sequence[Patch]) -> str:
    """ "patch 2", "patches 1 and 3", "5 patches"."""
    numbers = [str(patch.number) for patch in patches]
    if len(numbers) == 1:
        return f"patch {numbers[0]}"
    return f"patches {', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) <= 4 else f"{len(numbers)} patches"


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
