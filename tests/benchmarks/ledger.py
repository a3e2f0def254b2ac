"""How right the ledger is: `python -m tests.benchmarks.ledger [--misses] [--cross-validation] [--archive DIR]`.

Prints the figures of ../shared/corpus/score.py for dev with the shipped weights, and where the archives are at hand
for labels/held.jsonl, on which constants were chosen, and labels/unseen.jsonl, on which nothing was (no anchors or
claims are annotated there); when asked for, for train and labels/threads.jsonl by cross-validation: each is judged by
weights that were trained without it (needs numpy). Train with the shipped weights would only show how well they
remember. Behind each figure of the cross-validation stands its standard error over threads.
"""

import argparse
import importlib.util
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.benchmarks.examples import CORPUS, Example, further, load
from tests.benchmarks.train_ledger import OUTER, Trainer
from threads import ledger
from threads.model import Anchor, Ledger
from threads.weights import Weights, shipped


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", CORPUS / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(CORPUS / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(found: Ledger) -> dict[str, Any]:
    """The part of the JSON report that score.py reads."""
    return {
        "points": [
            {
                "message_id": point.msgid,
                "quote": point.quote,
                "kind": point.kind,
                "weight": point.weight,
                "status": point.status,
                "anchor": anchor(point.anchor),
            }
            for point in found.points
        ],
        "claims": [{"message_id": claim.msgid, "quote": claim.quote, "type": claim.type} for claim in found.claims],
    }


def anchor(found: Anchor | None) -> dict[str, str] | None:
    if found is None or found.kind != "diff":
        return None
    return {"file": found.file, "line": found.sign + found.text}


class Tally:
    """Counts over threads, in the names of score.py."""

    def __init__(self, score: ModuleType, misses: bool = False) -> None:
        self.score = score
        self.misses = misses
        self.n: dict[str, int] = {}

    def add(self, name: str, count: int = 1) -> None:
        self.n[name] = self.n.get(name, 0) + count

    def thread(self, example: Example, found: Ledger) -> None:
        gold, said = example.gold, report(found)
        mails = self.score.read_mbox(example.mbox)
        pairs = self.score.pair(gold["points"], said["points"], mails)
        self.add("gold", len(gold["points"]))
        self.add("predicted", len(said["points"]))
        self.add("match", len(pairs))
        for g, p in pairs:
            self._pair(example.tid, gold["points"][g], said["points"][p])
        self.add("claims", len(gold["claims"]))
        self.add("claims_predicted", len(said["claims"]))
        self.add("claims_found", len(self.score.pair(gold["claims"], said["claims"], mails)))
        self.add("threads")
        self.add("outcome", found.outcome == gold["outcome"])
        if self.misses:
            self._print(example.tid, gold["points"], said["points"], pairs)

    def _pair(self, tid: str, gold: dict[str, Any], said: dict[str, Any]) -> None:
        opened = self.score.OPEN
        self.add("kind", gold["kind"] == said["kind"])
        self.add("weight", gold["weight"] == said["weight"])
        self.add("status", gold["status"] == said["status"])
        self.add("settled", (gold["status"] in opened) == (said["status"] in opened))
        right = self.score.anchor_right(gold, said)
        self.add("anchor", right)
        if gold.get("anchor"):
            self.add("anchored")
            self.add("anchored_right", right)
        if self.misses and (gold["status"] != said["status"] or gold["kind"] != said["kind"]):
            print(
                f"{tid} differs {gold['kind']}/{gold['status']} said {said['kind']}/{said['status']}:",
                gold["quote"][:90],
            )

    def _print(self, tid: str, gold: list[Any], said: list[Any], pairs: list[tuple[int, int]]) -> None:
        for number, point in enumerate(gold):
            if number not in {g for g, _ in pairs}:
                print(f"{tid} missed  [{point['kind']}/{point['weight']}] {point['quote'][:120]}")
        for number, point in enumerate(said):
            if number not in {p for _, p in pairs}:
                print(f"{tid} false   [{point['kind']}] {point['quote'][:120]}")

    def figures(self) -> dict[str, float]:
        n = self.n
        match, missed, false = n["match"], n["gold"] - n["match"], n["predicted"] - n["match"]

        def share(part: float, whole: float) -> float:
            return round(part / whole, 4) if whole else 0.0

        return {
            "precision": share(match, n["predicted"]),
            "recall": share(match, n["gold"]),
            "f1": share(2 * match, 2 * match + missed + false),
            "kind": share(n["kind"], match),
            "weight": share(n["weight"], match),
            "status": share(n["status"], match),
            "open_or_settled": share(n["settled"], match),
            "anchor": share(n["anchor"], match),
            "anchor_where_gold_has_one": share(n.get("anchored_right", 0), n.get("anchored", 0)),
            "ledger": share(2 * n["settled"], n["gold"] + n["predicted"]),
            "claims_recall": share(n["claims_found"], n["claims"]),
            "claims_precision": share(n["claims_found"], n["claims_predicted"]),
            "outcome": share(n["outcome"], n["threads"]),
        }


def evaluate(examples: Sequence[Example], weights: Weights, tally: Tally) -> None:
    for example in examples:
        tally.thread(example, ledger.build(example.thread, example.series, example.quoting, weights))


def cross_validated(trainer: Trainer, misses: bool = False) -> dict[str, dict[str, float]]:
    """Figures by source of the threads, each thread judged by weights that were trained without its part."""
    score = scorer()
    tallies: dict[str, list[Tally]] = {"train": [], "labels": []}
    for part in range(OUTER):
        model = trainer.weights(part)
        for place, example in enumerate(trainer.examples):
            if trainer.cell(place) % OUTER == part and example.judged is None:
                one = Tally(score, misses)
                evaluate([example], model, one)
                tallies["train" if example.mbox.parent.name == "mbox" else "labels"].append(one)
    columns: dict[str, dict[str, float]] = {}
    for name, some in tallies.items():
        if some:
            columns[f"{name}, cross-validated"] = merged(some).figures()
            columns[f"+- ({name})"] = errors(some)
    return columns


def merged(tallies: Sequence[Tally]) -> Tally:
    whole = Tally(tallies[0].score)
    for tally in tallies:
        for name, count in tally.n.items():
            whole.add(name, count)
    return whole


def errors(tallies: Sequence[Tally]) -> dict[str, float]:
    """Standard error of each figure, by drawing as many threads again with repetition."""
    draw = random.Random(1)
    drawn = [merged(draw.choices(tallies, k=len(tallies))).figures() for _ in range(200)]
    return {name: round(statistics.stdev(one[name] for one in drawn), 4) for name in drawn[0]}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--misses", action="store_true", help="print what was missed")
    parser.add_argument("--cross-validation", action="store_true", help="train and labels/*.jsonl too")
    parser.add_argument("--archive", type=Path, help="directory of public-inbox clones: labels/held.jsonl too")
    args = parser.parse_args(arguments)
    tally = Tally(scorer(), args.misses)
    evaluate(load("dev"), shipped(), tally)
    columns = {"dev": tally.figures()}
    if args.archive:
        for name in ("held", "unseen"):
            with tempfile.TemporaryDirectory() as keep:
                tally = Tally(scorer(), args.misses)
                evaluate(further(args.archive, Path(keep), (name,)), shipped(), tally)
                columns[name] = tally.figures()
    if args.cross_validation:
        with tempfile.TemporaryDirectory() as keep:
            examples = [*load("train"), *(further(args.archive, Path(keep)) if args.archive else ())]
            columns.update(cross_validated(Trainer(examples), args.misses))
    show(columns)
    return 0


def show(columns: dict[str, dict[str, float]]) -> None:
    print(f"{'':28} " + "  ".join(f"{name:>23}" for name in columns))
    for name in next(iter(columns.values())):
        print(f"{name:28} " + "  ".join(f"{figures[name]:23.4f}" for figures in columns.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
