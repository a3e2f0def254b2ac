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


def test_words_that_many_tests_have_are_no_reason() -> None:
    counts = {f"generic/{number:03}": {"file": 16} for number in range(1, 61)}
    counts["generic/001"] = {"file": 3, "truncat": 9, "folio": 4}
    tests, rows = words.weighted(counts)
    made = Words(source="invented", tests=tests, postings=Postings(pack(rows)))
    asked = {"truncat": 1.0, "file": 1.0, "folio": 1.0, "other": 1.0}
    spelled = {"truncat": "truncating", "file": "file", "folio": "folio"}
    assert words.shared(made, asked, ["generic/001", "generic/002"], spelled) == {
        "generic/001": ["truncating", "folio"]
    }
    assert words.shared(made, asked, ["generic/001"], {}) == {}


def test_words_that_one_test_in_twenty_has_or_of_two_letters_are_no_reason() -> None:
    counts = {f"generic/{number:03}": {"file": 1} for number in range(1, 101)}
    for number in range(1, 7):
        counts[f"generic/{number:03}"]["quota"] = 9
    counts["generic/001"] |= {"dd": 9, "symlink": 9}
    tests, rows = words.weighted(counts)
    made = Words(source="invented", tests=tests, postings=Postings(pack(rows)))
    names = ("quota", "dd", "symlink")
    found = words.shared(made, dict.fromkeys(names, 1.0), ["generic/001"], dict(zip(names, names, strict=True)))
    assert found == {"generic/001": ["symlink"]}


def test_words_that_one_test_in_four_of_a_directory_has_are_no_reason_there() -> None:
    counts = {f"generic/{number:03}": {"file": 1} for number in range(1, 201)}
    counts |= {f"foofs/{number:03}": {"file": 1} for number in range(1, 21)}
    for test in ("generic/001", *(f"foofs/{number:03}" for number in range(1, 9))):
        counts[test]["lowerdir"] = 9
    tests, rows = words.weighted(counts)
    made = Words(source="invented", tests=tests, postings=Postings(pack(rows)))
    asked, spelled = {"lowerdir": 1.0}, {"lowerdir": "lowerdir"}
    counted = words.shared(made, asked, ["generic/001", "foofs/001"], spelled)
    assert counted == {"generic/001": ["lowerdir"]}


def test_rows_that_are_weighed_when_asked_for_are_those_of_the_whole_table() -> None:
    counts = {"generic/001": {"truncat": 4, "file": 2}, "generic/002": {"file": 9}, "generic/003": {}}
    tests, rows = words.weighted(counts)
    counted = words.Counted([counts[test] for test in tests])
    assert {word: counted.get(word) for word in ("truncat", "file", "none")} == {**rows, "none": None}
    assert words.Counted([]).get("file") is None


def test_what_an_abbreviation_stands_for_is_told_as_the_word_of_the_test() -> None:
    spelled = words.spellings(Query(files=(), functions=("foo_cow_end",)))
    assert spelled[stem("reflink")] == "reflink (cow)"
    assert spelled["cow"] == "cow"


def test_words_that_any_mail_has_are_not_spelled() -> None:
    query = Query(files=(), functions=("foo_unshare_call",))
    spelled = words.spellings(query, "The mechanism normally returns with a punch", ("punch", "with"))
    assert set(spelled.values()) == {"foo", "unshare", "punch"}


def test_a_word_that_patches_seldom_have_weighs_more() -> None:
    counts = {"generic/001": {"inode": 1, "quota": 1}, "generic/002": {}}
    _, rows = words.weighted(counts, rarity={"inode": 0.5, "quota": 1.0}.__getitem__)
    assert rows["quota"][1] > 3 * rows["inode"][1]


def test_the_shipped_words_are_words_of_kernel_names_only() -> None:
    shipped = words.shipped()
    assert len(shipped.tests) > 2000
    assert shipped.postings.get("reflink") is not None
    assert shipped.postings.get("the") is None
