"""Train the weights of the ledger: `python -m tests.benchmarks.train_ledger [--archive DIR]`.

Reads ../shared/corpus/train (never dev), the threads of labels/*.jsonl whose mails the archives below DIR hold (see
tests.benchmarks.labels), and phrases/*.txt (invented sentences); writes threads/weights/ledger.msgpack.gz. Needs
scikit-learn, which nothing else does: `pip install scikit-learn`. The same input gives the same file.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import rows as made
from tests.benchmarks.examples import CORPUS, Example, further, gold_drafts, load, read
from tests.benchmarks.rows import MODELS, Row, phrases
from tests.benchmarks.solve import ALWAYS, Design
from threads import weights
from threads.weights import Weights

__all__ = ["CORPUS", "Example", "fit", "further", "load", "phrases", "read"]

OUTER = 5  # parts of the cross-validation
INNER = 3  # parts of the cross-fitting inside of the training
# Inverse of the penalty of each model.
STRENGTH = {
    "block": 0.05,
    "sentence": 0.05,
    "more": 0.1,
    "kind": 0.1,
    "weight": 0.1,
    "reacts": 0.02,
    "event-author": 0.05,
    "event-raiser": 0.05,
    "event-other": 0.1,
    "status": 0.01,
    "claim": 0.05,
    "claim-type": 0.1,
}
THRESHOLDS = {"block": 0.52, "more": 0.4, "third": 0.6, "reacts": 0.6, "claim": 0.15}
BUILT_ON = ("sentence", *made.EVENTS)  # models whose answers "more" and "status" see


class Trainer:
    """The designs of all models, from which the weights without some threads are solved.

    Thread number n is in part n % OUTER of the cross-validation and in n // OUTER % INNER of the cross-fitting.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = list(examples)
        self.drafts = [gold_drafts(example) for example in examples]
        self.known = made.vocabulary(examples)
        self.designs = {name: self._design(name, some) for name, some in self._rows().items()}

    def _rows(self) -> dict[str, list[list[Row]]]:
        """By model, for each thread its rows, the invented ones last."""
        found: dict[str, list[list[Row]]] = {name: [] for name in MODELS if name not in ("more", "status")}
        for example, some in zip(self.examples, self.drafts, strict=True):
            for name, part in made.rows_of(example, some).items():
                found[name].append(part)
        invented = made.phrase_rows(phrases())
        for name, parts in found.items():
            parts.append(invented[name])
        return found

    def _design(self, name: str, parts: Sequence[Sequence[Row]]) -> Design:
        cells = [self.cell(place) if place < len(self.examples) else ALWAYS for place in range(len(parts))]
        folds = [cell for cell, part in zip(cells, parts, strict=True) for _ in part]
        return Design([row for part in parts for row in part], folds, self.known)

    def cell(self, place: int) -> int:
        return place % (OUTER * INNER)

    def weights(self, without: int | None = None) -> Weights:
        """Weights from all threads but those of one part of the cross-validation."""
        left_out = {cell for cell in range(OUTER * INNER) if cell % OUTER == without}
        more: list[Row] = []
        status: list[Row] = []
        for inner in range(INNER):
            held = {cell for cell in range(OUTER * INNER) if cell // OUTER == inner}
            some = {name: self.designs[name].solve(STRENGTH[name], left_out | held) for name in BUILT_ON}
            model = Weights(version=1, thresholds=THRESHOLDS, models=some)
            for place, example in enumerate(self.examples):
                if self.cell(place) in held - left_out:
                    more.extend(made.more_rows(example, model))
                    status.extend(made.status_rows(example, self.drafts[place], model))
        models = {name: design.solve(STRENGTH[name], left_out) for name, design in self.designs.items()}
        for name, top in (("more", more), ("status", status)):
            models[name] = Design(top, [0] * len(top), self.known).solve(STRENGTH[name])
        return Weights(version=1, thresholds=THRESHOLDS, models=models)


def fit(examples: Sequence[Example]) -> Weights:
    return Trainer(examples).weights()


def main() -> int:
    from tests.benchmarks import ledger

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--archive", type=Path, help="directory of public-inbox clones, for labels/*.jsonl")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as keep:
        examples = [*load("train"), *(further(args.archive, Path(keep)) if args.archive else ())]
        trainer = Trainer(examples)
        columns = ledger.cross_validated(trainer)
    fitted = trainer.weights()
    figures = next(iter(columns.values()))
    full = Weights(version=1, thresholds=fitted.thresholds, models=fitted.models, figures=figures)
    weights.FILE.parent.mkdir(exist_ok=True)
    weights.FILE.write_bytes(weights.encode(full))
    print(f"{weights.FILE}: {weights.FILE.stat().st_size} bytes, {len(examples)} threads")
    ledger.show(columns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
