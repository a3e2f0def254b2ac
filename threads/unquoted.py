"""Reactions to a point that quote nothing of it.

A later mail of the author may name the raiser and agree; the raiser may give a review tag after an answer; the author
may post a version that has the change; and a maintainer may say in one breath what is wrong and that it was changed
when the patch was applied. Each rule is narrow, and the caller asks only where the talk about the point leaves it
unsettled. Pure.
"""

import re
from collections.abc import Callable

from threads import speech
from threads.features import Passage
from threads.model import EventType, Value
from threads.points import Draft
from threads.reading import Fact, Reading
from threads.scene import Scene, patch_above

MAX_LATER = 50  # later mails looked at
MAX_TEXT = 400  # characters of a sentence that are looked at
# What a maintainer says who changed it on the way in, or somebody who takes the work on.
# As text, with words of which one is in every match: few mails say so, and re keeps what it has compiled.
_CHANGED = (
    r"(?i)(?:thanks?(?: you)?[,.!]? )?(?:i(?:'ve| have)? )?(?:also |just )?"
    r"(?:applied|modified|changed|fixed|edited|folded|tweaked|reworded|adjusted|dropped|updated|amended) "
    r"(?:up |it |this |that )?(?:with|in|into|to|while|when|on|a|an|the|and)\b"
)
_CHANGES = (
    "applied", "modified", "changed", "fixed", "edited", "folded", "tweaked", "reworded", "adjusted", "dropped",
    "updated", "amended",
)  # fmt: skip
_TAKES_ON = (
    r"(?i)\b(?:will|i'll) (?:submit|send|post|prepare|write) (?:a|the|another|a separate) (?:patch|fix)\b"
    r"|\b(?:i will|i'll) (?:update|fix|amend|fold|edit|adjust|tweak|reword|change) (?:it|this|that|these|them|the"
    r" (?:commit|patch|changelog|subject|comment|title|message|wording))"
    r"(?: up| in| here| myself| when\b| while\b|[.,;]|$)"
)
_TAKES = (
    "submit", "send", "post", "prepare", "write",
    "update", "fix", "amend", "fold", "edit", "adjust", "tweak", "reword", "change",
)  # fmt: skip
_BACK = (
    r"(?i)\b(?:ignore (?:this|that|my|me|the above)\b|never ?mind|scratch (?:that|this)\b|disregard (?:this|that|my)\b)"
)
_TAKEN_BACK = ("ignore", "never", "scratch", "disregard")
_WORD = re.compile(r"[A-Za-z]+")
_AGREES = frozenset(("re:promise", "re:done", "re:concede"))
# First names that are words as well.
_PLAIN = speech.COMMON | {"will", "mark", "bill", "grant", "guy", "art", "pat", "sue", "drew", "grace", "hope", "joy"}


class Aside(Value, frozen=True, kw_only=True):
    """A block that settles a point without quoting it."""

    block: int
    relation: str  # self, later, named, tag, version
    type: EventType
    line: int  # the line to quote
    why: str


def by_raiser(draft: Draft, reading: Reading) -> Aside | None:
    """The point says itself that it was, or will be, taken care of by who raises it."""
    passage = reading.passages[draft.block]
    author = reading.scene.is_author(_raised(draft, reading.scene))
    for place in draft.sentences:
        sentence, each = passage.sentences[place], passage.each[place]
        if sentence.code:
            continue
        text = sentence.text[:MAX_TEXT]
        own_mistake = author and "re:concede" in each and place == draft.main
        if own_mistake or _says(text):
            why = "who raised it says that it is taken care of"
            return Aside(block=draft.block, relation="self", type="accepted", line=sentence.best_line, why=why)
    return None


def _says(text: str) -> bool:
    lower = text.lower()
    changed = any(word in lower for word in _CHANGES) and re.match(_CHANGED, text)
    return bool(changed or (any(word in lower for word in _TAKES) and re.search(_TAKES_ON, text)))


def _raised(draft: Draft, scene: Scene) -> str:
    return scene.blocks[draft.block].msgid


def taken_back(draft: Draft, reading: Reading) -> Aside | None:
    """An answer of the raiser to their own mail that says to ignore it."""
    scene = reading.scene
    raised = _raised(draft, scene)
    for child in scene.children[scene.index[raised]][:MAX_LATER]:
        msgid = scene.thread.messages[child].msgid
        if not scene.same(msgid, raised) or scene.posts(msgid):
            continue
        for block in scene.blocks_in.get(msgid, ()):
            for sentence in reading.passages[block].sentences:
                text = sentence.text[:MAX_TEXT]
                lower = text.lower()
                if not sentence.code and any(word in lower for word in _TAKEN_BACK) and re.search(_BACK, text):
                    why = "who raised it says to ignore it"
                    line = sentence.best_line
                    return Aside(block=block, relation="later", type="withdrawn", line=line, why=why)
    return None


def named(draft: Draft, reading: Reading, seen: frozenset[int]) -> Aside | None:
    """A later block of the author, not among those seen, that agrees to something and names the raiser."""
    scene = reading.scene
    raised = _raised(draft, scene)
    names = _names(scene, raised)
    if scene.is_author(raised) or not names:
        return None
    for msgid in _later(raised, reading, lambda fact: fact.author and not fact.posts):
        for block in scene.blocks_in.get(msgid, ()):
            line = None if block in seen else _naming(reading.passages[block], names)
            if line is not None:
                why = "agrees and names the raiser"
                return Aside(block=block, relation="named", type="accepted", line=line, why=why)
    return None


def with_changes(draft: Draft, reading: Reading, seen: frozenset[int]) -> Aside | None:
    """A later mail which says that a version with what was asked for is sent, or that the patch went in with edits."""
    scene = reading.scene
    raised = _raised(draft, scene)
    for msgid in _later(raised, reading, lambda fact: fact.with_changes is not None):
        said = reading.facts[scene.index[msgid]].with_changes
        if said is not None and said[0] not in seen:
            why = "what was asked for is said to be in a version, or in what was taken"
            return Aside(block=said[0], relation="named", type="accepted", line=said[1], why=why)
    return None


def _naming(passage: Passage, names: frozenset[str]) -> int | None:
    """The line that names one of them, not as the first word, in a block that agrees to something."""
    if not any(each & _AGREES for each in passage.each):
        return None
    for sentence in passage.sentences:
        if not sentence.code and names.intersection(_WORD.findall(sentence.text[:MAX_TEXT])[1:]):
            return sentence.best_line
    return None


def _names(scene: Scene, msgid: str) -> frozenset[str]:
    name = scene.message(msgid).author.name.split("(")[0].split(" via ")[0][:120]
    return frozenset(
        word for word in _WORD.findall(name) if len(word) > 1 and word[0].isupper() and word.lower() not in _PLAIN
    )


def _later(msgid: str, reading: Reading, wanted: Callable[[Fact], bool]) -> list[str]:
    """Mails after that one in the order of time, those of programs left out."""
    here = reading.facts[reading.scene.index[msgid]].rank
    found = [fact for fact in reading.facts if fact.rank > here and not fact.automated and wanted(fact)]
    found.sort(key=lambda fact: fact.rank)
    return [reading.scene.thread.messages[fact.number].msgid for fact in found[:MAX_LATER]]


def tagged(draft: Draft, reading: Reading, after: int) -> Aside | None:
    """A review tag of the raiser, under the same patch, in a mail later than place `after` in the order of time."""
    scene = reading.scene
    raised = _raised(draft, scene)
    under = patch_above(scene, raised)
    for msgid in _later(raised, reading, lambda fact: fact.tags and fact.rank > after):
        line = scene.tag_lines(msgid)[0]
        block = scene.block_of.get((msgid, line))
        if block is not None and scene.same(msgid, raised) and patch_above(scene, msgid) == under:
            why = "a review tag after the answer"
            return Aside(block=block, relation="tag", type="withdrawn", line=line, why=why)
    return None


def version(draft: Draft, reading: Reading) -> Aside | None:
    """A later version that the author posted in this thread."""
    scene = reading.scene
    raised = _raised(draft, scene)
    under = scene.patches.get(patch_above(scene, raised))
    for msgid in _later(raised, reading, lambda fact: fact.posts and fact.author):
        blocks = scene.blocks_in.get(msgid, ())
        if blocks and under is not None and scene.patches[msgid].version > under.version:
            line = _note(blocks[0], draft, scene)
            why = "a later version was posted"
            return Aside(block=blocks[0], relation="version", type="accepted", line=line, why=why)
    return None


def _note(block: int, draft: Draft, scene: Scene) -> int:
    """The line of the new version's message that shares most words with the point."""
    wanted = {word for word in speech.tokens(draft.text) if len(word) > 3}
    lines = [line for line in scene.blocks[block].lines if line.text.strip()]
    lines = [line for line in lines if line.kind == "own"] or lines
    return max(lines, key=lambda line: (len(wanted.intersection(speech.tokens(line.text))), -line.number)).number
