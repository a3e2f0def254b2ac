"""Logistic regressions on rows of named features, with folds left out.

Needs scikit-learn. The same rows give the same model.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy  # type: ignore[import-not-found,unused-ignore]
from scipy import sparse  # type: ignore[import-not-found,import-untyped,unused-ignore]
from sklearn.linear_model import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    LogisticRegression,
)

from tests.benchmarks.rows import Row, kept
from threads.weights import MIDDLE, REACH, Model

SEEN = 5  # a feature counts when it occurs in at least so many rows
SEEN_PAIR = 20  # so a pair of words
FAINT = 0.06  # a feature whose weights are all smaller is not worth shipping
MANY, FAINTER = 4, 0.1  # with so many classes
STEPS = 300
ALWAYS = -1  # fold of the rows that are never left out


class Design:
    """The rows of one model; `folds` tells for each row which fold it is in."""

    def __init__(self, rows: Sequence[Row], folds: Sequence[int], known: frozenset[str]) -> None:
        counts = Counter(feature for row in rows for feature in row.seen if kept(feature, known))
        self.names = sorted(
            feature
            for feature, count in counts.items()
            if count >= (SEEN_PAIR if feature.startswith("pair:") else SEEN)
        )
        columns = {feature: place for place, feature in enumerate(self.names)}
        found = [sorted(columns[feature] for feature in row.seen if feature in columns) for row in rows]
        ends = numpy.cumsum([0, *map(len, found)])
        inside = [column for row in found for column in row]
        self.table = sparse.csr_matrix(
            (numpy.ones(len(inside), numpy.float32), inside, ends), shape=(len(rows), len(columns))
        )
        self.labels = numpy.array([row.label for row in rows])
        self.weights = numpy.array([row.weight for row in rows])
        self.folds = numpy.array(folds)

    def solve(self, strength: float, without: Collection[int] = ()) -> Model:
        """Weights from all folds but those, as bytes. `strength` is the inverse of the penalty."""
        used = ~numpy.isin(self.folds, list(without))
        fitted = LogisticRegression(C=strength, max_iter=STEPS, tol=1e-3).fit(
            self.table[used], self.labels[used], self.weights[used]
        )
        weights, bias, classes = fitted.coef_.T, fitted.intercept_, [str(label) for label in fitted.classes_]
        if len(classes) == 2 and "" in classes:
            sign = 1.0 if classes[1] else -1.0
            weights, bias, classes = sign * weights, sign * bias, [max(classes)]
        elif len(classes) == 2:
            weights, bias = weights * [[-0.5, 0.5]], bias * numpy.array([-0.5, 0.5])
        rows, scale = _as_bytes(weights)
        loud = abs(weights).max(1) >= (FAINT if len(classes) < MANY else FAINTER)
        return Model(
            classes=tuple(classes),
            bias=tuple(round(float(value), 4) for value in bias),
            scale=scale,
            rows={name: rows[place].tobytes() for place, name in enumerate(self.names) if loud[place]},
        )


def _as_bytes(table: Any) -> tuple[Any, float]:
    """The table in bytes around MIDDLE, and what one byte is worth."""
    step = float(abs(table).max(initial=0.0)) / REACH or 1.0
    return (numpy.rint(table / step) + MIDDLE).astype(numpy.uint8), step
