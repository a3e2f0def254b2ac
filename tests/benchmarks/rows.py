"""What each model of the ledger is trained on: features and labels, from annotated threads and invented sentences."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from tests.benchmarks.examples import Example, block_of, gold_points, sentence_of
from threads import claims, events, features, response, speech
from threads.features import Passage
from threads.model import Block, Kind, Line, Value
from threads.points import Draft
from threads.weights import Weights

PHRASES = Path(__file__).with_name("phrases")
RARE = 4  # a single word counts when it occurs in at least so many training threads
RARE_PAIR = 6  # two words beside each other
PAIR = 2  # of more words in a row only those that we wrote ourselves
BESIDE = 0.4  # how much another sentence of a point counts beside its main one
INVENTED = {"kind": 1.0, "weight": 1.0, "event-author": 0.6, "event-raiser": 0.6, "event-other": 0.6}
MODELS = (
    "block", "sentence", "more", "kind", "weight", "reacts", "event-author", "event-raiser", "event-other", "status",
    "claim", "claim-type",
)  # fmt: skip


class Phrase(Value, frozen=True, kw_only=True):
    """An invented sentence of phrases/*.txt: its label, weight or speaker, and how the program reads it."""

    label: str
    part: str
    passage: Passage


@lru_cache(maxsize=1)
def phrases() -> tuple[Phrase, ...]:
    found = []
    for line in (line for path in sorted(PHRASES.glob("*.txt")) for line in path.read_text().splitlines()):
        if not line.strip() or line.startswith("#"):
            continue
        head, text = line.split(": ", 1)
        label, _, part = head.partition(" ")
        lines = (
            Line(
                number=0,
                kind="trailer" if label == "changelog" and text.startswith(("Fixes:", "Cc:")) else "own",
                depth=0,
                text=text,
            ),
        )
        block = Block(msgid="x", number=0, lines=lines, context=())
        found.append(Phrase(label=label, part=part, passage=features.taken_apart(block, frozenset())))
    return tuple(found)


EVENTS = ("reacts", *(f"event-{part}" for part in events.PARTS))
KINDS = frozenset(get_args(Kind))
WEIGHTS = {"b": "blocking", "s": "should", "n": "nit", "q": "question"}


class Row(NamedTuple):
    """What a model sees, what it should say, and how much the example counts."""

    seen: frozenset[str]
    label: str
    weight: float = 1.0


Rows = list[Row]


def person_blocks(example: Example) -> list[int]:
    return [
        number
        for number, block in enumerate(example.scene.blocks)
        if not example.scene.posts(block.msgid)
        and not example.scene.message(block.msgid).automated
        and example.passages[number].sentences
        and (example.judged is None or number in example.judged)
    ]


def block_rows(example: Example) -> tuple[Rows, Rows]:
    marked: dict[int, set[int]] = defaultdict(set)
    for _, number, place in gold_points(example):
        marked[number].add(place)
    whole: Rows = []
    each: Rows = []
    for number in person_blocks(example):
        passage = example.passages[number]
        places = range(len(passage.sentences))
        label = "point" if marked[number] else ""
        whole.append(Row(features.pooled(passage) | response.heard_back(number, example.reading), label))
        for place in places:
            label = "point" if place in marked[number] else ""
            each.append(Row(features.in_context(passage, place), label))
    return whole, each


def point_rows(example: Example, draft: Draft, label: str) -> Rows:
    """The main sentence of a point, and its other ones, which count less; the program cannot tell them for sure."""
    passage = example.passages[draft.block]
    return [
        Row(features.about(passage, draft.sentences, place), label, 1.0 if place == draft.main else BESIDE)
        for place in draft.sentences
        if place == draft.main or not passage.sentences[place].code
    ]


def event_rows(example: Example, drafts: Sequence[tuple[dict[str, Any], Draft]]) -> dict[str, Rows]:
    """Whether a block reacts at all, and for those that do, by part: the author's, the raiser's, others' reactions."""
    rows: dict[str, Rows] = {name: [] for name in EVENTS}
    for point, draft in drafts:
        if "events" not in point:
            continue
        types = {block_of(example, event["message_id"], event["quote"]): event["type"] for event in point["events"]}
        found = events.turns(draft, example.reading, frozenset())
        for place, turn in enumerate(found):
            seen = events.turn_features(place, found, draft, example.reading)
            part = events.who(turn.block, draft, example.scene)
            kind = types.get(turn.block)
            rows["reacts"].append(Row(events.reaction_features(seen, part), "event" if kind else ""))
            if kind:
                rows[f"event-{part}"].append(Row(seen, kind))
    return rows


def status_rows(example: Example, drafts: Sequence[tuple[dict[str, Any], Draft]], model: Weights) -> Rows:
    rows: Rows = []
    for point, draft in drafts:
        if "status" not in point:
            continue
        found = events.reactions(draft, example.reading, model, frozenset())
        found = [*found, *events.asides(draft, found, example.reading)]
        rows.append(Row(events.status_features(draft, found, example.reading), point["status"]))
    return rows


def claim_rows(example: Example) -> tuple[Rows, Rows]:
    marked: dict[tuple[int, int], str] = {}
    if not example.gold.get("claims"):
        return [], []
    for claim in example.gold["claims"]:
        number = block_of(example, claim["message_id"], claim["quote"])
        place = None if number is None else sentence_of(example, number, claim["quote"])
        if number is not None and place is not None:
            marked[(number, place)] = claim["type"]
    rows: Rows = []
    types: Rows = []
    for number, passage in enumerate(example.passages):
        if example.scene.message(example.scene.blocks[number].msgid).automated:
            continue
        for place in range(len(passage.sentences)):
            seen = claims.claim_features(passage, place, example.scene)
            rows.append(Row(seen, "claim" if (number, place) in marked else ""))
            if (number, place) in marked:
                types.append(Row(seen, marked[(number, place)]))
    return rows, types


def phrase_rows(invented: Sequence[Phrase]) -> dict[str, Rows]:
    """What the invented sentences teach each model; nothing about where a comment stands."""
    rows: dict[str, Rows] = {name: [] for name in MODELS}
    for phrase in invented:
        passage = phrase.passage
        kinds = phrase.label in KINDS
        if not passage.sentences:
            continue
        if kinds:
            traits = features.about(passage, range(len(passage.sentences)), 0)
            rows["kind"].append(Row(traits, phrase.label, INVENTED["kind"]))
            rows["weight"].append(Row(traits, WEIGHTS[phrase.part], INVENTED["weight"]))
        elif phrase.part:
            _react(phrase, rows)
    return rows


def _react(phrase: Phrase, rows: dict[str, Rows]) -> None:
    """A reaction teaches the model of its part; how another answers or disputes is learned from the author's too."""
    label = phrase.label
    if label == "nothing":
        return
    part, _, manner = phrase.part.partition(" ")
    parts = {part} | ({"other"} if part == "author" and label in ("answered", "disputed") else set())
    for name in sorted(parts):
        relation = "chain" if name == "raiser" else "last"
        for asked in (False, True):
            if manner and asked != (manner == "asked"):
                continue
            seen = frozenset(
                (*events.heard(phrase.passage, relation, name != "raiser", asked), *events.worded(phrase.passage))
            )
            rows[f"event-{name}"].append(Row(seen, label, INVENTED[f"event-{name}"]))


def more_rows(example: Example, model: Weights) -> Rows:
    """For blocks that hold points: whether they hold more than one."""
    counts = Counter(number for _, number, _ in gold_points(example))
    rows: Rows = []
    for number, count in sorted(counts.items()):
        passage = example.passages[number]
        one = model.models["sentence"]
        chances = [one.chance(features.in_context(passage, place)) for place in range(len(passage.sentences))]
        rows.append(Row(features.counting(passage, chances), "more" if count > 1 else ""))
    return rows


def names_of(examples: Sequence[Example]) -> set[str]:
    """Words of people's names, which must not become features."""
    found: set[str] = set()
    for example in examples:
        for message in example.thread.messages:
            for who in (message.author, *message.to, *message.cc):
                found.update(re.findall(r"[a-z]+", f"{who.name} {who.address}".lower()))
    return found - speech.COMMON


def vocabulary(examples: Sequence[Example]) -> frozenset[str]:
    """Words and pairs that may count: those of several threads without names, and those of invented reactions."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for example in examples:
        each = [one for passage in example.passages for one in passage.each]
        words.update({name for one in each for name in one if name.startswith("w:")})
        pairs.update({name for passage in example.passages for name in _paired(passage)})
    names = names_of(examples)
    found = {name for name, count in words.items() if count >= RARE and name[2:] not in names}
    found.update(name for name, count in pairs.items() if count >= RARE_PAIR and _all_known(name, found))
    spoken = Counter(
        name for phrase in phrases() for name in set(events.worded(phrase.passage)) if phrase.label not in KINDS
    )
    return frozenset(found | {name for name, count in spoken.items() if count > 1})


def _paired(passage: Passage) -> Iterator[str]:
    for sentence in passage.sentences:
        if not sentence.code:
            yield from features.pairs(sentence)
    yield from (name for name in events.worded(passage) if name.count(" ") < PAIR)


def _all_known(name: str, known: set[str]) -> bool:
    """Every word of a feature is a word that may count, a name of C, a question mark, or an end of the sentence."""
    words = name.partition(":")[2].removeprefix("^").split(" ")
    return all(word in ("NAME", "?", "$") or f"w:{word}" in known for word in words)


def kept(feature: str, known: frozenset[str]) -> bool:
    """A feature that holds no word, or a word of the vocabulary."""
    if feature.startswith(("t:", "t2:", "pair:")):
        return feature in known
    if feature.startswith("point:"):
        return feature.count(":") < 2 or "main:" in feature or f"t:^{feature.rsplit(':', 1)[1]}" in known
    place = feature.find("w:")
    return place < 0 or (place > 0 and feature[place - 1] != ":") or feature[place:] in known


def rows_of(example: Example, drafts: Sequence[tuple[dict[str, Any], Draft]]) -> dict[str, Rows]:
    """The rows of one thread for every model that does not build on others."""
    found: dict[str, Rows] = dict(event_rows(example, drafts))
    found["block"], found["sentence"] = block_rows(example)
    found["claim"], found["claim-type"] = claim_rows(example)
    for name in ("kind", "weight"):
        found[name] = [row for point, draft in drafts for row in point_rows(example, draft, point[name])]
    return found
