"""How a thread looks at its end: taken, refused, or in need of a new version; and who is still waited for.

Both come from here, so that a report cannot wait for an answer to a patch that it calls accepted. Pure.
"""

from collections.abc import Sequence
from typing import Literal

from threads import promises, speech
from threads.model import UNSETTLED, Patch, Point, Value
from threads.reading import Fact, Reading
from threads.scene import patch_above
from threads.series import current
from threads.taken import Taken, taken

Verdict = Literal["merged-looking", "new-version-needed", "rejected", "undecided"]

# A promise about these is often kept by whoever applies the patch.
_WORDING = ("changelog", "process", "readability")
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
    shared = _shared(took, scopes, reading)
    if took and (shared is None or shared.complete):
        whole = next((fact for fact, scope in zip(took, scopes, strict=True) if scope.whole), took[0])
        return _taken(whole, points, ranks, reading, shared.said if shared and shared.several else "")
    partly = shared
    if not reading.scene.series:
        return Outcome(verdict="undecided", why="no patch is in this thread", past=frozenset())
    tags = [fact for fact in reading.facts if fact.tags and not fact.automated]
    gone = _gone(points, partly, ranks, reading)
    standing = [point for point in points if _stands(point) and point.id not in gone]
    cleared = [point for point in standing if _tag_after(point, tags, ranks, reading, by_raiser=True)]
    past = frozenset(point.id for point in cleared) | {x.id for x in points if x.id in gone and x.status in UNSETTLED}
    left = [point for point in standing if point.id not in past]
    heard = _heard(reading)
    declined = max((one.rank for one in heard if one.author and promises.declines(one.said)), default=-1)
    promised = [
        point
        for point in points
        if point.status == "accepted"
        and point.id not in gone
        and not _kept(point, tags, ranks, reading)
        and _last(point, ranks) > declined
    ]
    checks = [point for point in promised if _only_checks(point, reading)]
    owed = [point for point in promised if point not in checks]
    in_tree = f"; {partly.said}" if partly else ""
    refused = next((point for point in left if _refuses(point.text)), None)
    if refused:
        return Outcome(verdict="rejected", why=f"{refused.author} said no to it ({refused.id}){in_tree}", past=past)
    if left:
        return Outcome(verdict="new-version-needed", why=f"not settled: {_ids(left)}{in_tree}", past=past)
    to_check = f"to be tested or checked: {_ids(checks)}" if checks else ""
    if owed:
        agreed = "; ".join(filter(None, (f"agreed to: {_ids(owed)}", to_check)))
        return Outcome(verdict="new-version-needed", why=f"{agreed}{in_tree}", past=past)
    if coming := _coming(heard, tags, partly, reading):
        return Outcome(verdict="new-version-needed", why=f"{coming}{in_tree}", past=past)
    if checks:
        return Outcome(verdict="undecided", why=f"{to_check}{in_tree}", past=past)
    if partly:
        return Outcome(verdict="merged-looking", why=partly.said, past=past)
    if not tags:
        return Outcome(verdict="undecided", why="no tag, no objection that stands, nobody took it", past=past)
    untagged = _untagged(tags, reading)
    said = f"after {_ids(cleared)}" if cleared else _beside(points)
    if untagged:
        said += f"; {_patches(untagged)} {'has' if len(untagged) == 1 else 'have'} none"
    return Outcome(verdict="merged-looking", why=f"{_givers(tags, reading)} gave a tag {said}", past=past)


class Shared(Value, frozen=True, kw_only=True):
    """Patches were taken one by one: from which place in time each, and how that is said."""

    since: dict[str, int]  # by message-id of the patch
    complete: bool  # no patch of the series is left
    several: bool  # by more than one person
    said: str


def _shared(took: Sequence[Fact], scopes: Sequence[Taken], reading: Reading) -> Shared | None:
    """The single patches that were taken; None when nothing was, or by somebody the whole of a series."""
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
    if not since:
        return None
    told = [f"{who} says that {_which(patches, reading)} in a tree" for who, patches in said.items()]
    complete = held and not missing
    return Shared(since=since, complete=complete, several=len(said) > 1, said="; ".join(told[:3]))


def _which(patches: Sequence[Patch], reading: Reading) -> str:
    """ "patch 2 of 3 is", "patches 1 and 3 of 4 are", with the version where the thread holds several."""
    versions = {one.version for one in reading.scene.series}
    ordered = sorted({(patch.version, patch.number, patch.total): patch for patch in patches}.items())
    some = [patch for _, patch in ordered]
    named = f" of v{some[-1].version}" if len(versions) > 1 else ""
    total = f" of {some[-1].total}" if len({patch.version for patch in some}) == 1 else ""
    return f"{_patches(some)}{total}{named} {'is' if len(some) == 1 else 'are'}"


def _gone(points: Sequence[Point], partly: Shared | None, ranks: dict[str, int], reading: Reading) -> frozenset[str]:
    """Ids of the points that were raised against a patch before it was taken, though others of its series were not."""
    if partly is None:
        return frozenset()
    since = {point.id: partly.since.get(patch_above(reading.scene, point.msgid), -1) for point in points}
    return frozenset(point.id for point in points if ranks[point.msgid] <= since[point.id])


def _beside(points: Sequence[Point]) -> str:
    """What is left beside a tag: nothing, or points that stand against no patch."""
    small = {f"{point.weight}s" for point in points if point.status in UNSETTLED}
    return f"and only {' and '.join(sorted(small))} are open" if small else "and nothing stands against it"


def _taken(taken: Fact, points: Sequence[Point], ranks: dict[str, int], reading: Reading, said: str) -> Outcome:
    """What was left open before the patch was taken is past; what was raised after is not.

    `said` tells who took which part where one did not take all.
    """
    who = reading.scene.thread.messages[taken.number].author
    past = frozenset(point.id for point in points if point.status in UNSETTLED and ranks[point.msgid] <= taken.rank)
    late = [point for point in points if _stands(point) and point.id not in past]
    if late:
        return Outcome(verdict="new-version-needed", why=f"raised after {who} took it: {_ids(late)}", past=past)
    owed = [point for point in points if ranks[point.msgid] > taken.rank and _agreed_to(point, reading)]
    then = f"; agreed to after that: {_ids(owed)}" if owed else ""
    return Outcome(verdict="merged-looking", why=f"{said or f'{who} says that it is in a tree'}{then}", past=past)


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


def _agreeing(point: Point, reading: Reading) -> list[str]:
    """What the author says in the breath in which he agrees to the point, for each time."""
    scene = reading.scene
    agreed = (event for event in point.events if event.type == "accepted" and scene.is_author(event.msgid))
    blocks = (scene.block_of.get((event.msgid, event.line)) for event in agreed)
    return [
        " ".join(line.text[:_LINE].strip() for line in scene.blocks[block].lines[:_LINES])
        for block in blocks
        if block is not None
    ]


def _speaks_of_another(point: Point, reading: Reading) -> bool:
    """The author agreed to the point and speaks of another version in the same breath."""
    under = reading.scene.patches.get(patch_above(reading.scene, point.msgid))
    version = under.version + 1 if under is not None else 2
    return any(promises.speaks_of_another(said, version) for said in _agreeing(point, reading))


def _only_checks(point: Point, reading: Reading) -> bool:
    """All that the author agreed to is to test or to look."""
    said = _agreeing(point, reading)
    asked = point.kind == "testing" or (point.kind == "evidence" and point.weight == "question")
    return bool(said) and all(promises.only_checks(one, asked=asked) for one in said)


class Heard(Value, frozen=True, kw_only=True):
    """The own words of a mail that posts nothing."""

    msgid: str
    rank: int
    author: bool
    said: str


def _heard(reading: Reading) -> list[Heard]:
    """What people said, in the order of time."""
    scene = reading.scene
    found = []
    for fact in sorted(reading.facts, key=lambda fact: fact.rank):
        if fact.posts or fact.automated:
            continue
        msgid = scene.thread.messages[fact.number].msgid
        own = [line.text[:_LINE].strip() for line in scene.lines(msgid).lines if line.kind in ("own", "blank")]
        said = "\n".join(own[: _LINES * 2])
        found.append(Heard(msgid=msgid, rank=fact.rank, author=fact.author, said=said))
    return found


def _coming(heard: Sequence[Heard], tags: Sequence[Fact], partly: Shared | None, reading: Reading) -> str:
    """Who promised another version, or asked for one, when nothing that was said or posted since makes it needless."""
    scene = reading.scene
    posted = max((fact.rank for fact in reading.facts if fact.posts and fact.author), default=-1)
    tagged = max((fact.rank for fact in tags), default=-1)
    for place in range(len(heard) - 1, -1, -1):
        one = heard[place]
        if one.rank < posted or (promises.declines if one.author else promises.needless)(one.said):
            return ""
        if partly and one.rank <= partly.since.get(patch_above(scene, one.msgid), -1):
            continue
        under = scene.patches.get(patch_above(scene, one.msgid))
        who = scene.message(one.msgid).author
        if one.author and one.rank > tagged and (next_one := promises.promise(one.said, under.version if under else 1)):
            return f"{next_one} is promised by {who}"
        if not one.author and promises.request(one.said):
            return f"another version is asked for by {who}"
    return ""


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
