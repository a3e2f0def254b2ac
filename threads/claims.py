"""Statements about existing kernel code that a source tree can confirm or contradict.

Every sentence of a person's own text is a candidate: also those of commit messages and cover letters, and call paths
that are drawn over several lines; not what a program printed and not copied code. A learned model ranks them, another
one tells their type; the clearest are kept.
"""

from collections.abc import Iterable
from itertools import islice
from typing import cast

from threads import output, speech
from threads.features import Passage
from threads.model import Claim, ClaimType
from threads.reading import Reading
from threads.scene import Scene
from threads.speech import Sentence
from threads.weights import Weights

MOST = 8  # per thread

CUES: dict[str, tuple[str, ...]] = {
    "call": (
        "call", "calls", "called", "calling", "calls into", "caller", "callers", "invoke*", "via", "through",
        "goes through", "ends up", "end up", "path", "paths", "->", "=>", "from", "before calling", "passes",
        "passed to", "hands", "reaches", "triggers", "enters", "callback",
    ),
    "absence": (
        "not", "doesn't", "does not", "don't", "do not", "didn't", "did not", "isn't", "is not", "aren't", "wasn't",
        "never", "no", "without", "nothing", "nobody", "none", "can't", "cannot", "won't", "missing", "lacks",
        "fails to", "forgets", "forgot", "ignores", "no longer", "hasn't", "haven't", "neither", "nor",
    ),
    "only": (
        "only", "just", "the only", "solely", "exclusively", "nobody else", "no other", "nothing else", "except",
        "apart from", "other than", "unique", "one caller", "single caller",
    ),
    "all": (
        "all", "every", "each", "any", "always", "everywhere", "both", "everything", "everybody", "whenever",
        "most", "no filesystem", "in all cases", "never", "must",
    ),
    "state": (
        "set", "sets", "cleared", "clears", "clear", "holds", "hold", "held", "takes", "take", "taken", "acquires",
        "releases", "drops", "unlock*", "locked", "marks", "marked", "mark", "returns", "return", "returned",
        "initialized", "dirty", "uptodate", "zeroed", "allocated", "allocates", "frees", "freed", "checks", "check",
        "tests", "updates", "stored", "stores", "contains", "uses", "used", "supports", "handles", "has", "have",
        "is", "are", "was", "updated", "added", "introduced", "sets up", "assigned", "protected", "increments",
        "decrements", "writes", "reads", "waits", "skips",
    ),
    "now": (
        "currently", "now", "today", "already", "existing", "at present", "in current", "since commit", "commit",
        "since", "when", "after", "before", "while", "because", "as", "if", "then", "so",
    ),
    "future": (
        "will", "would", "should", "could", "may", "might", "let's", "we can", "this patch", "patch", "i'll",
        "please", "maybe", "i think", "i guess", "suggest", "add", "fix", "remove", "convert", "introduce", "make",
        "this series", "to fix", "instead",
    ),
    "talk": (
        "thanks", "looks", "good", "sorry", "ok", "tested", "i", "you", "your", "my", "me", "we", "us",
    ),
}  # fmt: skip


def rank(reading: Reading, weights: Weights) -> tuple[Claim, ...]:
    """At most eight claims, in reading order."""
    scene, passages = reading.scene, reading.passages
    model, kinds = weights.models["claim"], weights.models["claim-type"]
    scored: list[tuple[float, int, int, frozenset[str]]] = []
    for number, passage in enumerate(passages):
        if scene.message(scene.blocks[number].msgid).automated:
            continue
        for place in range(len(passage.sentences)):
            seen = claim_features(passage, place, scene)
            scored.append((model.chance(seen), number, place, seen))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]))
    limit = weights.thresholds["claim"]
    likely = (item for item in scored if item[0] >= limit and not _is_output(reading, item[1], item[2]))
    kept = sorted(islice(likely, MOST), key=lambda item: item[1:3])
    found = []
    for count, (_, number, place, seen) in enumerate(kept, 1):
        chances = kinds.chances(seen)
        kind = max(sorted(chances), key=lambda name: chances[name])
        found.append(_claim(f"C{count}", scene, number, passages[number].sentences[place], cast(ClaimType, kind)))
    return tuple(found)


def _is_output(reading: Reading, number: int, place: int) -> bool:
    """The sentence is what a program printed, or copied code."""
    sentence = reading.passages[number].sentences[place]
    texts = {line.number: line.text for line in reading.scene.blocks[number].lines}
    return output.is_no_claim([texts[line] for line in sentence.lines], texts[sentence.best_line])


def _claim(name: str, scene: Scene, number: int, sentence: Sentence, kind: ClaimType) -> Claim:
    block = scene.blocks[number]
    texts = {line.number: line.text.strip() for line in block.lines}
    line = sentence.best_line
    return Claim(
        id=name,
        msgid=block.msgid,
        author=scene.message(block.msgid).author,
        quote=texts[line],
        line=line,
        type=kind,
        symbols=speech.symbols(sentence.text),
        text=sentence.text,
    )


def claim_features(passage: Passage, place: int, scene: Scene) -> frozenset[str]:
    """Features for whether the sentence at `place` of a block claims something of the code."""
    return frozenset(_features(passage, place, scene))


def _features(passage: Passage, place: int, scene: Scene) -> Iterable[str]:
    sentence = passage.sentences[place]
    block = scene.blocks[passage.block]
    words = sentence.words
    for name, count in speech.lexicon("claims", CUES).count(words).items():
        yield f"cue:{name}"
        if count > 1:
            yield f"cue:{name}>1"
    names = speech.symbols(sentence.text)
    yield f"symbols:{min(len(names), 3)}"
    if any(name.endswith("()") for name in names):
        yield "function"
    yield from (x for x in passage.each[place] if not x.startswith(("act:imperative", "place")))
    yield from _drawn(sentence)
    yield from _where(block.msgid, sentence, scene)
    if place < 3:
        yield f"place:{place}"
    if "answers:patch" in passage.shared:
        yield "answers:patch"


def _drawn(sentence: Sentence) -> Iterable[str]:
    """A call path drawn with arrows or indentation."""
    lines = sentence.text.split("\n")
    calls = sum(1 for line in lines if "(" in line or "->" in line or line.strip().replace("_", "").isalnum())
    if "->" in sentence.text or "=>" in sentence.text:
        yield "arrow"
    if sentence.code and len(lines) > 1 and calls == len(lines):
        yield "drawn-path"
    if sentence.code:
        yield f"code-lines:{min(len(lines), 4)}"


def _where(msgid: str, sentence: Sentence, scene: Scene) -> Iterable[str]:
    patch = scene.patches.get(msgid)
    if patch is None or not scene.posts(msgid):
        yield "in:reply"
        yield f"in:reply-of-{scene.role(msgid)}"
        return
    begin, end = patch.message_lines
    if begin <= sentence.lines[0] < end:
        yield "in:cover" if patch.number == 0 else "in:commit-message"
    else:
        yield "in:below-message"
