"""Train the weights of the ledger: `python -m tests.benchmarks.train_ledger`.

Reads ../shared/corpus/train (never dev) and phrases/*.txt (invented sentences), and writes
threads/weights/ledger.json.gz. Needs numpy, which nothing else does: `pip install numpy`. The same corpus gives the
same file. The models are ridge regressions on labels of -1 and 1, one per class: with so few examples they do as well
as anything, and they are solved in closed form.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from threads import claims, events, features, messages, points, quoting, reading, series, sources, speech, tree, weights
from threads.features import Passage
from threads.model import Block, Kind, Line, Value
from threads.points import Draft
from threads.reading import Reading
from threads.scene import Scene
from threads.weights import Model, Weights

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
PHRASES = Path(__file__).with_name("phrases")
RARE = 4  # a single word counts when it occurs in at least so many training threads
STEEP = 3.0  # a score of 1 in the regression is a log-odds of 3
BESIDE = 0.4  # how much another sentence of a point counts beside its main one
FAINT = 3  # weights below three hundredths are not worth shipping
INNER = 5  # parts of the cross-fitting inside of the training
# Penalty of each model, and how much an invented sentence counts beside a real one.
PENALTY = {
    "block": 200.0,
    "sentence": 100.0,
    "more": 60.0,
    "kind": 30.0,
    "weight": 60.0,
    "reacts": 60.0,
    "event-author": 40.0,
    "event-raiser": 40.0,
    "event-other": 40.0,
    "status": 120.0,
    "claim": 100.0,
    "claim-type": 60.0,
}
INVENTED = {"kind": 0.5, "weight": 0.5, "event-author": 0.3, "event-raiser": 0.3, "event-other": 0.3}
THRESHOLDS = {"block": 0.42, "block-on-patch": 0.36, "more": 0.35, "third": 0.6, "reacts": 0.5, "claim": 0.2}


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
        found.append(Phrase(label=label, part=part, passage=features.taken_apart(block, False, frozenset())))
    return tuple(found)


class Example(Value, frozen=True, kw_only=True):
    """An annotated thread, read as the program reads it."""

    tid: str
    gold: dict[str, Any]
    mbox: Path
    thread: Any
    series: Any
    quoting: Any
    reading: Reading

    @property
    def scene(self) -> Scene:
        return self.reading.scene

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.reading.passages


def load(split: str) -> list[Example]:
    root = CORPUS / split
    return [
        read(path.stem, json.loads(path.read_text()), root / "mbox" / f"{path.stem}.mbox")
        for path in sorted((root / "gold").glob("t*.json"))
    ]


def read(tid: str, gold: dict[str, Any], mbox: Path) -> Example:
    mails, _ = sources.read_path(mbox)
    thread = tree.build([messages.parse_message(raw, where) for raw, where in mails])
    found = series.find(thread)
    told = quoting.read(thread)
    return Example(
        tid=tid,
        gold=gold,
        mbox=mbox,
        thread=thread,
        series=found,
        quoting=told,
        reading=reading.read(Scene(thread, found, told)),
    )


def fold(text: str) -> str:
    return " ".join(text.split())


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", text.lower()))


def block_of(example: Example, msgid: str, quote: str) -> int | None:
    wanted = fold(quote)
    for number in example.scene.blocks_in.get(msgid, ()):
        if wanted in fold(" ".join(line.text for line in example.scene.blocks[number].lines)):
            return int(number)
    return None


def sentence_of(example: Example, number: int, quote: str) -> int | None:
    """The sentence that a gold quote stands in: on its line, sharing most words."""
    wanted, need = fold(quote), words(quote)
    lines = {
        line.number
        for line in example.scene.blocks[number].lines
        if wanted in fold(line.text) or (len(fold(line.text)) > 10 and fold(line.text) in wanted)
    }
    best, most = None, -10.0
    for place, sentence in enumerate(example.passages[number].sentences):
        score = len(need & words(sentence.text)) + (0.7 if sentence.best_line in lines else 0.0)
        score += 0.0 if lines & set(sentence.lines) else -5.0
        if score > most:
            best, most = place, score
    return best


def gold_points(example: Example) -> list[tuple[dict[str, Any], int, int]]:
    """Gold points with their block and main sentence."""
    found = []
    for point in example.gold["points"]:
        number = block_of(example, point["message_id"], point["quote"])
        place = None if number is None else sentence_of(example, number, point["quote"])
        if number is not None and place is not None:
            found.append((point, number, place))
    return found


def gold_drafts(example: Example) -> list[tuple[dict[str, Any], Draft]]:
    placed = gold_points(example)
    mains: dict[int, set[int]] = defaultdict(set)
    for _, number, place in placed:
        mains[number].add(place)
    return [(point, draft_of(example, point, number, place, sorted(mains[number]))) for point, number, place in placed]


def draft_of(example: Example, point: dict[str, Any], number: int, main: int, mains: list[int]) -> Draft:
    passage = example.passages[number]
    owned = points.owned_by(main, mains, len(passage.sentences))
    lines = tuple(dict.fromkeys(line for place in owned for line in passage.sentences[place].lines))
    return Draft(
        block=number,
        main=main,
        sentences=tuple(owned),
        lines=lines,
        quote_line=lines[0],
        text="",
        kind=point["kind"],
        weight=point["weight"],
        chance=1.0,
        whole=1.0,
        automated=False,
        traits=features.about(passage, owned, main),
        why=(),
    )


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
    ]


def block_rows(example: Example) -> tuple[Rows, Rows]:
    marked: dict[int, set[int]] = defaultdict(set)
    for _, number, place in gold_points(example):
        marked[number].add(place)
    whole: Rows = []
    each: Rows = []
    for number in person_blocks(example):
        passage = example.passages[number]
        whole.append(Row(features.pooled(passage), "point" if marked[number] else ""))
        each.extend(
            Row(features.in_context(passage, place), "point" if place in marked[number] else "")
            for place in range(len(passage.sentences))
        )
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
        found = events.reactions(draft, example.reading, model, frozenset())
        found = [*found, *events.asides(draft, found, example.reading)]
        rows.append(Row(events.status_features(draft, found, example.reading), point["status"]))
    return rows


def claim_rows(example: Example) -> tuple[Rows, Rows]:
    marked: dict[tuple[int, int], str] = {}
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
    rows: dict[str, Rows] = {name: [] for name in PENALTY}
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


def names_of(examples: Sequence[Example]) -> set[str]:
    """Words of people's names, which must not become features."""
    found: set[str] = set()
    for example in examples:
        for message in example.thread.messages:
            for who in (message.author, *message.to, *message.cc):
                found.update(re.findall(r"[a-z]+", f"{who.name} {who.address}".lower()))
    return found - speech.COMMON


def vocabulary(examples: Sequence[Example]) -> frozenset[str]:
    """Words that may count: those of several threads that are no names, and for reactions those of invented ones."""
    counts: Counter[str] = Counter()
    for example in examples:
        seen = {name for passage in example.passages for each in passage.each for name in each if name.startswith("w:")}
        counts.update(seen)
    names = names_of(examples)
    found = {name for name, count in counts.items() if count >= RARE and name[2:] not in names}
    spoken = Counter(
        name for phrase in phrases() for name in set(events.worded(phrase.passage)) if phrase.label not in KINDS
    )
    return frozenset(found | {name for name, count in spoken.items() if count > 1})


def kept(feature: str, known: frozenset[str]) -> bool:
    """A feature that holds no word, or a word of the vocabulary."""
    if feature.startswith(("t:", "t2:")):
        return feature in known
    if feature.startswith("point:"):
        return feature.count(":") < 2 or "main:" in feature or f"t:^{feature.rsplit(':', 1)[1]}" in known
    place = feature.find("w:")
    return place < 0 or (place > 0 and feature[place - 1] != ":") or feature[place:] in known


def fit_model(rows: Rows, name: str, known: frozenset[str]) -> Model:
    """Weights of one model, rounded to integers of a hundredth."""
    counts = Counter(feature for row in rows for feature in row.seen if kept(feature, known))
    columns = {feature: place for place, feature in enumerate(sorted(x for x, count in counts.items() if count > 1))}
    labels = sorted({row.label for row in rows})
    classes = tuple(label for label in labels if label) if labels[0] == "" else tuple(labels)
    solved = ridge(rows, columns, classes, PENALTY[name])
    scale = 0.01
    table = {}
    for feature, place in columns.items():
        weights_here = tuple(round(float(value) * STEEP / scale) for value in solved[place])
        if any(abs(value) >= FAINT for value in weights_here):
            table[feature] = weights_here
    return Model(classes=classes, bias=tuple(round(float(x) * STEEP, 4) for x in solved[-1]), scale=scale, rows=table)


def ridge(rows: Rows, columns: dict[str, int], classes: Sequence[str], penalty: float) -> Any:
    """(features + 1) x classes matrix of weights; the last row is the bias."""
    import numpy  # type: ignore[import-not-found,unused-ignore]

    table = numpy.zeros((len(rows), len(columns) + 1), numpy.float32)
    target = numpy.full((len(rows), len(classes)), -1.0, numpy.float32)
    for place, row in enumerate(rows):
        table[place, [columns[feature] for feature in row.seen if feature in columns]] = 1.0
        if row.label in classes:
            target[place, classes.index(row.label)] = 1.0
    table[:, -1] = 1.0
    weight = numpy.asarray([row.weight for row in rows], numpy.float32)
    if len(rows) <= len(columns):
        inner = table @ table.T + numpy.diag(penalty / weight)
        return table.T @ numpy.linalg.solve(inner, target)
    weighted = table * weight[:, None]
    return numpy.linalg.solve(table.T @ weighted + penalty * numpy.eye(table.shape[1]), weighted.T @ target)


def fit(examples: Sequence[Example]) -> Weights:
    known = vocabulary(examples)
    extra = phrase_rows(phrases())
    drafts = [gold_drafts(example) for example in examples]
    rows: dict[str, list[Rows]] = {name: [] for name in PENALTY}
    for example, some in zip(examples, drafts, strict=True):
        blocks, sentences = block_rows(example)
        claimed, types = claim_rows(example)
        reacted = event_rows(example, some)
        for name, part in (("block", blocks), ("sentence", sentences), ("claim", claimed), ("claim-type", types)):
            rows[name].append(part)
        for name in EVENTS:
            rows[name].append(reacted[name])
        for name in ("kind", "weight"):
            rows[name].append([row for point, draft in some for row in point_rows(example, draft, point[name])])
    rows["more"], rows["status"] = cross_fitted(examples, drafts, rows, known, extra)
    models = {
        name: fit_model([*(row for part in parts for row in part), *extra[name]], name, known)
        for name, parts in rows.items()
    }
    return Weights(version=1, thresholds=THRESHOLDS, models=models)


def cross_fitted(
    examples: Sequence[Example],
    drafts: Sequence[list[tuple[dict[str, Any], Draft]]],
    rows: dict[str, list[Rows]],
    known: frozenset[str],
    extra: dict[str, Rows],
) -> tuple[list[Rows], list[Rows]]:
    """Rows of the two models that build on others, whose inputs come from models that did not see the thread."""
    more: list[Rows] = []
    status: list[Rows] = []
    names = ["sentence", *EVENTS]
    for part in range(INNER):
        models = {
            name: fit_model(
                [
                    *(row for place, some in enumerate(rows[name]) if place % INNER != part for row in some),
                    *extra[name],
                ],
                name,
                known,
            )
            for name in names
        }
        model = Weights(version=1, thresholds=THRESHOLDS, models=models)
        for place in range(part, len(examples), INNER):
            more.append(more_rows(examples[place], model))
            status.append(status_rows(examples[place], drafts[place], model))
    return more, status


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


def main() -> int:
    from tests.benchmarks import ledger

    examples = load("train")
    fitted = fit(examples)
    figures = ledger.cross_validate(examples, fit)
    full = Weights(version=1, thresholds=fitted.thresholds, models=fitted.models, figures=figures)
    weights.FILE.parent.mkdir(exist_ok=True)
    weights.FILE.write_bytes(weights.encode(full))
    print(f"{weights.FILE}: {weights.FILE.stat().st_size} bytes")
    for name, value in figures.items():
        print(f"{name:28} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
