"""A thread read once for all that the ledger asks of it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from threads import features, talk
from threads.features import Passage
from threads.model import Value
from threads.scene import Scene
from threads.talk import Answer

MAX_BLOCKS = 400  # comment blocks of one mail


class Fact(Value, frozen=True, kw_only=True):
    """What one mail says beyond its arguments; the same for every point, so read once."""

    number: int
    rank: int
    author: bool
    tags: bool
    takes: bool
    posts: bool
    automated: bool
    with_changes: tuple[int, int] | None  # block and line which say that what was asked for is in it


def facts(scene: Scene, passages: Sequence[Passage]) -> tuple[Fact, ...]:
    """One for each message of the thread, in its order."""
    return tuple(
        Fact(
            number=number,
            rank=scene.rank[number],
            author=scene.began(message.msgid),
            tags=bool(scene.tag_lines(message.msgid)) and not scene.posts(message.msgid),
            takes=takes_it(scene, number),
            posts=scene.posts(message.msgid),
            automated=bool(message.automated),
            with_changes=with_changes(message.msgid, scene, passages),
        )
        for number, message in enumerate(scene.thread.messages)
    )


class Reading(Value, frozen=True, kw_only=True):
    """The scene, its comment blocks taken apart, which block answers which, and what each mail says by the way."""

    scene: Scene
    passages: tuple[Passage, ...]  # by block
    given: dict[int, list[Answer]]  # answers by the block answered
    facts: tuple[Fact, ...]  # by message


def read(scene: Scene) -> Reading:
    """Take every comment block apart, once for all that is asked of it later."""
    passages = tuple(_passage(number, scene) for number in range(len(scene.blocks)))
    return Reading(scene=scene, passages=passages, given=talk.answers(scene), facts=facts(scene, passages))


def _passage(number: int, scene: Scene) -> Passage:
    """Blocks far down in a mail of hundreds are left unread; nobody writes such mails."""
    if scene.blocks[number].number >= MAX_BLOCKS:
        return Passage(block=number, sentences=(), shared=frozenset(), each=())
    return features.passage(number, scene)


def takes_it(scene: Scene, number: int) -> bool:
    """Somebody, or the program that watches a tree, says that the patch is in it."""
    own = [line for line in scene.quoting.messages[number].lines if line.kind == "own"][:8]
    texts = [line.text.strip().lower() for line in own]
    goes_on = {
        second.number
        for first, second in pairwise(own)
        if second.number == first.number + 1 and first.text.rstrip()[-1:] not in _ENDS
    }
    return any(
        (
            line.number not in goes_on
            and not text.startswith(_SUPPOSED)
            and _says_taken(text[:_MOST], texts[place + 1 :])
        )
        or (any(said in text for said in _SAID) and not text.startswith(_SUPPOSED))
        for place, (line, text) in enumerate(zip(own, texts, strict=True))
    )


def _says_taken(text: str, below: Sequence[str]) -> bool:
    """`below` are the lines that follow: there somebody who only tries a patch says what came of it."""
    said = re.sub(_THANKED, "", text)
    if said.startswith(_TAKEN):
        return not re.search(_TRIED_IT, said)
    return _took(text) or (bool(re.match(_TOOK_THEM, said)) and not _tried(said, "thank" in text, below))


def _tried(said: str, thanked: bool, below: Sequence[str]) -> bool:
    """Taken to see what it does: in the same line, or in the next unless the sentence is over and gives thanks."""
    after = next((line[:_MOST] for line in below if line), "")
    over = thanked and said[-1:] in _ENDS
    return bool(re.search(_TRIED, said if over else f"{said} {after}"))


def _took(text: str) -> bool:
    hinted = any(place in text for place in _PLACES) and any(verb in text for verb in _VERBS)
    return hinted and bool(re.match(_I_TOOK, text))


# "I pushed these to the for-next branch", "Seems to work so I'm moving it to misc-next", "Added to misc-next". As text:
# few mails say so.
_I_TOOK = (
    r"(?:(?:^|.{0,60}\b)(?:i|i've|i have|i'm|i am)(?: now| just| tentatively)?(?: rebased and)?"
    r" (?:pushed|queued|applied|merged|picked|committed|staged|landed|took|moved"
    r"|moving|queuing|applying|merging|picking|taking)(?: up)?"
    r" (?:it|this|these|them|both|all|(?:the|this) (?:patch|patches|series|set|patch set))(?: \w{1,9}){0,3}"
    r"|^(?:thanks?(?: you)?[,.!]? |with [\w ]{1,30}[ ,])?(?:added|tentatively merged(?: [\w-]{1,12}){0,4})|^pushed)"
    r" (?:to|in|into|onto|for|on) (?:(?:the|my|our) )?(?:[^\s,]{1,20} ){0,2}"
    r"(?:\S{0,30}(?:next|tree|fixes|queue|branch)\b|(?<=for )\d)"
    r"(?!.*\b(?:test|tests|tested|testing|ran|run|boot|booted|built|tried)\b)"
)
_MOST = 200  # characters of a line that are looked at
_PLACES = ("next", "tree", "fixes", "queue", "branch", "for ")
_VERBS = ("push", "queu", "appl", "merg", "pick", "commit", "stage", "landed", "took", "mov", "taking", "added")
_SAID = ("applied to", "applied, thanks", "has been merged into")
_ENDS = (".", "!", "?", ":", ",", ";")
_SUPPOSED = ("if ", "[if ")  # "[If your patch is applied to the wrong git tree" of a build robot
_TAKEN = ("applied", "queued", "pushed to", "merged", "pulled", "picked up", "now queued up", "all now queued up")
_THANKED = r"^(?:looks good(?: to me)?[,.!]+|(?:(?:many|ok|okay|great)[,.!]? )?(?:thanks|thank you)[,.!;:]*(?: -+)?) "
# What is said without a tree: "Applying, with Bo's tag, thanks", "all of these are now queued up", "I've merged it".
_TOOK_THEM = (
    r"applying(?:[,.!]|(?=,? (?:with|this|these|it|them|both|all|to|for|now|thanks)\b))"
    r"(?!.*\b(?:fix\w*|fail\w*|break\w*|gives?|gave|makes?|made|caus\w+|help\w*|works?|results?|solves?|leads?|needs?"
    r"|would|will|should|could|can|may|might|must|is|was|does|did|do|seems?|shows?|gets?|got)\b|.*\?)"
    r"|(?:all of |both of )?(?:this|these|it|they|them|both|all)(?: patch(?:es)?| series)? (?:is|are)(?: all)?"
    r" (?:now queued\b(?: up)?|queued up\b)(?=$|[,.!;]| (?:for|in|thanks|with)\b)"
    r"|(?:all|both|patch-?set|patch|patches|series)(?: \w{1,6})? (?:applied|queued|pushed|merged)"
    r"(?: up)?(?=$|[,.!;]| (?:for|thanks|with)\b)"
    r"|(?:i've|i have|i)(?: now| just| also)? (?:applied|queued|merged|picked|pulled|taken|took)(?: up)?"
    r"(?: just| only)? (?:(?:it|this|these|them|both|all)(?: one)?|[\w./-]{1,60} from your tree"
    r"|(?:patch(?:es)? )?#?\d{1,3}(?:/\d{1,3})?(?:(?:,| and| to|-|&) ?\d{1,3}(?:/\d{1,3})?)*"
    r"|(?:the|this|these|your|both|all)(?: \w{1,7}){0,2}"
    r" (?:patch-?set|patch|patches|patch series|patch set|series|set)(?: from this (?:patch )?series)?)"
    r"(?: up| in| now)?(?: yesterday| today| on top)?(?=$|[.,!;:(]| thank| with\b| to (?!v?\d)| for\b| -"
    r"| and (?:will|i'll|pushed|queued|fixed|tweaked|updated|dropped|added|edited|folded)\b)"
)
_TRIED = (
    r"\b(?:(?<!for )test(?!ed-by)\w*|ran|runs?|running|boot\w*|built|build\w*|tried|try|local|locally"
    r"|reproduc\w*|verif\w*|still (?:see|hit|get|there|happen|trigger)\w*|fail\w*"
    r"|crash\w*|works?|passe[sd]|on top of|see (?:if|whether|how))\b"
)
_TRIED_IT = r"^applied\b.*(?:\b(?:ran|booted|tried|locally)\b)"


def with_changes(msgid: str, scene: Scene, passages: Sequence[Passage]) -> tuple[int, int] | None:
    """ "Sent v3 with all the fixes" of the author, "added to misc-next with minor fixups" of somebody else."""
    if scene.posts(msgid):
        return None
    ways = _SENT if scene.is_author(msgid) else _TOOK_WITH
    for block in scene.blocks_in.get(msgid, ()):
        for sentence in passages[block].sentences[:_FIRST]:
            words = sentence.words[:_LONG]
            if not sentence.code and words and words[0] not in _UNLESS and any(_in_order(words, way) for way in ways):
                return block, sentence.best_line
    return None


def _in_order(words: Sequence[str], way: Sequence[frozenset[str]]) -> bool:
    """A word of each set, in this order, with fewer than _APART others between two of them."""
    last = -1
    for wanted in way:
        until = len(words) if last < 0 else last + 1 + _APART
        last = next((place for place in range(last + 1, min(until, len(words))) if words[place] in wanted), -1)
        if last < 0:
            return False
    return True


_FIRST = 6  # sentences of a block that are looked at
_LONG = 60  # words of a sentence that are looked at
_APART = 10
_UNLESS = frozenset(("if", "once", "please", "can", "could", "would", "should", "when"))
_EDITS = frozenset(
    (
        "fixups", "fixup", "fix-ups", "edits", "edit", "tweaks", "tweak", "changes", "adjustments", "modifications",
        "modification", "folded", "reworded", "edited", "tweaked",
    )
)  # fmt: skip
_ASKED = _EDITS | {
    "fixes", "fixed", "fix", "comments", "suggestions", "suggestion", "suggested", "corrections", "correction",
    "feedback", "review", "addressed", "incorporated",
}  # fmt: skip
_VERSIONS = frozenset(
    ("version", "revision", "patch", "patches", "series", *(f"v{number}" for number in range(2, 100)))
)
_HOLDING = frozenset(("with", "addressing", "incorporating", "including", "containing", "fixing", "per"))
_TOOK = frozenset(("applied", "added", "merged", "queued", "pushed", "picked", "took", "folded", "committed"))
_SENT = (
    (frozenset(("sent", "send", "posted", "post", "resent", "reposted", "submitted")), _VERSIONS, _HOLDING, _ASKED),
)
_TOOK_WITH = (
    (_TOOK, frozenset(("with", "after")), _EDITS),
    (frozenset(("with",)), _EDITS | {"fixes"}, _TOOK, frozenset(("to", "into", "for"))),
    (frozenset(("fixed", "tweaked", "adjusted", "amended", "reworded")), frozenset(("and",)), _TOOK),
    (
        frozenset(("i'll", "i", "will")),
        frozenset(("fix", "tweak", "adjust", "amend", "reword")),
        frozenset(("as", "when", "while")),
        frozenset(("merge", "merging", "apply", "applying", "commit", "committing", "push", "pushing")),
    ),
)
