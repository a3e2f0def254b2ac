"""Ridge regressions on rows of named features, with folds left out at little cost.

One matrix of the features is made, and its products are summed by fold; a model without a fold is the solution of what
the others sum to. Labels are -1 and 1, one column per class: with so few examples this does as well as anything, and it
is solved in closed form. Needs numpy.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy  # type: ignore[import-not-found,unused-ignore]

from tests.benchmarks.rows import Row, kept
from tests.benchmarks.vectors import Vectors
from threads.weights import MIDDLE, REACH, Model

STEEP = 3.0  # a score of 1 in the regression is a log-odds of 3
FAINT = 0.025  # weights below this are not worth shipping
MANY, FAINTER = 4, 0.075  # with so many classes, which have many rows, those below this
SHIPPED = 2500  # the most frequent words; the others cost time to load and were not missed on labels/held.jsonl
SEEN = 5  # a feature counts when it occurs in at least so many rows
LOUD = 20.0  # how much the vectors of words count beside the features
ALWAYS = -1  # fold of the rows that are never left out


class Design:
    """The rows of one model; `folds` tells for each row which fold it is in."""

    def __init__(
        self, rows: Sequence[Row], folds: Sequence[int], known: frozenset[str], vectors: Vectors | None
    ) -> None:
        counts = Counter(feature for row in rows for feature in row.seen if kept(feature, known))
        names = sorted(feature for feature, count in counts.items() if count >= SEEN)
        self.columns = {feature: place for place, feature in enumerate(names)}
        labels = sorted({row.label for row in rows})
        self.classes = tuple(label for label in labels if label) if "" in labels else tuple(labels)
        self.vectors = vectors
        self.products: dict[int, tuple[Any, Any]] = {}
        for fold in sorted(set(folds)):
            self._add(fold, [row for row, its in zip(rows, folds, strict=True) if its == fold])

    def _add(self, fold: int, rows: Sequence[Row]) -> None:
        size = len(self.columns)
        table = numpy.zeros((len(rows), size + 1), numpy.float32)
        target = numpy.full((len(rows), len(self.classes)), -1.0, numpy.float32)
        for place, row in enumerate(rows):
            table[place, [self.columns[feature] for feature in row.seen if feature in self.columns]] = 1.0
            if row.label in self.classes:
                target[place, self.classes.index(row.label)] = 1.0
        table[:, size] = 1.0
        if self.vectors is not None:
            table = numpy.hstack([table, LOUD * self.vectors.means([row.said for row in rows])])
        weighted = table * numpy.asarray([row.weight for row in rows], numpy.float32)[:, None]
        self.products[fold] = (table.T @ weighted, weighted.T @ target)

    def solve(self, penalty: float, without: Collection[int] = ()) -> Model:
        """Weights from all folds but those, as bytes."""
        used = [products for fold, products in self.products.items() if fold not in without]
        left = sum(one for one, _ in used) + penalty * numpy.eye(used[0][0].shape[0], dtype=numpy.float32)
        solved = numpy.linalg.solve(left, sum(one for _, one in used)) * STEEP
        size = len(self.columns)
        rows, scale = as_bytes(solved[:size])
        faint = FAINT if len(self.classes) < MANY else FAINTER
        words, step = self._sounds(solved[size + 1 :])
        return Model(
            classes=self.classes,
            bias=tuple(round(float(value), 4) for value in solved[size]),
            scale=scale,
            rows={
                name: rows[place].tobytes() for name, place in self.columns.items() if abs(solved[place]).max() >= faint
            },
            words=words,
            step=step,
        )

    def _sounds(self, solved: Any) -> tuple[dict[str, bytes], float]:
        """One byte per word and class, and what a byte is worth."""
        if self.vectors is None:
            return {}, 0.0
        rows, step = as_bytes(LOUD * self.vectors.table @ solved)
        return {
            word: row.tobytes() for word, row in zip(self.vectors.words[:SHIPPED], rows[:SHIPPED], strict=True)
        }, step


def as_bytes(table: Any) -> tuple[Any, float]:
    """The table in bytes around MIDDLE, and what one byte is worth."""
    step = float(abs(table).max(initial=0.0)) / REACH or 1.0
    return (numpy.rint(table / step) + MIDDLE).astype(numpy.uint8), step
