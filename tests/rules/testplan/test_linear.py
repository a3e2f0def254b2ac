"""The weighted sum that puts the figures together."""

from rules.testplan import linear, scores
from rules.testplan.linear import Linear


def test_without_weights_every_row_comes_to_nothing() -> None:
    assert linear.scores(Linear(trained="", weights={}), [[], []]) == [0, 0]


def test_a_row_comes_to_the_sum_of_its_weighted_figures() -> None:
    assert linear.scores(Linear(trained="", weights={"a": 2.0, "b": -1.0}), [[1.0, 1.0], [0.0, 3.0]]) == [1.0, -3.0]


def test_the_shipped_weights_are_for_the_figures_that_are_computed() -> None:
    assert tuple(linear.shipped().weights) == scores.NAMES
    assert any(linear.shipped().weights.values())
