"""How a thread looks at its end, and that nobody is waited for in a patch that was taken."""

import pytest

from tests.threads.argued import ADA, BO, CEM, judged, quoted, talk
from tests.threads.mails import DIFF, mail
from threads import messages, tree

WRONG = "This is wrong: the folio can be truncated here before you lock it, so you must check the mapping again.\n"
PATCH_LINES = quoted("Because it is wrong.\n")


def test_a_build_robot_that_asks_for_the_right_tree_took_nothing() -> None:
    robot = "[If your patch is applied to the wrong git tree, kindly drop us a note.]\nAll warnings follow.\n"
    found = judged(talk(("kernel test robot <lkp@intel.com>", robot)))
    assert found.outcome != "merged-looking"


def test_a_line_that_only_goes_on_with_the_word_applied_took_nothing() -> None:
    found = judged(talk((BO, "I doubt that he will take them if\napplied after the release of the next version\n")))
    assert found.outcome != "merged-looking"


def test_nothing_said_is_undecided() -> None:
    assert judged(talk()).outcome == "undecided"


@pytest.mark.parametrize(
    "said", ["Applied, thanks.\n", "Thanks, applied.\n", "Applied to the fixes branch of vfs.git.\n"]
)
def test_who_took_it_is_named(said: str) -> None:
    found = judged(talk((CEM, said)))
    assert (found.outcome, found.outcome_why) == ("merged-looking", "Cem Third says that it is in a tree")


def test_nobody_is_waited_for_when_the_patch_was_taken_all_the_same() -> None:
    before = judged(talk((BO, PATCH_LINES + "\n" + WRONG)))
    assert [point.status for point in before.points] == ["open"]
    assert before.points[0].waiting_for == "the author"
    assert (before.outcome, before.outcome_why) == ("new-version-needed", "not settled: P1")
    taken = judged(talk((BO, PATCH_LINES + "\n" + WRONG), (CEM, "Applied, thanks.\n")))
    assert taken.outcome == "merged-looking"
    assert [(point.status, point.waiting_for) for point in taken.points if point.status == "open"] in (
        [("open", "")],
        [],
    )


def test_what_is_raised_after_it_was_taken_stands_against_it() -> None:
    found = judged(talk((CEM, "Applied, thanks.\n"), (BO, PATCH_LINES + "\n" + WRONG)))
    assert found.outcome == "new-version-needed"
    assert found.outcome_why == f"raised after Cem Third took it: {found.points[0].id}"
    assert found.points[0].waiting_for == "the author"


def test_a_tag_says_who_gave_it() -> None:
    found = judged(talk((CEM, "Reviewed-by: Cem Third <cem@example.net>\n")))
    assert (found.outcome, found.outcome_why) == (
        "merged-looking",
        "Cem Third gave a tag and nothing stands against it",
    )


def test_a_thread_without_a_patch_needs_no_new_version() -> None:
    question = mail("1@example.org", subject="why does it warn?", author=BO, body="It warns.\n")
    body = "> It warns.\n\n" + WRONG
    answer = mail("2@example.org", subject="Re: why does it warn?", author=CEM, body=body, parent="1@example.org")
    found = judged(tree.build([messages.parse_message(raw, "test") for raw in (question, answer)]))
    assert (found.outcome, found.outcome_why) == ("undecided", "no patch is in this thread")


def test_a_pull_that_was_merged_is_taken_and_a_person_is_named_before_a_program() -> None:
    tracker = "The pull request you sent has been merged into example/linux.git:\n"
    found = judged(talk((CEM, "Pulled, thanks.\n"), ("pr-tracker-bot@kernel.org", tracker)))
    assert (found.outcome, found.outcome_why) == ("merged-looking", "Cem Third says that it is in a tree")


ASKS = "Please add a comment that explains why the mapping is checked again here.\n"
TAG = "\nReviewed-by: Bo Reviewer <bo@example.org>\n"


def _series(*answers: tuple[str, str, str], second: str = "") -> list[bytes]:
    """Ada's two patches under a cover letter (mails c, p1 and p2) and answers (author, mail answered, body)."""
    signed = "Signed-off-by: Ada Author <ada@example.org>\n"
    raws = [
        mail("c@example.org", subject="[PATCH 0/2] toy: two fixes", author=ADA, body="Two fixes.\n"),
        *(
            mail(
                f"p{number}@example.org", subject=f"[PATCH {number}/2] toy: fix {number}", author=ADA,
                body=f"Because it is wrong.\n\n{second if number == 2 else ''}{signed}---\n\n{DIFF}",
                parent="c@example.org",
            )
            for number in (1, 2)
        ),
    ]  # fmt: skip
    for number, (author, parent, body) in enumerate(answers, 1):
        raws.append(
            mail(
                f"{number}@example.org", subject="Re: [PATCH 1/2] toy: fix 1", author=author, body=body,
                parent=f"{parent}@example.org", date=f"Fri, 5 Jun 2020 {number:02d}:00:00 +0000",
            )
        )  # fmt: skip
    return raws


def _judged(raws: list[bytes]) -> tuple[str, str]:
    found = judged(tree.build([messages.parse_message(raw, "test") for raw in raws]))
    return found.outcome, found.outcome_why


def _promise(said: str) -> tuple[str, str]:
    first = (BO, PATCH_LINES + "\n" + ASKS + TAG)
    found = judged(talk(first, (ADA, quoted(ASKS) + "\n" + said)))
    assert [point.status for point in found.points] == ["accepted"]
    return found.outcome, found.outcome_why


def test_who_agrees_and_speaks_of_another_version_sends_one_though_there_is_a_tag() -> None:
    for said in ("Good idea, I will add it in the next version.\n", "Sure, I'll add it in v2.\n"):
        assert _promise(said) == ("new-version-needed", "agreed to: P1")


def test_wording_that_was_agreed_to_can_be_mended_on_the_way_in() -> None:
    assert _promise("Good idea, I will add it.\n")[0] == "merged-looking"


def test_a_format_called_v5_is_no_later_version_of_the_patch() -> None:
    assert _promise("Good idea, I will add it. The check is there for v5 disks.\n")[0] == "merged-looking"


def test_a_tag_for_one_patch_does_not_settle_what_was_agreed_to_in_another() -> None:
    tagged = (CEM, "p1", "Reviewed-by: Cem Third <cem@example.net>\n")
    asked = (BO, "p2", PATCH_LINES + "\n" + WRONG)
    agreed = (ADA, "2", quoted(WRONG) + "\nYou are right, I will fix it.\n")
    again = ("new-version-needed", "agreed to: P1")
    assert _judged(_series(tagged, asked, agreed, (CEM, "p1", "Acked-by: Cem Third <cem@example.net>\n"))) == again
    for_all = (CEM, "c", "Acked-by: Cem Third <cem@example.net>\n")
    assert _judged(_series(tagged, asked, agreed, for_all))[0] == "merged-looking"


def test_patches_of_a_series_without_a_tag_are_told() -> None:
    tagged = (CEM, "p1", "Reviewed-by: Cem Third <cem@example.net>\n")
    said = "Cem Third gave a tag and nothing stands against it"
    assert _judged(_series(tagged)) == ("merged-looking", f"{said}; patch 2 has none")
    assert _judged(_series((CEM, "c", tagged[2]))) == ("merged-looking", said)
    carried = "Reviewed-by: Bo Reviewer <bo@example.org>\n"
    assert _judged(_series(tagged, second=carried)) == ("merged-looking", said)


def test_patches_without_a_tag_are_those_of_the_series_under_review() -> None:
    """A patch for the tests that was posted beside it, or a reviewer's own, is not."""
    tagged = (CEM, "p1", "Reviewed-by: Cem Third <cem@example.net>\n")
    for author, subject in ((ADA, "[PATCH] tests: for toy"), (BO, "[PATCH v2] toy: another way")):
        beside = mail(
            "x@example.org", subject=subject, author=author, parent="c@example.org",
            body=f"Why.\n\nSigned-off-by: {author}\n---\n\n{DIFF}", date="Fri, 5 Jun 2020 09:00:00 +0000",
        )  # fmt: skip
        found = _judged([*_series(tagged), beside])
        assert found == ("merged-looking", "Cem Third gave a tag and nothing stands against it; patch 2 has none")


def test_what_was_agreed_to_after_it_was_taken_is_told() -> None:
    found = judged(
        talk(
            (CEM, "Applied, thanks.\n"),
            (BO, PATCH_LINES + "\n" + WRONG),
            (ADA, quoted(WRONG) + "\nYou are right, I will send a fix.\n"),
        )
    )
    assert found.outcome == "merged-looking"
    assert found.outcome_why == "Cem Third says that it is in a tree; agreed to after that: P1"


def test_what_was_agreed_to_before_a_version_posted_in_the_thread_is_not_owed() -> None:
    asked = (BO, PATCH_LINES + "\n" + WRONG)
    agreed = (ADA, quoted(WRONG) + "\nYou are right, I will fix it.\n")
    before = talk(asked, agreed)
    assert judged(before).outcome_why == "agreed to: P1"
    again = mail(
        "9@example.org", subject="[PATCH v2] toy: fix it", author=ADA, parent="0@example.org",
        body="Because it is wrong.\n\nSigned-off-by: Ada Author <ada@example.org>\n---\n\n" + DIFF,
        date="Fri, 5 Jun 2020 09:00:00 +0000",
    )  # fmt: skip
    after = tree.build([*before.messages, messages.parse_message(again, "test")])
    assert judged(after).outcome == "undecided"


def test_a_nit_that_is_open_beside_a_tag_is_not_nothing() -> None:
    nit = "nit: I would call it toy_marked, but that is a matter of taste.\n"
    found = judged(talk((BO, PATCH_LINES + "\n" + nit + TAG)))
    assert [(point.status, point.weight) for point in found.points] == [("open", "nit")]
    assert found.outcome_why == "Bo Reviewer gave a tag and only nits are open"


@pytest.mark.parametrize(
    "said",
    [
        "I pushed these to the for-next branch.\n",
        "Thanks, I've queued it up for 6.1.\n",
        "I have applied both patches to my tree.\n",
        "Seems to work so I'm moving it to misc-next.\n",
        "Added to misc-next, thanks.\n",
        "Thanks, added to misc-next.\n",
        "With minor fixups added to misc-next, thanks.\n",
        "Pushed in dev branch. Thanks.\n",
        "I've landed this patch set on the toy git tree.  Thanks!\n",
        "Now queued up, thanks.\n",
        "Nice, I took this one into the 6.1 branch.\n",
    ],
)
def test_who_says_i_pushed_it_took_it(said: str) -> None:
    found = judged(talk((CEM, said)))
    assert (found.outcome, found.outcome_why) == ("merged-looking", "Cem Third says that it is in a tree")


@pytest.mark.parametrize(
    "said",
    [
        "I applied this to test it and it fails in the first run of the\ntest.\n",
        "I pushed back on this.\n",
        "If it works I'm moving it to misc-next.\n",
        "Added to that, the next caller is wrong.\n",
        "I applied this patch to 5.12-rc7 and ran the tests.\n",
        "I merged it in my tree and it fails to boot.\n",
    ],
)
def test_who_tried_a_patch_or_pushed_back_took_nothing(said: str) -> None:
    assert judged(talk((CEM, said))).outcome != "merged-looking"


def test_what_the_maintainer_mends_himself_after_he_took_it_is_not_owed() -> None:
    mends = PATCH_LINES + "\nThe constant should be in the header, please; I'll update the commit.\n"
    found = judged(talk((CEM, "Applied, thanks.\n"), (CEM, mends)))
    assert found.outcome_why == "Cem Third says that it is in a tree"


TOOK = "Cem Third says that"


@pytest.mark.parametrize(
    ("parent", "said", "told"),
    [
        ("p1", "Applied, thanks.\n", "patch 1 of 2 is in a tree"),
        ("c", "Applied patch 2, thanks.\n", "patch 2 of 2 is in a tree"),
        ("c", "I've applied the first patch to my tree.\n", "patch 1 of 2 is in a tree"),
        ("p2", "Applied, thanks!\n\n[1/2] toy: fix 1\n      commit: 0123456789ab\n", "patch 1 of 2 is in a tree"),
        (
            "p1",
            "Thanks, I've applied just this patch from this patch series; another series has the rest.\n",
            "patch 1 of 2 is in a tree",
        ),
        ("c", "Applied all but the last one.\n", "patch 1 of 2 is in a tree"),
        ("p2", "Applied, thanks!\n\n[1/2] toy: fix 1\n[2/2] toy: fix 2\n", "it is in a tree"),
        ("p1", "Applied both, thanks.\n", "it is in a tree"),
        ("c", "Applied for 6.1, thanks.\n", "it is in a tree"),
        ("c", "Applied 1-2, thanks.\n", "it is in a tree"),
        ("c", "Applied 2 fixes on top, thanks.\n", "it is in a tree"),
        ("p1", "This series was applied to toy.git.\n\n- [1/2] toy: fix 1\n(no matching commit)\n", "it is in a tree"),
    ],
)
def test_what_was_taken_of_a_series_is_told(parent: str, said: str, told: str) -> None:
    assert _judged(_series((CEM, parent, said))) == ("merged-looking", f"{TOOK} {told}")


def test_two_who_took_a_patch_each_took_the_series() -> None:
    found = _judged(_series((CEM, "p1", "Applied, thanks.\n"), (BO, "p2", "Applied, thanks.\n")))
    said = "Cem Third says that patch 1 of 2 is in a tree; Bo Reviewer says that patch 2 of 2 is in a tree"
    assert found == ("merged-looking", said)


def test_what_stands_against_a_patch_is_not_past_when_another_was_taken() -> None:
    asked = (BO, "p2", PATCH_LINES + "\n" + WRONG)
    found = _judged(_series(asked, (CEM, "p1", "Applied, thanks.\n")))
    assert found == ("new-version-needed", f"not settled: P1; {TOOK} patch 1 of 2 is in a tree")
    assert _judged(_series(asked, (CEM, "p2", "Applied, thanks.\n")))[0] == "merged-looking"


RUNS = "Could you please test this on the last release first?\n"


def _last_word(said: str, *more: tuple[str, str]) -> tuple[str, str]:
    found = judged(talk((BO, PATCH_LINES + "\n" + RUNS), (ADA, quoted(RUNS) + "\n" + said), *more))
    return found.outcome, found.outcome_why


@pytest.mark.parametrize(
    "said",
    [
        "Do you want me to send a new version?\n",
        "If it fails I will send v2.\n",
        "Thanks.  No need for a new version then.\n",
        "Maybe I'll resend it.\n",
        "I will send v1 of the test.\n",
        "It was fixed in v2 of the other series.\n",
        "Bo will send a fix.\n",
    ],
)
def test_who_promises_no_version_is_not_waited_for(said: str) -> None:
    found = judged(talk((BO, "Hello.\n"), (ADA, said)))
    assert (found.outcome, found.outcome_why) == ("undecided", "no tag, no objection that stands, nobody took it")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Sorry about the compile failure.  Will post v2.\n", "v2 is promised by Ada Author"),
        ("I'll fix the typo and send a new version soon.\n", "another version is promised by Ada Author"),
        ("I will resend.\n", "another version is promised by Ada Author"),
        ("I'll do that in the next version.\n", "another version is promised by Ada Author"),
    ],
)
def test_who_promises_a_version_is_waited_for_without_a_point(said: str, told: str) -> None:
    found = judged(talk((BO, "Hello.\n"), (ADA, said)))
    assert (found.outcome, found.outcome_why) == ("new-version-needed", told)


def test_a_promise_is_past_when_the_version_was_posted_or_is_needless_or_a_tag_was_given() -> None:
    promised = talk((BO, "Hello.\n"), (ADA, "Will post v2.\n"))
    again = mail(
        "9@example.org", subject="[PATCH v2] toy: fix it", author=ADA, parent="0@example.org",
        body="Because it is wrong.\n\nSigned-off-by: Ada Author <ada@example.org>\n---\n\n" + DIFF,
        date="Fri, 5 Jun 2020 09:00:00 +0000",
    )  # fmt: skip
    assert judged(tree.build([*promised.messages, messages.parse_message(again, "test")])).outcome == "undecided"
    for said in ("No need, I'll fix it up.\n", TAG):
        found = judged(talk((BO, "Hello.\n"), (ADA, "Will post v2.\n"), (BO, said)))
        assert found.outcome != "new-version-needed"


def test_a_version_promised_for_a_patch_that_was_taken_since_is_not_waited_for() -> None:
    promised = (ADA, "p2", "I will fix it in the next version.  Thanks again.\n")
    assert _judged(_series(promised))[0] == "new-version-needed"
    assert _judged(_series(promised, (CEM, "p2", "Applied, thanks.\n")))[0] == "merged-looking"


def test_who_is_asked_to_send_it_again_is_waited_for() -> None:
    found = judged(talk((ADA, "Can you fix that up or should I re-send both?\n"), (BO, "Please resend both.\n")))
    assert found.outcome == "new-version-needed"
    again = (BO, "Hello,\nthe second does not apply to our tree any more, so can you rebase and resend, please?\n")
    assert judged(talk(again)).outcome == "new-version-needed"


def test_who_agreed_to_test_sends_no_new_version() -> None:
    waits = ("undecided", "to be tested or checked: P1")
    for said in ("Ok.\n", "I will test it.\n", "Sure, I'll check it later.\n"):
        assert _last_word(said) in (waits, ("undecided", "no tag, no objection that stands, nobody took it"))
    assert _last_word("I will test it.\n") == waits


def test_who_agreed_to_mend_sends_one_though_he_tests_it_too() -> None:
    found = judged(
        talk((BO, PATCH_LINES + "\n" + WRONG), (ADA, quoted(WRONG) + "\nYou are right, I will fix it and test it.\n"))
    )
    assert (found.outcome, found.outcome_why) == ("new-version-needed", "agreed to: P1")


def test_who_will_send_no_new_version_is_not_waited_for() -> None:
    no_new = "You are right.  Oh well, I won't bother sending out a new version for now.\n"
    found = judged(talk((BO, PATCH_LINES + "\n" + WRONG), (ADA, quoted(WRONG) + "\n" + no_new)))
    assert [point.status for point in found.points] == ["accepted"]
    assert found.outcome == "undecided"
    late = "You are right.  I will not be able to send a new version this week.\n"
    found = judged(talk((BO, PATCH_LINES + "\n" + WRONG), (ADA, quoted(WRONG) + "\n" + late)))
    assert found.outcome == "new-version-needed"
