"""The combiner of the ranking: a weight for each figure of `rules.testplan.scores`.

Boosted trees on the same figures ranked patches before 2023 no better, cost a fifth of a plan's time and could not be
read. Training is in tests/benchmarks/train_plan.py.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from operator import mul

import msgspec

from rules.model import Value
from rules.testplan import DATA

SHIPPED = "ranker.json"


class Linear(Value, frozen=True, kw_only=True):
    trained: str  # on what
    weights: dict[str, float]  # figure -> weight, in the order of the rows


@cache
def shipped() -> Linear:
    """The combiner of this package."""
    return msgspec.json.decode((DATA / SHIPPED).read_bytes(), type=Linear)


def scores(combiner: Linear, rows: Iterable[Sequence[float]]) -> list[float]:
    """The weighted sum of each row. A row has one figure for each weight."""
    weights = tuple(combiner.weights.values())
    return [sum(map(mul, weights, row)) for row in rows]
