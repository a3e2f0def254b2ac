"""How right the ledger is: `python -m tests.benchmarks.ledger [--misses] [--no-cross-validation]`.

Prints the figures of ../shared/corpus/score.py for dev with the shipped weights, and for train by cross-validation:
each thread is judged by weights that were trained without it (needs scikit-learn). Train with the shipped weights
would only show how well they remember.
"""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from tests.benchmarks.train_ledger import CORPUS, Example, fit, load
from threads import ledger
from threads.model import Anchor, Ledger
from threads.weights import Weights, shipped

FOLDS = 8


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


def cross_validate(
    examples: Sequence[Example], train: Callable[[Sequence[Example]], Weights], misses: bool = False
) -> dict[str, float]:
    """Figures over all threads, each judged by weights that were trained without it and its seven neighbours' part."""
    tally = Tally(scorer(), misses)
    for part in range(FOLDS):
        rest = [example for place, example in enumerate(examples) if place % FOLDS != part]
        evaluate(examples[part::FOLDS], train(rest), tally)
    return tally.figures()


def main(arguments: Sequence[str]) -> int:
    misses = "--misses" in arguments
    columns: dict[str, dict[str, float]] = {}
    if "--no-dev" not in arguments:
        tally = Tally(scorer(), misses)
        evaluate(load("dev"), shipped(), tally)
        columns["dev"] = tally.figures()
    if "--no-cross-validation" not in arguments:
        columns["train, cross-validated"] = cross_validate(load("train"), fit, misses)
    print(f"{'':28} " + "  ".join(f"{name:>22}" for name in columns))
    for name in next(iter(columns.values())):
        print(f"{name:28} " + "  ".join(f"{figures[name]:22.4f}" for figures in columns.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
