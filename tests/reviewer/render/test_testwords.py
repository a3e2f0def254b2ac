"""Reasons in words."""

import pytest

from reviewer.render import testwords
from rules.testplan import tables


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("group:rw & tool:fsx & !require:odirect", "group rw, with fsx, without direct I/O"),
        ("group:log & group:auto", "group log"),
        ("group:auto", "group auto"),
        ("group:eio & !group:clone", "group eio"),
        ("group:punch & group:stress | tool:holetest", "groups punch and stress or with holetest"),
        ("verb:mwrite & syscall:SIGBUS", "with xfs_io mwrite and SIGBUS"),
        ("require:scratch_new_thing", "with new thing"),
        ("group online_repair", "group online_repair"),
    ],
)
def test_a_query_is_told_in_words(query: str, words: str) -> None:
    assert testwords.phrase(query) == words


def test_no_query_of_the_table_keeps_its_marks() -> None:
    for behaviour in tables.shipped().behaviour:
        for query in behaviour.tests:
            assert not [
                mark for mark in ("group:", "tool:", "verb:", "&", "|", "!", ":") if mark in testwords.phrase(query)
            ]


def test_names_of_behaviours_are_told_from_their_evidence() -> None:
    long = "foo_" * 2000
    for behaviour in tables.shipped().behaviour:
        parts = testwords.bridge(f"bridge: {behaviour.name} ({long}, a (b) -> c) -> tool:fsx")
        assert parts == (behaviour.name, f"{long}, a (b) -> c", "tool:fsx")


@pytest.mark.parametrize(
    ("reason", "told", "cause"),
    [
        ("bridge: a (f, g) -> tool:fsx", "a (f, g): with fsx", "a (f, g)"),
        ("advice: among the first to run for a change to f()", "among the first to run for a change to f()", None),
        ("words: agno of the change in its script or its comments", "speaks of agno", None),
        ("table: block/bio.c -> blktests block", "for block/bio.c", None),
        (
            "annotation: it names the title of this patch as its fix",
            "it names the title of this patch as its fix",
            None,
        ),
        ("named by Ann: Bee in a@example.org: fails", "named by Ann: Bee in a@example.org: fails", None),
    ],
)
def test_a_reason_is_told_without_the_name_of_its_table(reason: str, told: str, cause: str | None) -> None:
    assert testwords.told(reason) == told
    assert testwords.cause(reason) == (told if cause is None else cause)
