"""The order of the tests, and what it rests on."""

import re

from rules.testplan import bridge, catalogue, filesystems, history, ranking, scores
from rules.testplan.catalogue import Sets
from rules.testplan.postings import Postings, pack
from rules.testplan.values import Query, Ranked

FAULT = Query(
    files=("fs/iomap/buffered-io.c",),
    functions=("iomap_page_mkwrite_actor",),
    identifiers=("PageUptodate", "WARN_ON_ONCE", "EIO"),
    date="2020-06-04",
)
REASON = re.compile(r"(bridge|advice|history|words|age|catalogue): \S")


def rank(query: Query, existing: str = "", frozen: str = "") -> tuple[Ranked, ...]:
    return ranking.rank(
        query,
        filesystems.concerned(query, None),
        bridge.hits(query),
        Sets(catalogue.shipped()),
        60,
        sources=ranking.shipped(),
        existing=existing,
        frozen=frozen,
    )


def test_a_change_that_nothing_is_known_of_still_gets_tests_that_can_run() -> None:
    found = rank(Query(files=("fs/zzfs/q.c",), functions=("zzfs_qqq",), date="2024-01-01"))
    assert len(found) >= 20
    assert all(one.test.startswith(("generic/", "xfs/", "ext4/", "btrfs/", "tmpfs/")) for one in found)


def test_no_test_is_ranked_that_did_not_exist_yet() -> None:
    tests = Sets(catalogue.shipped())
    found = rank(FAULT, existing="2020-06-04")
    assert all(tests.catalogue.added[tests.index[one.test]] < "2020-06-04" for one in found)


def test_every_test_exists_once_and_has_a_reason_that_can_be_checked() -> None:
    known = set(catalogue.shipped().tests)
    for query in (FAULT, Query(files=("fs/btrfs/send.c",), functions=("send_clone",), date="2025-01-01")):
        found = rank(query)
        assert len({one.test for one in found}) == len(found) == 60
        assert all(one.test in known for one in found)
        assert all(one.reasons and all(map(REASON.match, one.reasons)) for one in found)


def test_the_query_of_a_reason_holds_for_the_test_whole() -> None:
    tests = Sets(catalogue.shipped())
    told = 0
    for query in (FAULT, Query(files=("mm/memory.c",), functions=("do_wp_page", "do_shared_fault"), date="2024-01-01")):
        for one in rank(query):
            for reason in one.reasons:
                if reason.startswith("bridge: "):
                    asked = reason.partition(" -> ")[2]
                    assert "|" not in asked
                    assert tests.where(asked) >> tests.index[one.test] & 1
                    told += 1
    assert told > 40


def test_what_words_were_read_from_is_said_as_it_is_known() -> None:
    query = Query(files=("fs/xfs/xfs_symlink.c",), functions=("xfs_symlink",), date="2024-01-01")
    said = {
        reason.partition(" of the change in ")[2]
        for one in rank(query)
        for reason in one.reasons
        if reason.startswith("words: ")
    }
    assert said == {"its script, its comments or the commits that made it"}


def test_scores_fall_and_stay_between_nothing_and_one() -> None:
    values = [one.score for one in rank(FAULT)]
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] <= values[0] < 1


def test_an_error_in_a_mapped_write_ranks_error_injection_with_mmap_high() -> None:
    tests = Sets(catalogue.shipped())
    both = tests.where("group:mmap & tool:dm-error | group:mmap & tool:fail_make_request")
    found = [one.test for one in rank(FAULT, existing="2020-06-04")]
    assert "generic/019" in found[:10]
    assert sum(both >> tests.index[test] & 1 for test in found[:30]) >= 4


def test_what_only_a_broad_query_and_words_speak_for_is_not_firm() -> None:
    found = rank(Query(files=("fs/read_write.c",), functions=("vfs_zzz_write_iter",), date="2024-01-01"))
    assert {one.firm for one in found} == {True, False}
    assert not [one for one in found if not one.firm and " to fs/" in "".join(one.reasons)]


def test_the_same_change_gets_the_same_order() -> None:
    assert rank(FAULT) == rank(FAULT)


def test_history_after_the_patch_or_the_freeze_is_not_used() -> None:
    query = Query(files=FAULT.files, functions=FAULT.functions, date="2010-01-01")
    assert not [reason for one in rank(query) for reason in one.reasons if reason.startswith("history")]
    frozen = rank(Query(files=FAULT.files, functions=FAULT.functions, date="2024-01-01"), frozen="2010-01-01")
    assert not [reason for one in frozen for reason in one.reasons if reason.startswith("history")]


def test_history_of_the_month_of_the_freeze_and_later_is_not_used() -> None:
    event = history.Event(test=0, month=history.month_of("2022-03-05"), weight=1.0)
    unit = history.Unit(patch=1, filesystems=(0,), events=(event,), norms=(100,) * len(history.KINDS))
    past = history.History(
        until="2022-12-31", source="invented", tests=("generic/001",), filesystems=("xfs",), units=(unit,)
    )
    table = history.Table(history=past, postings=Postings(pack({})))
    shipped = ranking.shipped()
    sources = ranking.Sources(history=table, words=shipped.words, advice=shipped.advice, combiner=shipped.combiner)
    tests = Sets(catalogue.shipped())
    popular = []
    for day in ("2022-04-10", "2022-05-10"):  # 14 days before them are March and April
        query = Query(files=("fs/xfs/xfs_inode.c",), functions=(), date=day)
        evidence = ranking.gather(query, filesystems.concerned(query, None), (), tests, tests.all, sources=sources)
        popular.append(evidence.sparse["popular"])
    assert popular[0] == {}
    assert list(popular[1]) == [tests.index["generic/001"]]


def test_rows_have_one_figure_for_each_name() -> None:
    tests = Sets(catalogue.shipped())
    concerns = filesystems.concerned(FAULT, None)
    within = filesystems.candidates(concerns, tests)
    evidence = ranking.gather(FAULT, concerns, bridge.hits(FAULT), tests, within, sources=ranking.shipped())
    shortlist = evidence.shortlist()
    assert shortlist == sorted(set(shortlist))
    assert all(within >> index & 1 for index in shortlist)
    assert {len(row) for row in evidence.rows(shortlist)} == {len(scores.NAMES)}
