import pytest

from tests.threads.mails import message
from threads import trailers
from threads.model import Identity, Trailer


def given(body: str, author: str = "Bo Reviewer <bo@example.org>") -> list[Trailer]:
    return list(trailers.given(message(author=author, body=body)))


TAG = "Reviewed-by: Bo Reviewer <bo@example.org>\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "I would give my Reviewed-by then.\n",
        "> " + TAG,
        "text\n  " + TAG,  # not at the start of the line
        "text\n-- \n" + TAG,
        "text\n---\n" + TAG,
        "diff --git a/x b/x\n+" + TAG + TAG,
        "8< ----\n" + TAG,
        "No Reviewed-by: tag from me yet.\n",
        'Fixes: 123456789abc ("toy: add")\n',
        "https://example.org/by: x\n",
    ],
)
def test_what_is_no_tag_of_the_sender_gives_none(body: str) -> None:
    assert given(body) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (TAG, "Reviewed-by"),
        ("ACKED-BY: Bo <bo@example.org>\n", "Acked-by"),
        ("Tested-by: bo@example.org\n", "Tested-by"),
        ("Nacked-by: Bo <BO@Example.Org>\n", "Nacked-by"),
        ("Reviewed-and-tested-by: Bo <bo+toy@example.org> # on arm64\n", "Reviewed-and-tested-by"),
    ],
)
def test_a_tag_that_names_the_sender_is_credited(line: str, name: str) -> None:
    (tag,) = given("Looks good.\n\n" + line + "\nBo\n")
    assert (tag.name, tag.credited, tag.condition) == (name, True, "")


@pytest.mark.parametrize(
    "value",
    [
        "Bo Reviewer <bo@example.com>",
        "Bo Reviewer",
        '"bo@example.org" <eve@example.com>',
        "Eve <eve@example.com> (bo@example.org)",
    ],
)
def test_a_tag_that_names_another_address_is_not_credited(value: str) -> None:
    (tag,) = given(f"Acked-by: {value}\n")
    assert (tag.credited, tag.value) == (False, value)


def test_a_sender_without_an_address_is_nobody() -> None:
    assert not trailers.names("Bo <>", Identity(name="Bo", address=""))


@pytest.mark.parametrize(
    ("before", "condition"),
    [
        ("Looks good to me.\n\n", ""),
        ("I tested this with that big machine.\n\n", ""),
        ("If it breaks, shout.  Otherwise fine.  Thanks for all the work!\n\n", ""),
        ("> with that fixed\n\n", ""),
        ("With that fixed,\n\n", "With that fixed,"),
        ("Good work. With the comment above addressed:\n", "With the comment above addressed:"),
        ("Apart from the nit, looks good.\n\n", "Apart from the nit, looks good."),
        ("A long story\nOther than that you can\nadd:\n\n", "A long story Other than that you can add:"),
    ],
)
def test_a_condition_in_the_sentence_above_is_kept(before: str, condition: str) -> None:
    (tag,) = given(before + TAG)
    assert (tag.credited, tag.condition) == (True, condition)


def test_a_condition_in_front_of_the_tag_is_kept() -> None:
    (tag,) = given("With that fixed, " + TAG)
    assert (tag.name, tag.credited, tag.condition) == ("Reviewed-by", True, "With that fixed,")


def test_the_second_tag_has_the_condition_of_the_first() -> None:
    tags = given("Once it compiles:\n\n" + TAG + "Tested-by: Bo <bo@example.org>\n")
    assert [tag.condition for tag in tags] == ["Once it compiles:"] * 2


def test_the_trailers_of_a_commit_message_are_read() -> None:
    lines = [
        "toy: fix",
        "",
        'Fixes: 0123456789ab ("toy: add")',
        "Cc: stable@example.org # v5.10",
        "SIGNED-OFF-BY: Ada <ada@example.org>",
        "Signed-off-by: Bo <bo@example.org>",
        "Link: https://example.org/",
        "Note: no trailer",
        " Cc: indented",
        "by: x",
    ]
    found = trailers.of_commit(message(), lines)
    assert [(tag.name, tag.credited) for tag in found] == [
        ("Fixes", False),
        ("Cc", False),
        ("Signed-off-by", True),
        ("Signed-off-by", False),
        ("Link", False),
    ]


@pytest.mark.parametrize(
    ("line", "cuts"),
    [
        ("-- >8 --", True),
        ("---8<---", True),
        (">8", True),
        ("- - - 8< - - cut here - - >8 - -", True),
        ("-- %< --", True),
        ("", False),
        ("-----", False),
        ("> 8", False),
        ("x >8 y", False),
        ("cut here", False),
        ("8 < 9", False),
    ],
)
def test_scissors_are_told(line: str, cuts: bool) -> None:
    assert trailers.scissors(line) is cuts
