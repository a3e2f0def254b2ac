"""What is a point and what is none."""

import pytest

from tests.threads.argued import ADA, BO, CEM, judged, talk
from tests.threads.mails import mail
from threads import messages, tree


def quotes(text: str, under: str = "> +\tret = -EIO;\n\n") -> list[str]:
    return [point.quote for point in judged(talk((BO, under + text + "\n"))).points]


@pytest.mark.parametrize(
    "text",
    [
        "Looks good to me.\n\nReviewed-by: Bo Reviewer <bo@example.org>",
        "Thanks for fixing this!",
        "Otherwise looks good.",
        "Applied, thanks!",
        "Nice cleanup.\n\nAcked-by: Bo Reviewer <bo@example.org>",
        "Thanks,\nBo",
    ],
)
def test_praise_tags_and_thanks_are_no_points(text: str) -> None:
    assert quotes(text) == []


def test_the_authors_own_description_and_answers_are_no_points() -> None:
    thread = talk((BO, "> +\tret = -EIO;\n\nLooks good.\n"), (ADA, "> Looks good.\n\nThanks for the review!\n"))
    assert judged(thread).points == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This leaks the page reference if the allocation fails.", "correctness"),
        ("Nit: please use a better name for this variable.", "readability"),
        ("Doesn't this race with truncate? You drop the lock before the check.", "concurrency"),
        ("Please split this into a separate patch.", "process"),
        ("Can you add a test for this to fstests?", "testing"),
        ("Taking the lock for every block will be slow on large files.", "performance"),
        ("How about using the generic helper instead of adding a new flag?", "approach"),
    ],
)
def test_a_comment_under_the_diff_is_a_point_of_its_kind(text: str, kind: str) -> None:
    points = judged(talk((BO, f"> +\tret = -EIO;\n\n{text}\n"))).points
    assert [(point.quote, point.kind) for point in points] == [(text, kind)]
    assert points[0].why


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Please mention in the commit message how this was found.", "changelog"), ("How can this happen?", "evidence")],
)
def test_a_comment_under_the_description_is_a_point_of_its_kind(text: str, kind: str) -> None:
    points = judged(talk((BO, f"> Because it is wrong.\n\n{text}\n"))).points
    assert [point.kind for point in points] == [kind]


def test_two_requests_in_two_paragraphs_are_two_points() -> None:
    text = "Please add a comment that explains why this is safe.\n\nAlso, shouldn't this return -ENOMEM instead?"
    assert len(quotes(text)) == 2


def test_the_quote_is_one_line_of_the_mail_as_it_stands() -> None:
    text = "I think that this will break when the file system has\nblocks that are smaller than a page."
    found = quotes(text)
    assert len(found) == 1
    assert found[0] in text.split("\n")


def test_a_robots_error_is_a_point_and_its_success_is_none() -> None:
    error = "robot noticed the following build errors:\n\n   x.c:5:1: error: 'foo' undeclared here\n"
    thread = talk(("build robot <robot@example.org>", error))
    marked = tree.build([*thread.messages[:1], messages.parse_message(_robot(error), "test")])
    assert [(point.automated, point.role, point.kind) for point in judged(marked).points] == [
        (True, "bot", "correctness")
    ]
    fine = tree.build(
        [*thread.messages[:1], messages.parse_message(_robot("This series was applied to toy.git\n"), "test")]
    )
    assert judged(fine).points == ()


MARKED = "All errors (new ones prefixed by >>):\n\n   note: here\n{}\n   13 | toy_mark(t);\n"


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        (">> fs/toy/file.c:13:2: error: implicit declaration of 'toy_mark'", True),
        (">> ld.lld: error: undefined symbol: toy_mark", True),
        ("> +\ttoy_mark(t);", False),
    ],
)
def test_what_a_build_robot_marks_is_said_by_the_point(marked: str, told: bool) -> None:
    """And its line is a point's in the account of all lines, though it begins as a quote."""
    body = MARKED.format(marked)
    thread = tree.build([*talk().messages, messages.parse_message(_robot(body), "test")])
    found = judged(thread)
    (one,) = found.points
    assert (marked.lstrip("> ") in one.text.split("\n")) == told
    uses = next(part for part in found.accounting if part.msgid == one.msgid).uses
    assert uses[body.split("\n").index(marked)] == ("point" if told else "quote")


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [
        (">> ld.lld: error: undefined symbol: toy_mark", ">> (.text+0x18): undefined reference to `toy_mark'", 1),
        ('>> ERROR: modpost: "toy_mark" [fs/toy/toy.ko] undefined!', ">> ld: error: undefined symbol: toy_mark", 1),
        (">> fs/toy/file.c:13:2: error: no", ">> fs/toy/file.c:14:2: warning: no", 1),
        (">> ld.lld: error: undefined symbol: toy_mark", ">> ld.lld: error: undefined symbol: toy_clear", 2),
    ],
)
def test_a_finding_of_two_configurations_is_one_point(first: str, second: str, points: int) -> None:
    robots = [_robot(MARKED.format(first)), _robot(MARKED.format(second)).replace(b"<9@", b"<10@")]
    thread = tree.build([*talk().messages, *(messages.parse_message(raw, "test") for raw in robots)])
    assert len(judged(thread).points) == points


def _robot(body: str) -> bytes:
    return mail(
        "9@example.org", subject="Re: [PATCH] toy: fix it", author="kernel test robot <lkp@example.com>", body=body,
        parent="0@example.org", more="Auto-Submitted: auto-generated\n",
    )  # fmt: skip


def test_the_raisers_repetition_is_no_second_point() -> None:
    first = "> +\tret = -EIO;\n\nThis leaks the buffer, please free it before you return.\n"
    thread = talk(
        (BO, first),
        (ADA, "> This leaks the buffer, please free it before you return.\n\nNo, it's freed later.\n"),
        (BO, "> No, it's freed later.\n\nBut it still leaks.\n"),
    )
    points = judged(thread).points
    assert len(points) == 1
    assert CEM not in [str(raiser) for raiser in points[0].raisers]


@pytest.mark.parametrize(
    ("head", "what", "weight"),
    [
        ("Yet something to improve:", "error: no toy_mark here", "blocking"),
        ("Perhaps something to improve:", "error: no toy_mark here", "blocking"),
        ("Perhaps something to improve:", "warning: no previous prototype for toy_mark", "should"),
        ("noticed the following build warnings (this is a W=1 build):", "warning: toy_mark is not used", "should"),
        ("noticed the following build warnings:", "warning: toy_mark is used before it is set", "blocking"),
    ],
)
def test_a_warning_that_few_ask_for_does_not_block(head: str, what: str, weight: str) -> None:
    body = f"kernel test robot {head}\n\nfs/toy/file.c:13:2: {what}\n"
    assert [point.weight for point in judged(talk(("kernel test robot <lkp@example.org>", body))).points] == [weight]
