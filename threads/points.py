"""Review points: which comment blocks hold one, how many, in which sentence, of what kind and weight.

A block is judged as a whole first; then its sentences are ranked, the best is the point, and another one counts as a
second point when it stands out by itself. Mails of programs are read by rule.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import cast

from msgspec import structs

from threads import features, passed, response, speech
from threads.anchors import nearest
from threads.model import Block, Kind, Line, Value, Weight
from threads.reading import Reading
from threads.scene import Scene
from threads.talk import about
from threads.weights import Model, Weights

# As text: only mails of programs are read for findings, and re keeps what it has compiled.
_FINDING = (
    r"(?:.*\b(?:errors?|warn(?:ings?)?|sparse|smatch|BUG|KASAN|UBSAN|WARNING|regression|fail(?:ed|ure|s)?|crash|Oops|panic"
    r"|deadlock|leak)\b)"
)
_EXACT = r"(?:[^:]{1,200}:\d{1,7}(?::.{0,40}| \w{1,80}\(\) )|\s*)\b(?:fatal error|error|warn|warning): "
_MARKS = "prefixed by >>"  # says a build robot above what is new; the lines that it marks look like quotes
_REPORT = 400  # lines of a program's mail that are looked at
_SHOWN = 40  # of these, of either kind, that are the point's text
_NO_FINDING = (
    r"(?i)(?:.*\b(?:(?<!your patch is )applied to|was applied|merged|has been added to|your patch was|pr-tracker"
    r"|looks good|passed|no issues|Congratulations|successfully|thank you for your patch)\b)"
)
_MILD = r"(?i)perhaps something to improve|\b[WC]=1\b"  # of a build that asks for more warnings than usual
_GRADES: dict[str, Weight] = {"Medium": "should", "Low": "nit"}
_UNDEFINED = r"undefined (?:reference to|symbol:) [`'\"]?(\w{1,100})|\"(\w{1,100})\" \[\S{1,200}\] undefined!"
_FILE = re.compile(r"\b[\w/-]{1,100}\.[chS](?=:\d)")


class Draft(Value, frozen=True, kw_only=True):
    """A point before it is followed through the thread."""

    block: int
    main: int  # sentence that says it, -1 for a program's finding
    sentences: tuple[int, ...]
    lines: tuple[int, ...]
    quote_line: int
    text: str
    kind: Kind
    weight: Weight
    chance: float  # of its main sentence
    whole: float  # of the block
    automated: bool
    traits: frozenset[str]  # features of the main sentence and of the block
    why: tuple[str, ...]


def find(reading: Reading, weights: Weights) -> list[Draft]:
    """The points of all comment blocks, in the order of mails and lines.

    A program's review gives one for each graded entry. Another mail of a program gives one at the most, and none when
    another one under the same mail names the same file or undefined symbol.
    """
    scene = reading.scene
    drafts: list[Draft] = []
    reported: set[str] = set()
    files: dict[str, set[str]] = {}
    for number, block in enumerate(scene.blocks):
        if scene.posts(block.msgid):
            continue
        if not scene.message(block.msgid).automated:
            drafts.extend(in_block(number, reading, weights))
        elif graded := entries(number, reading):
            drafts.extend(graded)
        elif block.msgid not in reported and (draft := finding(number, reading)):
            reported.add(block.msgid)
            named = _complained_of(block.msgid, scene)
            known = files.setdefault(scene.parent(block.msgid), set())
            if not named & known:
                drafts.append(draft)
            known |= named
    return drafts


def _complained_of(msgid: str, scene: Scene) -> set[str]:
    """Files in which a program's mail names lines, and the symbols that it says are undefined.

    Another configuration that fails there is the same finding.
    """
    lines = [line[:400] for line in scene.message(msgid).lines[:200]]
    files = {name for line in lines for name in _FILE.findall(line)}
    return files | {
        name
        for line in lines
        if "undefined" in line
        for found in re.finditer(_UNDEFINED, line)
        for name in found.groups()
        if name
    }


class Merged(Value, frozen=True, kw_only=True):
    """A point, the later blocks in which its raiser repeats it, and those in which another raises the same."""

    draft: Draft
    repeats: frozenset[int]
    seconds: frozenset[int]


def merge(drafts: list[Draft], reading: Reading) -> list[Merged]:
    """Repeated points are events of the first one: the raiser's own with the same kind in the talk about it, and
    others' on the same line with much the same words.
    """
    scene = reading.scene
    gone: set[int] = set()
    found: list[Merged] = []
    for place, draft in enumerate(drafts):
        if place in gone:
            continue
        talked = _talked(draft, reading)
        repeats, seconds = set(), set()
        for later, other in enumerate(drafts):
            if other.block == draft.block or later in gone or draft.automated or other.automated:
                continue
            if (
                other.block in talked
                and other.kind == draft.kind
                and other.whole < SURE
                and _by_one(draft, other, scene)
            ):
                repeats.add(other.block)
                gone.add(later)
            elif later > place and _alike(draft, other, scene):
                seconds.add(other.block)
                gone.add(later)
        found.append(Merged(draft=draft, repeats=frozenset(repeats), seconds=frozenset(seconds)))
    return found


def _talked(draft: Draft, reading: Reading) -> set[int]:
    found = about(draft.block, frozenset(draft.lines), reading.given, reading.scene)
    return {turn.block for turn in found if turn.relation == "chain"}


SURE = 0.6  # a block more likely than this to hold a point of its own is no repetition
ALIKE = 0.35  # share of words in common


def _by_one(first: Draft, second: Draft, scene: Scene) -> bool:
    return scene.same(scene.blocks[first.block].msgid, scene.blocks[second.block].msgid)


def _alike(first: Draft, second: Draft, scene: Scene) -> bool:
    """Two people under the same line, with words in common."""
    if _by_one(first, second, scene):
        return False
    above, other = (nearest(scene.blocks[draft.block].context) for draft in (first, second))
    if above is None or other is None or above.origin is None or above.origin != other.origin:
        return False
    one, two = ({word for word in speech.tokens(draft.text) if len(word) > 3} for draft in (first, second))
    return len(one & two) >= ALIKE * max(1, len(one | two))


def in_block(number: int, reading: Reading, weights: Weights) -> list[Draft]:
    """The points of one block, in the order of the text."""
    passage = reading.passages[number]
    if not any(sentence.words for sentence in passage.sentences) or only_praise(passage):
        return []
    count = len(passage.sentences)
    whole = features.pooled(passage) | response.heard_back(number, reading)
    chance = weights.models["block"].chance(whole)
    if chance < weights.thresholds["block"]:
        return []
    one = weights.models["sentence"]
    chances = [one.chance(features.in_context(passage, place)) for place in range(count)]
    more = weights.models["more"].chance(features.counting(passage, chances))
    mains = choose(passage, chances, more > weights.thresholds["more"], weights.thresholds["third"])
    judged = Judged(passage=passage, mains=tuple(mains), chances=tuple(chances), whole=chance, seen=whole)
    return [draft(main, judged, reading.scene.blocks[number], weights) for main in mains]


def only_praise(passage: features.Passage) -> bool:
    """Every sentence praises or thanks, and none asks or wants anything."""
    spoken = [
        (set(sentence.words), each)
        for sentence, each in zip(passage.sentences, passage.each, strict=True)
        if not sentence.code
    ]
    return bool(spoken) and all(each & _PRAISE and not each & _WANTS and not words & _LIMITS for words, each in spoken)


_PRAISE = frozenset(("act:praise", "act:thanks"))
_LIMITS = frozenset(("but", "though", "however", "although", "except", "unless", "while", "just"))
_WANTS = frozenset(
    (
        "?", "act:suggest", "act:need", "act:should", "act:please", "act:prefer", "act:nit", "act:wonder",
        "act:object", "act:problem", "act:missing", "act:why", "act:want", "substitution",
    )
)  # fmt: skip


class Judged(Value, frozen=True, kw_only=True):
    """A block that holds points: the sentences that say them, and the chance of each sentence and of the block."""

    passage: features.Passage
    mains: tuple[int, ...]
    chances: tuple[float, ...]
    whole: float
    seen: frozenset[str]  # features of the block


def choose(passage: features.Passage, chances: list[float], more: bool, third: float) -> list[int]:
    """The best sentence; where the block holds more points also the next best, of another paragraph if it can."""
    order = sorted(range(len(chances)), key=lambda place: (-chances[place], place))
    mains = [order[0]]
    if more and len(order) > 1:
        home = passage.sentences[order[0]]
        apart = [
            place
            for place in order[1:]
            if passage.sentences[place].paragraph != home.paragraph or passage.sentences[place].bullet
        ]
        second = apart[0] if apart and chances[apart[0]] > 0.5 * chances[order[1]] else order[1]
        mains.append(second)
        mains.extend(place for place in order[1:] if place != second and chances[place] > third)
    listed = any(passage.sentences[place].bullet for place in mains)
    mains.extend(
        place for place in order if chances[place] > FURTHER and place and opens_another(passage, place, listed)
    )
    return sorted(set(mains))


FURTHER = 0.15  # chance from which a sentence that says it is another point is one


def opens_another(passage: features.Passage, place: int, listed: bool) -> bool:
    """The sentence says itself that it is one more: "Also ...", or the next entry of a list of points."""
    sentence = passage.sentences[place]
    if sentence.code or not sentence.words:
        return False
    return (
        sentence.words[0] in _OPENERS
        or sentence.words[:2] in _LONG_OPENERS
        or (listed and sentence.bullet and sentence.place == 0)
    )


_OPENERS = frozenset(
    ("also", "additionally", "another", "besides", "secondly", "second", "furthermore", "moreover", "finally")
)
_LONG_OPENERS = frozenset((("in", "addition"), ("one", "more"), ("one", "other")))


def draft(main: int, judged: Judged, block: Block, weights: Weights) -> Draft:
    """One point of a block: its sentences, kind and weight, and what decided them. `main` is its sentence's place."""
    passage, chances = judged.passage, judged.chances
    owned = owned_by(main, judged.mains, len(passage.sentences))
    traits = features.about(passage, owned, main)
    kind = most(weights.models["kind"], passage, owned, chances)
    weight = most(weights.models["weight"], passage, owned, chances)
    sentences = [passage.sentences[place] for place in owned]
    lines = dict.fromkeys(line for sentence in sentences for line in sentence.lines)
    return Draft(
        block=passage.block,
        main=main,
        sentences=tuple(owned),
        lines=tuple(lines),
        quote_line=quote_line(block, passage, main),
        text="\n".join(line.text for line in block.lines if line.number in lines),
        kind=cast(Kind, kind),
        weight=cast(Weight, weight),
        chance=chances[main],
        whole=judged.whole,
        automated=False,
        traits=traits,
        why=(
            *said("point", weights.models["block"].reasons(judged.seen, "point")),
            *said(kind, weights.models["kind"].reasons(traits, kind)),
            *said(weight, weights.models["weight"].reasons(traits, weight, 3)),
        ),
    )


def most(model: Model, passage: features.Passage, owned: Sequence[int], chances: Sequence[float]) -> str:
    """The class that the sentences of a point speak for, each as loud as it is likely to be the one that says it."""
    totals = dict.fromkeys(sorted(model.classes), 0.0)
    for place in owned:
        if passage.sentences[place].code and len(owned) > 1:
            continue
        for name, chance in model.chances(features.about(passage, owned, place)).items():
            totals[name] += chance * chances[place] ** LOUD
    return max(totals, key=lambda name: totals[name])


LOUD = 1.0


def said(name: str, reasons: list[tuple[str, float]]) -> list[str]:
    return [f"{name}: {feature} {weight:+.2f}" for feature, weight in reasons]


def owned_by(main: int, mains: Sequence[int], count: int) -> list[int]:
    """Sentences from this point's main one to the next point's; what stands before the first goes to the first."""
    begin = 0 if main == mains[0] else main
    later = [place for place in mains if place > main]
    return list(range(begin, later[0] if later else count))


def quote_line(block: Block, passage: features.Passage, main: int) -> int:
    """The line to quote: the one that holds most of the sentence, unless it is too short to know again."""
    sentence = passage.sentences[main]
    texts = {line.number: line.text.strip() for line in block.lines}
    if len(texts[sentence.best_line]) >= 20:
        return sentence.best_line
    return max(sentence.lines, key=lambda line: (len(texts[line]), -line))


def entries(number: int, reading: Reading) -> list[Draft]:
    """The graded entries of a review by a program, each from its line to the next entry's."""
    own = [line for line in reading.scene.blocks[number].lines if line.kind == "own" and line.text.strip()]
    starts = [
        (place, found[1]) for place, line in enumerate(own) if (found := re.match(passed.GRADED, line.text[:400]))
    ]
    ends = [place for place, _ in starts[1:]]
    return [
        _reported(number, own[start:end], own[start], _GRADES.get(grade, "blocking"), "correctness", reading)
        for (start, grade), end in zip_longest(starts, ends)
    ]


def finding(number: int, reading: Reading) -> Draft | None:
    """A program's mail that reports something wrong; its first such line is the quote."""
    block = reading.scene.blocks[number]
    own = [line for line in block.lines if line.kind == "own" and line.text.strip()]
    said = reading.scene.lines(block.msgid).lines
    head = [line for line in said if line.kind == "own" and line.text.strip()][:12]
    if any(re.match(_NO_FINDING, line.text[:400]) for line in (*head, *own[:12])):
        return None
    hits = [line for line in own if re.match(_FINDING, line.text[:400])]
    if not hits:
        return None
    fit = [line for line in hits if 20 <= len(line.text.strip()) <= 200] or hits
    exact = [line for line in fit if re.match(_EXACT, line.text[:400])]
    above = next((line.number for line in own if _MARKS in line.text), _REPORT)
    marked = [line for line in said[above:_REPORT] if line.depth == 2 and line.text.strip()]
    lines = sorted((*own[:_SHOWN], *marked[:_SHOWN]), key=lambda line: line.number)
    kind: Kind = "performance" if any("regression of" in line.text for line in hits[:3]) else "correctness"
    mild = any(re.search(_MILD, line.text[:400]) for line in (*head, *own[:_SHOWN]))
    weight: Weight = "should" if mild and not any("error" in line.text for line in hits[:3]) else "blocking"
    draft = _reported(number, lines, (exact or fit)[0], weight, kind, reading)
    return structs.replace(draft, lines=tuple(line.number for line in (*own, *marked)))


def _reported(number: int, lines: Sequence[Line], quote: Line, weight: Weight, kind: Kind, reading: Reading) -> Draft:
    return Draft(
        block=number,
        main=-1,
        sentences=(),
        lines=tuple(line.number for line in lines),
        quote_line=quote.number,
        text="\n".join(line.text for line in lines[: 2 * _SHOWN]),
        kind=kind,
        weight=weight,
        chance=1.0,
        whole=1.0,
        automated=True,
        traits=reading.passages[number].shared,
        why=("point: a program's mail that names an error, a warning or a regression",),
    )
