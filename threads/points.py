"""Review points: which comment blocks hold one, how many, in which sentence, of what kind and weight.

A block is judged as a whole first; then its sentences are ranked, the best is the point, and another one counts as a
second point when it stands out by itself. Mails of programs are read by rule: one finding a mail.
"""

import re
from typing import cast

from threads import features
from threads.model import Block, Kind, Value, Weight
from threads.scene import Scene
from threads.weights import Weights

_FINDING = re.compile(
    r"(?:.*\b(?:errors?|warnings?|sparse|smatch|BUG|KASAN|UBSAN|WARNING|regression|failed|crash|Oops|panic|deadlock|leak)\b)",
)
_NO_FINDING = re.compile(
    r"(?:.*\b(?:applied to|was applied|merged|has been added to|your patch was|pr-tracker|looks good|passed|no issues"
    r"|Congratulations|successfully|thank you for your patch)\b)",
    re.IGNORECASE,
)


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
    chance: float
    automated: bool
    traits: frozenset[str]  # features of the main sentence and of the block
    why: tuple[str, ...]


def find(scene: Scene, weights: Weights, passages: list[features.Passage]) -> list[Draft]:
    drafts: list[Draft] = []
    reported: set[str] = set()
    for number, block in enumerate(scene.blocks):
        if scene.posts(block.msgid):
            continue
        if scene.message(block.msgid).automated:
            if block.msgid not in reported and (draft := finding(number, scene, passages[number])):
                reported.add(block.msgid)
                drafts.append(draft)
            continue
        drafts.extend(in_block(number, scene, weights, passages[number]))
    return drafts


def in_block(number: int, scene: Scene, weights: Weights, passage: features.Passage) -> list[Draft]:
    """The points of one block, in the order of the text."""
    if not passage.sentences:
        return []
    one = weights.models["sentence"]
    chances = [one.chance(features.in_context(passage, place)) for place in range(len(passage.sentences))]
    whole = features.pooled(passage)
    chance = block_chance(weights.models["block"].chance(whole), chances)
    if chance < weights.thresholds["block"]:
        return []
    mains = choose(passage, chances, weights.thresholds["second"])
    return [draft(number, scene, weights, passage, main, mains, chance) for main in mains]


def block_chance(whole: float, chances: list[float]) -> float:
    """The block judged as a whole, and the chance that any of its sentences is a point, each counted."""
    none = 1.0
    for chance in chances:
        none *= 1.0 - chance
    return 0.7 * whole + 0.3 * (1.0 - none)


def choose(passage: features.Passage, chances: list[float], limit: float) -> list[int]:
    """The best sentence, and every other that is likely enough and does not go on from one chosen before it."""
    order = sorted(range(len(chances)), key=lambda place: (-chances[place], place))
    mains = [order[0]]
    for place in order[1:]:
        need = limit
        sentence = passage.sentences[place]
        near = any(passage.sentences[main].paragraph == sentence.paragraph and not sentence.bullet for main in mains)
        if near:
            need = limit + (1 - limit) * 0.35
        if chances[place] >= need:
            mains.append(place)
    return sorted(mains)


def draft(
    number: int, scene: Scene, weights: Weights, passage: features.Passage, main: int, mains: list[int], chance: float
) -> Draft:
    owned = owned_by(main, mains, len(passage.sentences))
    traits = features.about(passage, owned, main)
    kinds = weights.models["kind"].chances(traits)
    kind = max(sorted(kinds), key=lambda name: kinds[name])
    heavy = weights.models["weight"].chances(traits)
    weight = max(sorted(heavy), key=lambda name: heavy[name])
    sentences = [passage.sentences[place] for place in owned]
    lines = tuple(dict.fromkeys(line for sentence in sentences for line in sentence.lines))
    block = scene.blocks[number]
    return Draft(
        block=number, main=main, sentences=tuple(owned), lines=lines, quote_line=quote_line(block, passage, main),
        text="\n".join(line.text for line in block.lines if line.number in lines), kind=cast(Kind, kind),
        weight=cast(Weight, weight), chance=chance, automated=False, traits=traits,
        why=(
            *said("point", weights.models["block"].reasons(features.pooled(passage), "point")),
            *said(kind, weights.models["kind"].reasons(traits, kind)),
            *said(weight, weights.models["weight"].reasons(traits, weight, 2)),
        ),
    )  # fmt: skip


def said(name: str, reasons: list[tuple[str, float]]) -> list[str]:
    return [f"{name}: {feature} {weight:+.2f}" for feature, weight in reasons]


def owned_by(main: int, mains: list[int], count: int) -> list[int]:
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


def finding(number: int, scene: Scene, passage: features.Passage) -> Draft | None:
    """A program's mail that reports something wrong; its first such line is the quote."""
    block = scene.blocks[number]
    own = [line for line in block.lines if line.kind == "own" and line.text.strip()]
    if not own or any(_NO_FINDING.match(line.text[:400]) for line in own[:12]):
        return None
    hits = [line for line in own if _FINDING.match(line.text[:400])]
    if not hits:
        return None
    quote = next((line for line in hits if 20 <= len(line.text.strip()) <= 200), hits[0])
    kind: Kind = "performance" if any("regression of" in line.text for line in hits[:3]) else "correctness"
    return Draft(
        block=number, main=-1, sentences=(), lines=tuple(line.number for line in own), quote_line=quote.number,
        text="\n".join(line.text for line in own[:40]), kind=kind, weight="blocking", chance=1.0, automated=True,
        traits=passage.shared, why=("point: a program's mail that names an error, a warning or a regression",),
    )  # fmt: skip
