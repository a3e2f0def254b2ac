"""What is promised or asked for, from the words alone."""

import pytest

from tests import growth
from threads import promises


@pytest.mark.parametrize(
    "said",
    [
        "",
        "When you resend it, please keep the order.",
        "Please send v2 of the tools if you have it.",
        "I resent it.",
        "Did you resend it?",
    ],
)
def test_no_version_is_asked_for(said: str) -> None:
    assert not promises.request(said)


@pytest.mark.parametrize(
    "said",
    [
        "Please resend all 4, I'll drop the old one.",
        "Could you please send a new version?",
        "Can you rebase and resend?",
    ],
)
def test_a_version_is_asked_for(said: str) -> None:
    assert promises.request(said)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("", True),
        ("Ok.", False),
        ("I'll do that, thanks for the comments.", False),
        ("Right, I will check for NULL.", False),
        ("I will fix it and test it again.", False),
        ("I'll test it and send v2.", False),
        ("You will test it.", False),
    ],
)
def test_no_mere_test_is_promised(said: str, asked: bool) -> None:
    assert not promises.only_checks(said, asked=asked)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Ok.", True),
        ("I will test it.", False),
        ("Ok, I will recheck later when this is almost done..", False),
        ("Sure, let me take a look at it.", False),
    ],
)
def test_a_mere_test_is_promised(said: str, asked: bool) -> None:
    assert promises.only_checks(said, asked=asked)


def test_the_number_is_that_of_a_later_version() -> None:
    assert [promises.promise("I'll send v3.", version) for version in (1, 2, 3)] == ["v3", "v3", ""]
    assert promises.promise("I will send it for v5 disks too.", 1) == ""


@pytest.mark.parametrize("part", ["i will send the ", "please the the ", "not a ", "let me do a ", "\n \n"])
def test_long_words_are_read_in_time(part: str) -> None:
    def read(said: str) -> object:
        asked = promises.promise(said, 1), promises.request(said), promises.declines(said), promises.needless(said)
        return asked, promises.only_checks(said, asked=False), promises.speaks_of_another(said, 2)

    assert growth.ratio(lambda count: part * count, read, 4000) < 3
