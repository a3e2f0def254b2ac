"""Boosted regression trees, evaluated without the program that trained them.

The file is JSON: `names` of the features, and trees as parallel arrays. Node i of a tree tests
`row[feature[i]] <= threshold[i]` and goes to left[i], else to right[i]; a negative target ~k is leaf k. Training is in
tests/benchmarks/train_plan.py.
"""

import gzip
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec

from rules.model import Value

_DATA = Path(__file__).parent / "data"
SHIPPED = "ranker.json.gz"


class Tree(Value, frozen=True, kw_only=True, array_like=True):
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaves: tuple[float, ...]


class Forest(Value, frozen=True, kw_only=True):
    names: tuple[str, ...]  # of the features that rows hold, in order
    trained: str  # on what
    trees: tuple[Tree, ...]

    @classmethod
    def empty(cls) -> "Forest":
        """One that gives every test the same score, for training."""
        return cls(names=(), trained="", trees=())


@cache
def shipped() -> Forest:
    """The combiner of this package."""
    data = (_DATA / SHIPPED).read_bytes()
    return msgspec.json.decode(gzip.decompress(data), type=Forest)


def scores(forest: Forest, rows: Iterable[Sequence[float]]) -> list[float]:
    """The sum of the trees' leaves for each row."""
    trees = [(tree.feature, tree.threshold, tree.left, tree.right, tree.leaves) for tree in forest.trees]
    found = []
    for row in rows:
        total = 0.0
        for feature, threshold, left, right, leaves in trees:
            node = 0
            while node >= 0:
                node = left[node] if row[feature[node]] <= threshold[node] else right[node]
            total += leaves[~node]
        found.append(total)
    return found
