"""Which patches the words of who took them name."""

import pytest

from tests import growth
from threads import taken


@pytest.mark.parametrize(
    ("said", "total", "numbers"),
    [
        ("applied 1-3.", 5, {1, 2, 3}),
        ("applied 1/4 and 3/4", 4, {1, 3}),
        ("i've taken patch 2, thanks", 3, {2}),
        ("pushed patches 1, 2 and 4 to the tree", 5, {1, 2, 4}),
        ("queued up patches 1 to 3 for 5.10", 4, {1, 2, 3}),
        ("queued the first two for 6.1", 4, {1, 2}),
        ("applied the last two", 5, {4, 5}),
        ("took the second one", 3, {2}),
        ("applied, except patch 3", 4, {1, 2, 4}),
        ("applied all but the last one", 4, {1, 2, 3}),
        ("applied patches 1-9 (i.e., all except the one of toy)", 10, set(range(1, 10))),
        ("queued for 6.1, thanks", 3, set()),
        ("applied to 6.10-rc1", 20, set()),
        ("applied 5 fixes on top", 6, set()),
        ("applied with a small fix in the first patch", 3, set()),
        ("applied to the first branch", 3, set()),
        ("applied patch 9", 3, set()),
    ],
)
def test_the_numbers_named(said: str, total: int, numbers: set[int]) -> None:
    assert taken._said(said, total) == numbers


def test_time_grows_with_the_words_only() -> None:
    def make(count: int) -> str:
        return "applied the " * count + "1, 2 and " * count

    assert growth.ratio(make, lambda said: taken._said(said, 40), 4_000) < 3
