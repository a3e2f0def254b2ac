"""Train the weights of the ledger: `python -m tests.benchmarks.train_ledger`.

Reads ../shared/corpus/train (never dev) and writes threads/weights/ledger.json.gz. Needs numpy and scikit-learn, which
nothing else does: `pip install scikit-learn`. The same corpus and the same versions give the same file.
"""

import collections
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from threads import claims, events, features, messages, points, quoting, series, sources, speech, talk, tree, weights
from threads.features import Passage
from threads.model import Value
from threads.points import Draft
from threads.scene import Scene
from threads.weights import Model, Weights

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
RARE = 4  # a single word counts when it occurs in at least so many training threads
STRENGTH = {
    "block": 0.03,
    "sentence": 0.05,
    "kind": 0.3,
    "weight": 0.1,
    "event": 0.1,
    "status": 0.1,
    "claim": 0.05,
    "claim-type": 0.1,
}
THRESHOLDS = {"block": 0.38, "second": 0.42, "claim": 0.08}


class Example(Value, frozen=True, kw_only=True):
    """An annotated thread, read as the program reads it."""

    tid: str
    gold: dict[str, Any]
    mbox: Path
    thread: Any
    series: Any
    quoting: Any
    scene: Any
    passages: list[Passage]
    given: dict[int, list[talk.Answer]]
    known: list[events.Fact]


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
    scene = Scene(thread, found, told)
    passages = [features.passage(number, scene) for number in range(len(scene.blocks))]
    return Example(
        tid=tid, gold=gold, mbox=mbox, thread=thread, series=found, quoting=told, scene=scene, passages=passages,
        given=talk.answers(scene), known=events.facts(scene),
    )  # fmt: skip


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
        line.number for line in example.scene.blocks[number].lines
        if wanted in fold(line.text) or (len(fold(line.text)) > 10 and fold(line.text) in wanted)
    }  # fmt: skip
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
    mains: dict[int, set[int]] = collections.defaultdict(set)
    for _, number, place in placed:
        mains[number].add(place)
    return [(point, draft_of(example, point, number, place, sorted(mains[number]))) for point, number, place in placed]


def draft_of(example: Example, point: dict[str, Any], number: int, main: int, mains: list[int]) -> Draft:
    passage = example.passages[number]
    owned = points.owned_by(main, mains, len(passage.sentences))
    lines = tuple(dict.fromkeys(line for place in owned for line in passage.sentences[place].lines))
    return Draft(
        block=number, main=main, sentences=tuple(owned), lines=lines, quote_line=lines[0], text="", kind=point["kind"],
        weight=point["weight"], chance=1.0, automated=False, traits=features.about(passage, owned, main), why=(),
    )  # fmt: skip


Rows = list[tuple[frozenset[str], str]]


def person_blocks(example: Example) -> list[int]:
    return [
        number for number, block in enumerate(example.scene.blocks)
        if not example.scene.posts(block.msgid) and not example.scene.message(block.msgid).automated
        and example.passages[number].sentences
    ]  # fmt: skip


def block_rows(example: Example) -> tuple[Rows, Rows]:
    marked: dict[int, set[int]] = collections.defaultdict(set)
    for _, number, place in gold_points(example):
        marked[number].add(place)
    whole: Rows = []
    each: Rows = []
    for number in person_blocks(example):
        passage = example.passages[number]
        whole.append((features.pooled(passage), "point" if marked[number] else ""))
        each.extend(
            (features.in_context(passage, place), "point" if place in marked[number] else "")
            for place in range(len(passage.sentences))
        )
    return whole, each


def event_rows(example: Example, drafts: Sequence[tuple[dict[str, Any], Draft]]) -> Rows:
    rows: Rows = []
    for point, draft in drafts:
        types = {block_of(example, event["message_id"], event["quote"]): event["type"] for event in point["events"]}
        for turn in talk.about(draft.block, frozenset(draft.lines), example.given, example.scene):
            if example.passages[turn.block].sentences:
                seen = events.reaction_features(turn, draft, example.scene, example.passages)
                rows.append((seen, types.get(turn.block, "none")))
    return rows


def status_rows(example: Example, drafts: Sequence[tuple[dict[str, Any], Draft]], model: Weights) -> Rows:
    rows: Rows = []
    for point, draft in drafts:
        found = events.reactions(draft, example.scene, example.given, example.passages, model)
        rows.append((events.status_features(draft, found, example.scene, example.known), point["status"]))
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
            rows.append((seen, "claim" if (number, place) in marked else ""))
            if (number, place) in marked:
                types.append((seen, marked[(number, place)]))
    return rows, types


def names_of(examples: Sequence[Example]) -> set[str]:
    """Words of people's names, which must not become features."""
    found: set[str] = set()
    for example in examples:
        for message in example.thread.messages:
            for who in (message.author, *message.to, *message.cc):
                found.update(re.findall(r"[a-z]+", f"{who.name} {who.address}".lower()))
    return found - speech.COMMON


def vocabulary(examples: Sequence[Example]) -> frozenset[str]:
    counts: collections.Counter[str] = collections.Counter()
    for example in examples:
        seen = {name for passage in example.passages for each in passage.each for name in each if name.startswith("w:")}
        counts.update(seen)
    names = names_of(examples)
    return frozenset(name for name, count in counts.items() if count >= RARE and name[2:] not in names)


def kept(feature: str, known: frozenset[str]) -> bool:
    place = feature.find("w:")
    return place < 0 or (place > 0 and feature[place - 1] != ":") or feature[place:] in known


def fit_model(rows: Rows, name: str, known: frozenset[str], sample_weights: Sequence[float] | None = None) -> Model:
    """One model by L2-regularised logistic regression, its weights rounded to integers of a hundredth."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([{name: 1.0 for name in sorted(seen) if kept(name, known)} for seen, _ in rows])
    labels = [label for _, label in rows]
    fitted = LogisticRegression(C=STRENGTH[name], max_iter=3000).fit(table, labels, sample_weight=sample_weights)
    classes = tuple(str(label) for label in fitted.classes_)
    if len(classes) == 2 and classes[0] == "":
        classes = classes[1:]
    scale = 0.01
    table_rows = {}
    for place, feature in enumerate(vectorizer.get_feature_names_out()):
        row = tuple(round(float(value) / scale) for value in fitted.coef_[:, place])
        if any(row):
            table_rows[str(feature)] = row
    return Model(
        classes=classes, bias=tuple(round(float(x), 4) for x in fitted.intercept_), scale=scale, rows=table_rows
    )


def fit(examples: Sequence[Example]) -> Weights:
    known = vocabulary(examples)
    drafts = [gold_drafts(example) for example in examples]
    blocks = [block_rows(example) for example in examples]
    said = [claim_rows(example) for example in examples]
    told = [pair for some in drafts for pair in some]
    models = {
        "block": fit_model([row for whole, _ in blocks for row in whole], "block", known),
        "sentence": fit_model([row for _, each in blocks for row in each], "sentence", known),
        "kind": fit_model([(draft.traits, point["kind"]) for point, draft in told], "kind", known),
        "weight": fit_model([(draft.traits, point["weight"]) for point, draft in told], "weight", known),
        "claim": fit_model([row for rows, _ in said for row in rows], "claim", known),
        "claim-type": fit_model([row for _, rows in said for row in rows], "claim-type", known),
    }
    happened = [event_rows(example, some) for example, some in zip(examples, drafts, strict=True)]
    models["event"] = fit_model([row for rows in happened for row in rows], "event", known)
    models["status"] = fit_model(_status(examples, drafts, happened, known), "status", known)
    return Weights(version=1, thresholds=THRESHOLDS, models=models)


def _status(
    examples: Sequence[Example],
    drafts: Sequence[list[tuple[dict[str, Any], Draft]]],
    happened: Sequence[Rows],
    known: frozenset[str],
) -> Rows:
    """Status rows whose reactions were typed by a model that did not see their thread."""
    rows: Rows = []
    parts = 5
    for part in range(parts):
        rest = [row for place, some in enumerate(happened) if place % parts != part for row in some]
        model = Weights(version=1, thresholds={}, models={"event": fit_model(rest, "event", known)})
        for place in range(part, len(examples), parts):
            rows.extend(status_rows(examples[place], drafts[place], model))
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
