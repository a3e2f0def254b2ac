"""Trees of LTP, blktests and stress-ng, invented ones."""

from pathlib import Path

import pytest

from rules.testplan import suites, suitetrees
from rules.testplan.values import Query

FALLOCATE = Query(files=("fs/open.c",), functions=("vfs_fallocate",))


def ltp(top: Path) -> Path:
    (top / "runtest").mkdir()
    (top / "runtest" / "mm").write_text("# memory\nmm01 mm01\nmtest05 mmstress -x 1\n\n")
    (top / "runtest" / "syscalls").write_text("fallocate01 a\nfallocate02 a -x\nfsync01 fsync01\nbroken\n")
    return top


def test_a_directory_without_a_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(suitetrees.NotASuiteError, match="runtest/mm"):
        suitetrees.read(tmp_path)
    with pytest.raises(suitetrees.NotASuiteError):
        suitetrees.read(tmp_path / "gone")


def test_what_a_tree_does_not_have_is_a_note_and_no_suggestion(tmp_path: Path) -> None:
    tree = suitetrees.read(ltp(tmp_path))
    query = Query(files=("mm/hugetlb.c",), functions=())
    kept, notes = suitetrees.checked(suites.suggest(query), (tree,), query)
    assert "ltp" not in [one.suite for one, _ in kept]
    assert notes == (f"LTP in {tmp_path} has no hugetlb",)
    assert ("kselftest", "mm:hugetlb") in [(one.suite, one.test) for one, _ in kept]


def test_tests_of_ltp_are_counted_and_named(tmp_path: Path) -> None:
    tree = suitetrees.read(ltp(tmp_path))
    assert tree.tests == {"mm": ("mm01", "mtest05"), "syscalls": ("fallocate01", "fallocate02", "fsync01")}
    query = Query(files=("mm/vmscan.c",), functions=())
    kept, _ = suitetrees.checked(suites.suggest(query), (tree,), query)
    assert [one.note for one, _ in kept if one.suite == "ltp"] == [f"in LTP in {tmp_path}: 2 tests (mm01, mtest05)"]


def test_a_changed_system_call_adds_its_tests(tmp_path: Path) -> None:
    kept, _ = suitetrees.checked((), (suitetrees.read(ltp(tmp_path)),), FALLOCATE)
    assert [(one.test, command.line) for one, command in kept] == [
        ("syscalls: fallocate", "./runltp -f syscalls -s '^fallocate_?[0-9]'")
    ]
    assert kept[0][0].reasons == ("tree: vfs_fallocate is changed, runtest/syscalls has tests of fallocate",)


def test_blktests_says_how_many_are_quick(tmp_path: Path) -> None:
    (tmp_path / "tests" / "block").mkdir(parents=True)
    (tmp_path / "check").write_text("")
    (tmp_path / "tests" / "block" / "001").write_text("#!/bin/bash\nQUICK=1\n")
    (tmp_path / "tests" / "block" / "002").write_text("#!/bin/bash\nTIMED=1\n")
    (tmp_path / "tests" / "block" / "002.out").write_text("")
    query = Query(files=("block/bio.c",), functions=())
    kept, notes = suitetrees.checked(suites.suggest(query), (suitetrees.read(tmp_path),), query)
    assert notes == ()
    assert kept[0][0].note == f"in blktests in {tmp_path}: 2 tests, 1 of them quick (block/001, block/002)"


def test_a_stressor_that_the_tree_lacks_is_not_suggested(tmp_path: Path) -> None:
    for name in ("mmap", "fault", "madvise"):
        (tmp_path / f"stress-{name}.c").write_text("")
    query = Query(files=("mm/memory.c",), functions=())
    kept, notes = suitetrees.checked(suites.suggest(query), (suitetrees.read(tmp_path),), query)
    assert [one.test for one, _ in kept if one.suite == "stress-ng"] == ["mmap", "fault"]
    assert len(notes) == 2
