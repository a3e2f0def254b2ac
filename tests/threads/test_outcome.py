"""How a thread looks at its end, and that nobody is waited for in a patch that was taken."""

import pytest

from tests.threads.argued import BO, CEM, judged, quoted, talk
from tests.threads.mails import mail
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
