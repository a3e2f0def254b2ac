"""Boosted trees."""

from rules.testplan import scores, trees
from rules.testplan.trees import Forest, Tree


def test_a_forest_without_trees_gives_every_row_the_same() -> None:
    assert trees.scores(Forest.empty(), [[1.0], [2.0]]) == [0.0, 0.0]


def test_a_row_goes_left_when_it_is_at_most_the_threshold() -> None:
    tree = Tree(feature=(0, 1), threshold=(0.5, 2.0), left=(~0, ~1), right=(1, ~2), leaves=(10.0, 20.0, 30.0))
    forest = Forest(names=("a", "b"), trained="", trees=(tree, tree))
    assert trees.scores(forest, [[0.5, 9.0], [0.6, 2.0], [0.6, 2.1]]) == [20.0, 40.0, 60.0]


def test_the_shipped_forest_was_trained_on_the_features_that_are_computed() -> None:
    forest = trees.shipped()
    assert forest.names == scores.NAMES
    assert all(0 <= feature < len(forest.names) for tree in forest.trees for feature in tree.feature)
    assert all(len(tree.feature) + 1 == len(tree.leaves) for tree in forest.trees)
