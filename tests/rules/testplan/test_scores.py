"""What mails said of tests, and what the changes that they were named for changed."""

from rules.testplan import history, scores, words
from rules.testplan.advice import Advice, Names
from rules.testplan.catalogue import Catalogue, Sets
from rules.testplan.history import Event, History, Table, Unit
from rules.testplan.postings import Postings, pack
from rules.testplan.values import Query
from rules.testplan.words import Words

TESTS = ("generic/001", "generic/002", "generic/003")
CHANGE = Query(files=("fs/foo/file.c",), functions=("foo_punch_hole",), date="2022-06-01")


def unit(test: int, month: str, patch: int) -> Unit:
    events = (Event(test=test, month=history.month_of(month), weight=1.0),)
    return Unit(patch=patch, filesystems=(), events=events, norms=(1000,) * len(history.KINDS))


def evidence(query: Query, frozen: str = "") -> scores.Evidence:
    past = History(
        until="2022-12-31",
        source="invented",
        tests=(*TESTS, "generic/004", "generic/005", "generic/006", "generic/007", "generic/008"),
        filesystems=(),
        units=(unit(0, "2021-03-05", 0), unit(1, "2022-03-05", 1), unit(2, "2021-01-05", 1)),
    )
    rows = {
        "m:punch": history.row(0.0, [0, 1]),
        "m:hol": history.row(0.0, [1]),
        "f:foo_punch_hole": history.row(9.0, [1]),
        "p:fs/foo/other.c": history.row(9.0, [2]),
    }
    known = Catalogue(source="invented", tests=TESTS, added=("",) * 3, tags={}, excluded={}, fixes={}, subjects={})
    sets = Sets(known)
    return scores.Evidence(
        query,
        (),
        sets,
        sets.all,
        filesystems=(),
        table=Table(history=past, postings=Postings(pack(rows))),
        vocabulary=Words(source="invented", tests=TESTS, postings=Postings(pack({"punch": [0, 30]}))),
        judged=Advice(
            names=Names(source="invented", tests=TESTS, aspects=("holes",), rarity=(1.0,)),
            postings=Postings(pack({"function:foo_punch_hole": [0], "list:0": [2, 1]})),
        ),
        frozen=frozen,
    )


def test_a_test_that_mails_speak_of_in_the_words_of_the_change_is_told() -> None:
    found = evidence(CHANGE).sparse["told"]
    assert found[1] == 1.0  # both words
    assert 0 < found[0] < 1  # one of them
    assert 2 not in found


def test_what_a_change_shares_with_those_before_is_in_the_profile() -> None:
    assert set(evidence(CHANGE).sparse["profile"]) == {1}


def test_advice_is_the_sum_of_its_lists_relative_to_the_best_of_each() -> None:
    found = evidence(CHANGE).sparse
    assert found["functions"][2] > found["functions"][1] > 0
    assert found["advice"] == {2: 1.5, 1: 1.5 * found["functions"][1] / found["functions"][2]}
    assert found["files"] == found["aspects"] == {}


def test_nothing_said_after_the_end_of_the_history_counts() -> None:
    assert set(evidence(CHANGE, frozen="2022-01-01").sparse["told"]) == {0}
    assert evidence(CHANGE, frozen="2022-01-01").sparse["profile"] == {}


def test_a_change_of_unknown_words_has_neither() -> None:
    found = evidence(Query(files=(), functions=("zzfs_qqq",), date="2022-06-01")).sparse
    assert found["told"] == found["profile"] == found["advice"] == {}


def test_the_shipped_table_has_words_of_kernel_names_only() -> None:
    table = history.shipped()
    assert words.of_query(Query(files=(), functions=("xfs_bmapi_write",)))
    assert table.units("m:commits.the") == []
