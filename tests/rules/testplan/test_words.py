"""Words of the change's names in tests."""

from rules.testplan import words
from rules.testplan.postings import Postings, pack
from rules.testplan.stems import stem
from rules.testplan.values import Query
from rules.testplan.words import Words


def table() -> Words:
    counts = {
        "generic/001": {"truncat": 4, "file": 2},
        "generic/002": {"reflink": 1, "file": 9},
        "generic/003": {"file": 1},
    }
    tests, rows = words.weighted(counts)
    return Words(source="invented", tests=tests, postings=Postings(pack(rows)))


def test_a_change_without_known_words_scores_nothing() -> None:
    assert words.scores(table(), words.of_query(Query(files=(), functions=("zzz_qqq",)))) == {}


def test_rare_words_weigh_more_than_those_of_every_test() -> None:
    found = words.scores(table(), {"truncat": 1.0, "file": 1.0})
    assert found["generic/001"] > 2 * found["generic/002"]


def test_words_of_functions_count_more_than_those_of_identifiers() -> None:
    query = words.of_query(Query(files=(), functions=("foo_truncate",), identifiers=("bar_write",)))
    assert query[stem("truncate")] > query[stem("write")]


def test_abbreviations_are_spelled_out() -> None:
    assert stem("reflink") in words.of_query(Query(files=(), functions=("xfs_cow_end",)))


def test_endings_do_not_part_words() -> None:
    assert stem("truncating") == stem("truncate") == stem("truncated")
    assert stem("sync") == "sync"
    assert stem("is") == "is"


def test_the_words_that_are_shared_are_told_best_first() -> None:
    told = words.shared(table(), {"truncat": 1.0, "file": 1.0}, ["generic/001"])
    assert told == {"generic/001": ["truncat", "file"]}


def test_the_shipped_words_are_words_of_kernel_names_only() -> None:
    shipped = words.shipped()
    assert len(shipped.tests) > 2000
    assert shipped.postings.get("reflink") is not None
    assert shipped.postings.get("the") is None
