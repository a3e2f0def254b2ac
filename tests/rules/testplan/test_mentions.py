"""Sets that a mail names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.testplan.mentions import named_tests
from tests import growth


def named_in(text: str) -> list[str]:
    return [mention.test for mention in named_tests(text.split("\n"))]


@pytest.mark.parametrize(
    "text",
    [
        "see include/generic/1234567 for it",
        "fs/generic/019.c is not a test",
        "the ext4/mballoc code",
        "generic/019  12s ...  11s",
        "generic/019 [not run] needs a block device",
        "Ran: generic/001 generic/002 generic/003",
        "Failures: generic/001 generic/002",
        "",
    ],
)
def test_what_names_no_test_stays_silent(text: str) -> None:
    assert named_in(text) == []


def test_a_long_list_on_neighbouring_lines_is_a_log() -> None:
    assert named_in("\n".join(f"generic/{number:03}" for number in range(1, 40))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this makes generic/019 hang", ["generic/019"]),
        ("tests/xfs/123 shows it", ["xfs/123"]),
        ("generic/{001,019} fail", ["generic/001", "generic/019"]),
        ("generic/001, 019 and 020 fail", ["generic/001", "generic/019", "generic/020"]),
        ("xfstests.generic.475.fail", ["generic/475"]),
        ("(generic/476)", ["generic/476"]),
    ],
)
def test_the_usual_spellings_are_read(text: str, expected: list[str]) -> None:
    assert named_in(text) == expected


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("generic/019 triggers a warning", "fails"),
        ("this survives generic/019 overnight", "passes"),
        ("could you run generic/019 as well", "asked"),
        ("generic/019 does that kind of thing", "named"),
        ("here it goes wrong:\ngeneric/019 crashes", "fails"),
    ],
)
def test_the_relation_is_told_by_the_words_near(text: str, relation: str) -> None:
    assert [mention.relation for mention in named_tests(text.split("\n"))] == [relation]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for mention in named_tests(text.split("\n")):
        assert "/" in mention.test


@pytest.mark.parametrize("part", ["generic/{", "generic/001,", "generic/001 and ", "xfstests.generic.", "{1,1,"])
def test_time_grows_linearly_on_hostile_lines(part: str) -> None:
    assert growth.ratio(lambda times: [part * 400] * times, named_tests, 30) < 3
