import msgspec
import pytest

from reviewer.render import headline
from reviewer.review import HunkPlace, Review
from tests.reviewer.render import sample
from tests.reviewer.render.test_words import text


def told(review: Review, *hunks: HunkPlace) -> list[str]:
    shown = msgspec.structs.replace(review, hunks=hunks) if hunks else review
    return [text(one) for one in headline.changes(shown)]


def on_path(**changed: object) -> HunkPlace:
    hunk = next(hunk for hunk in sample.typical().hunks if hunk.on_paths)
    return msgspec.structs.replace(hunk, **changed)


def test_a_function_off_every_path_is_said_to_be_so() -> None:
    first, second = told(sample.typical())
    assert first.startswith("Changes brine_page_mkwrite() on the ")
    assert second == "Also changes brine_fault_error() (added by the patch): no path to it is known."


def test_a_patch_without_functions_is_told_by_its_files() -> None:
    review = msgspec.structs.replace(sample.typical(), hunks=())
    assert "(+11 -2), in no C function." in told(review)[0]


def test_a_thread_without_a_patch_says_so() -> None:
    assert told(sample.empty()) == ["No patch was found in this thread."]


@pytest.mark.parametrize(
    ("subject", "automated", "said"),
    [
        ("[GIT PULL] brinefs for 7.3", "", "A pull request: its commits are not in the mails, "),
        ("Re: pull the folio", "", "No patch was found in this thread."),
        ("[syzbot] WARNING in brine_fault", "a program", "The report of a program; no patch was found in this thread."),
    ],
)
def test_what_a_thread_without_a_patch_is_gets_said(subject: str, automated: str, said: str) -> None:
    review = sample.empty()
    first = msgspec.structs.replace(review.thread.messages[0], subject=subject, automated=automated)
    thread = msgspec.structs.replace(review.thread, messages=(first,), parents=(-1,))
    assert told(msgspec.structs.replace(review, thread=thread))[0].startswith(said)


def test_a_cover_letter_alone_is_no_missing_patch() -> None:
    review = sample.typical()
    (series,) = review.series[-1:]
    cover = msgspec.structs.replace(series, cover=series.cover or series.patches[0], patches=(), expected=3)
    alone = msgspec.structs.replace(review, series=(cover,), change=None, hunks=())
    assert told(alone) == ["Only the cover letter is in this thread, none of its 3 patches."]


def test_functions_that_the_model_lacks_for_two_reasons_are_told_with_each() -> None:
    review = sample.typical()
    hunk = next(hunk for hunk in review.hunks if not hunk.known)
    other = msgspec.structs.replace(hunk, function="brine_other", note="no such file in the model")
    assert told(review, hunk, other) == [
        f"Changes brine_fault_error() ({hunk.note}) and brine_other() (no such file in the model): "
        "no path to them is known."
    ]


def test_functions_that_stand_alike_on_the_paths_share_a_sentence() -> None:
    stage = "page fault: 1 call below ->page_mkwrite"
    both = ("brinefs", "tidefs")
    other = on_path(function="brine_other", filesystems=both, stage=stage)
    (said,) = told(sample.typical(), on_path(stage=stage, filesystems=both), other)
    assert said.startswith("Changes brine_page_mkwrite() and brine_other() on the ")
    assert ", each 1 call below ->page_mkwrite, for " in said
    assert said.endswith(", for brinefs and tidefs.")


def test_a_function_is_not_given_the_filesystems_of_its_neighbour() -> None:
    stage = "page fault: 1 call below ->page_mkwrite"
    other = on_path(function="brine_other", filesystems=("tidefs",), stage=stage)
    one, two = told(sample.typical(), on_path(stage=stage, filesystems=("brinefs",)), other)
    assert one.endswith("1 call below ->page_mkwrite, for brinefs.")
    assert two.startswith("Also changes brine_other() on the ")
    assert two.endswith(", for tidefs.")


def test_what_stands_on_the_fault_path_comes_before_what_was_first_in_the_patch() -> None:
    read = on_path(function="brine_read", on_paths=("read",), stage="buffered read: implements ->read_iter")
    fault = on_path(function="brine_fault", stage="page fault: implements ->fault")
    assert [said.split("()")[0] for said in told(sample.typical(), read, fault)] == [
        "Changes brine_fault",
        "Also changes brine_read",
    ]


def test_what_the_patch_guards_comes_first_of_all_and_says_what_it_does() -> None:
    review = sample.typical()
    placement = msgspec.structs.replace(review.placements[0], function="brine_read", act="adds a check of uptodate")
    review = msgspec.structs.replace(review, placements=(placement,))
    read = on_path(function="brine_read", on_paths=("read",), stage="buffered read: implements ->read_iter")
    said = told(review, on_path(), read)
    where = "on the buffered read path, implements ->read_iter, for brinefs."
    assert said[0] == f"Changes brine_read() (adds a check of uptodate) {where}"


def test_a_check_that_moved_is_not_said_to_be_new() -> None:
    review = sample.typical()
    one = msgspec.structs.replace(review.placements[0], function="brine_read", act="adds a check of dirty")
    two = msgspec.structs.replace(one, function="brine_page_mkwrite", act="changes a check of dirty")
    said = " ".join(told(msgspec.structs.replace(review, placements=(one, two)), on_path(function="brine_read")))
    assert "brine_read() (changes a check of dirty)" in said


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (("fault",), "on the page fault path, "),
        (("fault", "read"), "on the page fault path and the read path, "),
        (("fault", "read", "write"), "on the page fault path and the read and write paths, "),
        (("fault", "read", "write", "direct", "reclaim"), "on 5 paths (page fault, read, write ...), "),
    ],
)
def test_further_paths_are_named_while_they_are_few(paths: tuple[str, ...], said: str) -> None:
    hunk = on_path(on_paths=paths, stage="page fault: 2 calls below ->fault")
    assert said in told(sample.typical(), hunk)[0]


def test_many_filesystems_are_counted() -> None:
    hunk = on_path(filesystems=tuple(f"fs{number}" for number in range(9)))
    assert told(sample.typical(), hunk)[0].endswith(", for 9 filesystems.")


def test_filesystems_that_are_not_seen_to_use_the_change_are_not_counted_in_the_headline() -> None:
    review = sample.typical()
    rows = tuple(
        msgspec.structs.replace(row, filesystem=f"fs{at}", reached=not at) for at, row in enumerate(review.filesystems)
    )
    hunk = on_path(filesystems=tuple(row.filesystem for row in rows))
    (said,) = told(msgspec.structs.replace(review, filesystems=rows), hunk)
    assert said.endswith(", for fs0.")


def test_a_function_that_is_moved_from_one_file_to_another_is_named_once() -> None:
    review = sample.typical()
    hunk = next(hunk for hunk in review.hunks if not hunk.known)
    moved = msgspec.structs.replace(hunk, file="fs/other.c", note="no such file in the model")
    assert told(review, hunk, moved) == [f"Changes brine_fault_error() ({hunk.note}): no path to it is known."]


def test_a_function_that_is_changed_in_two_files_of_one_path_is_named_once() -> None:
    one, other = on_path(filesystems=()), on_path(filesystems=(), file="fs/other.h")
    (said,) = told(sample.typical(), one, other)
    assert said.count(f"{one.function}()") == 1
    assert " each " not in said
