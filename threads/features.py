"""What the learned weights see of a sentence, of a comment block, and of a reaction to a point.

A feature is a short string, so that the reasons for a decision can be printed. Cues come from `threads.cues`, structure
from the quotes. Single lower-case words are features too; no names, no phrases of mails.
"""

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from threads import cues, speech
from threads.anchors import looks_like_diff, nearest
from threads.model import Block, Line, Value
from threads.scene import Scene
from threads.speech import Sentence


class Passage(Value, frozen=True, kw_only=True):
    """A comment block taken apart: its sentences and the features of each and of the whole."""

    block: int
    sentences: tuple[Sentence, ...]
    shared: frozenset[str]  # what holds for the whole block
    each: tuple[frozenset[str], ...]  # features of each sentence alone


def passage(number: int, scene: Scene) -> Passage:
    """The comment block of that number in `scene.blocks`."""
    block = scene.blocks[number]
    part = scene.lines(block.msgid)
    last = part.blocks[-1].number == block.number
    signer = speech.signer(scene.message(block.msgid).author) if last else frozenset()
    return taken_apart(block, frozenset(block_features(block, scene)), number, signer)


def taken_apart(block: Block, shared: frozenset[str], number: int = 0, signer: frozenset[str] = frozenset()) -> Passage:
    """A block with `shared` as what holds for all of it; `signer` as `speech.sentences` takes it."""
    found = speech.sentences(block, signer)
    each = tuple(frozenset(sentence_features(sentence, found, place)) for place, sentence in enumerate(found))
    return Passage(block=number, sentences=found, shared=shared, each=each)


def sentence_features(sentence: Sentence, among: tuple[Sentence, ...], place: int) -> Iterable[str]:
    """What a sentence says and how, and its place `among` the sentences of its block."""
    words = sentence.words
    if sentence.text.lower().startswith(speech.OFFERED):
        yield f"offers:{sentence.text.split(':')[0].lower()}"
        yield "offers-tag-only" if len(among) == 1 else "offers-tag-too"
    elif sentence.code:
        yield "code"
        yield "code-only" if len(among) == 1 else "code-beside-words"
    else:
        yield from (f"act:{name}" for name in speech.acts().find(words))
        said = speech.reactions().find(words)
        if "promise" in said and _of_another(words):
            del said["promise"]
        yield from (f"re:{name}" for name in said if not name.endswith("-start"))
        yield from (f"re:{name}" for name in speech.reactions().starts(words) if name.endswith("-start"))
        yield from _form(sentence, words)
        yield from (f"w:{word}" for word in speech.plain_words(words))
    yield "place:first" if place == 0 else "place:second" if place == 1 else "place:later"
    if place == len(among) - 1:
        yield "place:last"
    if place + 1 < len(among) and among[place + 1].code and not sentence.code:
        yield "code-follows"
    if sentence.place == 0:
        yield "paragraph-start"
    if sentence.bullet:
        yield "bullet"


def _of_another(words: Sequence[str]) -> bool:
    """Whoever or whatever "will try" in the sentence, it is not the speaker: no promise."""
    if any(word in ("i'll", "i'd", "we'll") for word in words):
        return False
    before = {one for one, two in itertools.pairwise(("", *words)) if two == "will"}
    return bool(before) and before <= _OTHERS


_OTHERS = frozenset(
    ("it", "this", "that", "which", "they", "he", "she", "you", "there", "who", "what", "these", "those")
)


def _form(sentence: Sentence, words: Sequence[str]) -> Iterable[str]:
    """Shape of a sentence apart from its cues."""
    text = sentence.text
    yield from _question(words)
    yield from (name for name, there in (
        ("substitution", text.startswith("s/") or " s/" in text),
        ("colon", text.endswith(":")),
        ("ellipsis", text.endswith("...")),
        ("caret", "^^" in text),
        ("symbol", bool(speech.symbols(text))),
        ("link", "http" in text),
        ("starts:imperative", bool(words) and words[0] in _IMPERATIVE),
    ) if there)  # fmt: skip
    if words:
        yield f"starts:{words[0]}" if words[0] in _STARTS else "starts:other"
    yield from (f"words<={length}" for length in (4, 9, 16, 28) if len(words) <= length)
    yield from (f"says:{pronoun}" for pronoun in ("you", "your", "i", "we") if pronoun in words)


def _question(words: Sequence[str]) -> Iterable[str]:
    if "?" in words:
        yield "?"
        yield "wh-question" if words[0] in _WH else "yes-no-question" if words[0] in _YES_NO else "statement?"


_WH = frozenset(("why", "what", "how", "where", "when", "which", "who", "whose", "what's", "how's", "why's"))
_YES_NO = frozenset(
    (
        "is", "are", "do", "does", "did", "can", "could", "should", "would", "will", "has", "have", "was", "isn't",
        "aren't", "don't", "doesn't", "didn't", "can't", "couldn't", "shouldn't", "wouldn't", "won't", "hasn't",
        "haven't", "may", "might", "any", "am",
    )
)  # fmt: skip
_IMPERATIVE = frozenset(cues.ACTS["imperative"]) | {"please", "pls", "nit", "maybe", "perhaps"}
_STARTS = frozenset(
    (
        "i", "this", "it", "that", "the", "you", "we", "if", "but", "and", "so", "also", "please", "why", "what",
        "how", "is", "are", "can", "could", "should", "would", "do", "does", "did", "maybe", "perhaps", "nit", "no",
        "yes", "yeah", "ok", "okay", "sure", "right", "thanks", "well", "actually", "hmm", "hm", "not", "there",
        "same", "looks", "ah", "oh", "agreed", "indeed", "good", "in", "for", "with", "as", "since", "because",
        "otherwise", "other", "just", "let's", "i'd", "i'm", "i'll", "it's", "that's", "these", "then", "btw",
        "minor", "wouldn't", "shouldn't", "isn't", "doesn't", "don't", "hi", "a", "my", "your", "one", "typo",
        "use", "add", "wait",
    )
)  # fmt: skip


def block_features(block: Block, scene: Scene) -> Iterable[str]:
    """Where the block stands: whose it is, what it answers, and what else the mail holds."""
    role = scene.role(block.msgid)
    yield f"by:{role}"
    above = nearest(block.context)
    what, whose = _above(above, block, scene)
    yield f"under:{what}"
    yield f"by:{role}+under:{what}"
    yield f"answers:{whose}"
    yield f"by:{role}+answers:{whose}"
    if above is not None:
        yield f"depth:{min(above.depth, 3)}"
        yield from _quoted_line(above, what)
    steps = min(scene.depth(block.msgid), 4)
    yield f"mail-depth:{steps}"
    yield f"by:{role}+mail-depth:{steps}"
    yield from _talk(block, scene, role)
    yield from _news(block, scene)
    yield from _mail(block, scene)


def _above(above: Line | None, block: Block, scene: Scene) -> tuple[str, str]:
    """What the nearest quoted line is, and whose words: patch, self, author, other, nobody."""
    if above is None:
        parent = scene.parent(block.msgid)
        if not parent:
            return "nothing", "nobody"
        if scene.is_patch(parent):
            return "nothing", "patch"
        return "nothing", "self" if scene.same(parent, block.msgid) else "author" if scene.is_author(
            parent
        ) else "other"
    what = scene.what(above.origin)
    if what in ("words", "unknown") and looks_like_diff(block, above):
        what = "sketch"
    if above.origin is None:
        return ("words" if above.depth > 1 and what == "unknown" else what), "unknown"
    if what not in ("words", "sketch"):
        return what, "patch"
    who = above.origin.msgid
    if scene.same(who, block.msgid):
        return what, "self"
    return what, "author" if scene.is_author(who) else "other"


def _quoted_line(above: Line, what: str) -> Iterable[str]:
    text = above.text.strip()
    if what == "diff":
        yield f"sign:{above.text[:1]}"
        body = text.lstrip("+- \t")
        if body.startswith(("/*", "*", "//")):
            yield "under:comment-line"
        if body.startswith(("if", "while", "for", "switch")):
            yield "under:condition"
        if body.startswith(("return", "goto")):
            yield "under:return"
        if body in ("}", "};", "{"):
            yield "under:brace"
        if len(text) > 81:
            yield "under:long-line"
        if body.startswith(("#define", "EXPORT_SYMBOL", "#include", "static", "struct")):
            yield "under:declaration"
        if "lock" in body:
            yield "under:lock"
    elif what in ("message", "cover", "trailer") and text.lower().startswith(_TAG_LINES):
        yield "under:tag-line"
    if text.endswith("?"):
        yield "quoted?"


_TAG_LINES = ("fixes:", "cc:", "link:", "reported-by", "closes:")


def _talk(block: Block, scene: Scene, role: str) -> Iterable[str]:
    """Whose words the quotes above hold further up."""
    owners = set()
    for line in block.context[-60:]:
        if line.origin and scene.what(line.origin) == "words":
            owners.add("self" if scene.same(line.origin.msgid, block.msgid) else scene.role(line.origin.msgid))
    for owner in owners:
        yield f"quotes:{owner}"
        yield f"by:{role}+quotes:{owner}"
    if not owners:
        yield "quotes:no-words"


def _news(block: Block, scene: Scene) -> Iterable[str]:
    """Whether the sender spoke before, and how many names the block brings up: new to the thread, or not quoted."""
    yield "speaks:again" if scene.spoke_before(block.msgid) else "speaks:first"
    named = speech.names("\n".join(line.text for line in block.lines if line.kind != "diff"))
    yield f"new-symbols:{min(sum(scene.is_new(name, block.msgid) for name in named), 2)}"
    if named:
        named -= speech.names("\n".join(line.text for line in block.context[-400:]))
    yield f"unquoted-symbols:{min(len(named), 2)}"


def _mail(block: Block, scene: Scene) -> Iterable[str]:
    part = scene.lines(block.msgid)
    yield f"blocks:{min(len(part.blocks), 4)}"
    if part.blocks[0].number == block.number:
        yield "block:first"
    if part.blocks[-1].number == block.number:
        yield "block:last"
    tags = scene.tag_lines(block.msgid)
    if tags:
        yield "mail-has-tag"
        begin, end = block.lines[0].number, block.lines[-1].number
        yield "block-has-tag" if any(begin <= line <= end for line in tags) else "tag-elsewhere"
        if tags[-1] < begin:
            yield "after-tag"
    if any(line.kind == "diff" for line in block.lines):
        yield "block-has-diff"
    size = sum(1 for line in block.lines if line.kind == "own")
    yield from (f"lines<={limit}" for limit in (1, 3, 8, 20) if size <= limit)


def pooled(passage: Passage) -> frozenset[str]:
    """Features of a whole block: its place, what its sentences hold, and that with who speaks to whom."""
    found = set(passage.shared)
    for features in passage.each:
        found.update(f"any:{name}" for name in features)
    found.add(f"sentences:{min(len(passage.sentences), 6)}")
    found.update(_how_often(passage))
    side = situation(passage)
    found.update([f"{side}&{name}" for name in found if name.startswith(_JOINED)])
    found.add(f"situation:{side}")
    return frozenset(found)


_JOINED = (
    "any:act", "any:re:", "any:?", "any:wh", "any:yes", "any:starts:", "block-has", "depth", "any:offers", "strong>=",
    "wants>=", "speaks:", "new-symbols", "unquoted-symbols",
)  # fmt: skip


def _how_often(passage: Passage) -> Iterable[str]:
    """In how many sentences the block asks or objects, and in how many it wants something changed."""
    spoken = [each for each, one in zip(passage.each, passage.sentences, strict=True) if not one.code]
    strong = sum(len(_STRONG & each) >= 2 for each in spoken)
    yield from (f"strong>={count}" for count in (1, 2, 3) if strong >= count)
    wants = sum(bool(_WISHES & each) for each in spoken)
    yield from (f"wants>={count}" for count in (1, 2) if wants >= count)


_WISHES = frozenset(
    (
        "act:suggest", "act:please", "act:should", "act:need", "act:prefer", "act:want", "substitution",
        "starts:imperative",
    )
)  # fmt: skip


def situation(passage: Passage) -> str:
    """A reviewer on the patch, the author, or a reviewer who answers somebody's words."""
    if "by:author" in passage.shared:
        return "author"
    return "on-patch" if "answers:patch" in passage.shared else "on-words"


def counting(passage: Passage, chances: list[float]) -> frozenset[str]:
    """Features for whether a block holds more than one point; `chances` are those of its sentences."""
    main = max(range(len(chances)), key=lambda place: (chances[place], -place))
    first = passage.sentences[main]
    found = {x for x in passage.shared if x.startswith(("under:", "lines<=", "answers:", "blocks:"))}
    for name, apart in (("any", False), ("apart", True)):
        others = [
            chance
            for place, chance in enumerate(chances)
            if place != main
            and (not apart or passage.sentences[place].paragraph != first.paragraph or passage.sentences[place].bullet)
        ]
        found.update(
            f"second:{name}>{limit}" for limit in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5) if max(others, default=0.0) > limit
        )
    strong = [
        place
        for place, each in enumerate(passage.each)
        if len(_STRONG & each) >= 2 and not passage.sentences[place].code
    ]
    found.add(f"strong:{min(len(strong), 4)}")
    found.add(f"strong-paragraphs:{min(len({passage.sentences[place].paragraph for place in strong}), 4)}")
    found.update(_further(passage, main))
    found.add(f"sentences:{min(len(passage.sentences), 7)}")
    found.add(f"questions:{min(sum('?' in each for each in passage.each), 3)}")
    found.add(f"paragraphs:{min(len({one.paragraph for one in passage.sentences if not one.code}), 5)}")
    found.add(f"bullets:{min(sum(one.bullet and one.place == 0 for one in passage.sentences), 4)}")
    return frozenset(found)


def _further(passage: Passage, main: int) -> Iterable[str]:
    """How the other sentences begin and ask."""
    for place, each in enumerate(passage.each):
        if place == main or passage.sentences[place].code:
            continue
        if "starts:also" in each or "starts:and" in each:
            yield "also"
            if _STRONG & each:
                yield "also-strong"
        for name in ("act:nit", "?", "act:please", "bullet"):
            if name in each:
                yield f"other:{name}"
        if "paragraph-start" in each and _STRONG & each:
            yield "paragraph-strong"


_STRONG = frozenset(
    (
        "act:please", "act:can-you", "act:should-you", "act:need", "act:should", "act:want", "act:prefer",
        "act:suggest", "act:nit", "act:wonder", "act:object", "act:problem", "act:missing", "act:why", "?",
        "substitution", "starts:imperative",
    )
)  # fmt: skip


def in_context(passage: Passage, place: int) -> frozenset[str]:
    """Features of one sentence with its block and its neighbours."""
    found = set(passage.shared)
    found.update(passage.each[place])
    for name, other in (("prev", place - 1), ("next", place + 1)):
        if 0 <= other < len(passage.each):
            found.update(f"{name}:{x}" for x in passage.each[other] if x.startswith(("act:", "re:", "?", "code")))
    found.add(f"sentences:{min(len(passage.sentences), 6)}")
    return frozenset(found)


def about(passage: Passage, chosen: Iterable[int], main: int) -> frozenset[str]:
    """Features for the kind and weight of a point: what its sentences speak of, and what they stand under."""
    found = {
        x
        for x in passage.shared
        if x.startswith(("under:", "sign:", "by:", "block-has", "quoted", "mail-has", "after"))
    }
    found.update(f"main:{x}" for x in passage.each[main])
    found.update(topic_features("main", passage.sentences[main]))
    if not passage.sentences[main].code:
        found.update(pairs(passage.sentences[main]))
    for place in chosen:
        if place != main:
            found.update(topic_features("rest", passage.sentences[place]))
            found.update(f"rest:{x}" for x in passage.each[place] if x.startswith(("act:", "w:", "code")))
    return frozenset(found)


def pairs(sentence: Sentence) -> Iterable[str]:
    """Words that stand beside each other, with one for every name of C."""
    return (f"pair:{one} {other}" for one, other in itertools.pairwise(speech.heard(sentence.words)))


def topic_features(where: str, sentence: Sentence) -> Iterable[str]:
    return (f"{where}:{name}" for name in _topics(sentence.words))


@lru_cache(maxsize=4096)
def _topics(words: tuple[str, ...]) -> tuple[str, ...]:
    """Topics and weights that a sentence speaks of; asked for again with each other sentence of its block."""
    found = []
    for name, count in speech.topics().count(words).items():
        found.append(f"topic:{name}")
        found.extend(f"topic:{name}>{limit}" for limit in (1, 2) if count > limit)
    found.extend(f"weight:{name}" for name in speech.weights().find(words))
    return tuple(found)
