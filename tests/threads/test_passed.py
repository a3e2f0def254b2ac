"""Reports of programs in mails of people."""

import pytest

from tests import growth
from tests.threads.argued import BO, judged, talk
from tests.threads.mails import message
from threads import passed

ROBOT = (
    "Hi Ada,\n\nkernel test robot noticed the following build warnings:\n\n"
    "url:    https://github.com/intel-lab-lkp/linux/commits/Ada-Author/toy/20200604\n"
    "base:   https://git.example.org/toy.git next\nconfig: x86_64-randconfig-161\ncompiler: gcc-12\n\n"
    "If you fix the issue in a separate patch/commit, kindly add following tags\n"
    "| Reported-by: kernel test robot <lkp@example.org>\n\n"
    "smatch warnings:\nfs/toy/file.c:12 toy_write() warn: possible memory leak of 'buffer'\n\n"
    "vim +/buffer +12 fs/toy/file.c\n\n1234567890abcd Ada Author 2020-06-04  12  \tint ret;\n"
)
SMATCH = (
    'Hello Ada Author,\n\nCommit 1234567890ab ("toy: write it") from Jun 4, 2020 (linux-next),\n'
    "leads to the following Smatch static\nchecker warning:\n\n"
    "\tfs/toy/file.c:12 toy_write()\n\terror: uninitialized symbol 'ret'.\n\nfs/toy/file.c\n    --> 12  \tint ret;\n"
)
SYZBOT = (
    "FYI.\n\nsyzbot found the following issue on:\n\nHEAD commit:    123456789012 toy\ngit tree:       linux-next\n"
    "console output: https://example.org/x\n\nBUG: KASAN: slab-use-after-free in toy_write\n"
)
COVERITY = (
    "Hello!\n\nThis is about issues detected by Coverity.\n\n"
    "*** CID 123456:  Memory - illegal accesses  (UNINIT)\n/fs/toy/file.c: 12 in toy_write()\n"
)
GRADED = (
    "Thank you for your contribution! Bo's AI review found 2 potential issue(s) to consider:\n"
    "- [Medium] A pointer that was passed to toy_write() is kept after the lock is dropped.\n"
    "- [Low] There is a spelling mistake in the commit message.\n--\n\ncommit 1234567890abcdef\n"
)


@pytest.mark.parametrize(
    ("body", "program"),
    [
        (ROBOT, "kernel test robot"),
        (SMATCH, "Smatch"),
        (SYZBOT, "syzbot"),
        (COVERITY, "Coverity"),
        (GRADED, "an AI review"),
    ],
)
def test_a_report_that_makes_up_a_mail_is_a_programs(body: str, program: str) -> None:
    assert message(subject="Re: [PATCH] toy: fix it", body=body).automated == f"passes on a report of {program}"


@pytest.mark.parametrize("body", [ROBOT, SMATCH, SYZBOT, COVERITY])
def test_a_patch_that_tells_of_a_report_is_a_persons(body: str) -> None:
    assert message(subject="[PATCH] toy: fix it", body=body).automated == ""
    signed = f"{body}\nSigned-off-by: Bo <bo@example.org>\n"
    assert message(subject="Re: [PATCH] toy: fix it", body=signed).automated == ""


@pytest.mark.parametrize("body", [ROBOT, SMATCH, SYZBOT, COVERITY])
def test_who_answers_a_report_or_says_much_above_it_is_a_person(body: str) -> None:
    quoted = "".join(f"> {line}\n" for line in body.split("\n")) + "\nI will fix it.\n"
    assert message(subject="Re: [PATCH] toy: fix it", body=quoted).automated == ""
    long = "".join(f"This is line {number} of what I think of it.\n" for number in range(9)) + f"\n{body}"
    assert message(subject="Re: [PATCH] toy: fix it", body=long).automated == ""


def test_a_report_passed_on_is_one_point_of_the_program() -> None:
    found = [point for point in judged(talk((BO, ROBOT))).points if point.msgid == "1@example.org"]
    assert [point.automated for point in found] == [True]
    assert str(found[0].author) == "kernel test robot (forwarded by Bo Reviewer)"
    assert found[0].role == "bot"
    assert [str(one) for one in found[0].raisers] == [str(found[0].author)]
    assert "possible memory leak" in found[0].quote


def test_each_entry_with_a_grade_is_a_finding_of_a_review_and_its_grade_the_weight() -> None:
    found = [point for point in judged(talk((BO, GRADED))).points if point.msgid == "1@example.org"]
    assert [(point.quote[:7].rstrip("]"), point.weight) for point in found] == [
        ("- [Medi", "should"),
        ("- [Low", "nit"),
    ]


REVIEW = "Is the lock dropped too early in toy_write()? It looks like toy_mark() is called without it and can race.\n"


@pytest.mark.parametrize(
    ("above", "program"),
    [
        ("Forwarding sashiko review results:", "Sashiko"),
        ("AI review asked questions:", "an AI review"),
        ("[AI review output below]", "an AI review"),
        ("I am running the next branch through my AI review prompts:", "an AI review"),
        ("This is an AI-generated review of your patch. The human sending this", "an AI review"),
    ],
)
def test_what_stands_below_a_review_by_a_program_is_the_programs(above: str, program: str) -> None:
    thread = talk((BO, f"> +\tret = -EIO;\n\n{above}\n\n{REVIEW}"))
    found = [point for point in judged(thread).points if point.msgid == "1@example.org"]
    assert [str(point.author) for point in found] == [f"{program} (forwarded by Bo Reviewer)"] * len(found)
    assert found
    assert all(point.automated for point in found)


@pytest.mark.parametrize(
    "said",
    [
        "Sashiko is right about this:",
        "I agree with the AI review.",
        "> AI review asked questions:",
        "Please address what Sashiko said:",
        "I asked an LLM, and this is what I think:",
        "smatch warnings: none.",
    ],
)
def test_who_speaks_of_a_program_passes_nothing_on(said: str) -> None:
    assert passed.report(f"{said}\n\n{REVIEW}") is None


def test_what_stands_above_a_review_by_a_program_is_the_persons() -> None:
    thread = talk((BO, f"> +\tret = -EIO;\n\n{REVIEW}\n> +\ttoy_mark(t);\n\nAI review:\nhttps://example.org/x\n"))
    found = [point for point in judged(thread).points if point.msgid == "1@example.org"]
    assert [str(point.author) for point in found if "toy_write" in point.quote] == ["Bo Reviewer"]


@pytest.mark.parametrize("piece", ["AI review ", "leads to the following ", "url: ", "forwarding ai ", "cid * ", "\n"])
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    assert growth.ratio(lambda count: "AI review leads to the following\n" + piece * count, passed.report, 20_000) < 3
