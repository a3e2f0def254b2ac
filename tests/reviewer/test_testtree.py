"""The user's xfstests tree, times and expected failures."""

import subprocess
from pathlib import Path

import pytest

from reviewer import testtree
from reviewer.errors import Failure

SCRIPT = "#! /bin/bash\n# FS QA Test 001\n#\n# Invented.\n#\n. ./common/preamble\n_begin_fstest auto quick mmap\n"


def tree(path: Path) -> Path:
    (path / "tests/generic").mkdir(parents=True)
    (path / "tests/generic/001").write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.mark.parametrize("made", ["empty", "other", "missing"])
def test_what_is_no_xfstests_tree_gives_a_line_and_the_shipped_table(tmp_path: Path, made: str) -> None:
    directory = tmp_path / made
    if made != "missing":
        directory.mkdir()
    if made == "other":
        (directory / "tests").mkdir()
        (directory / "tests/test_foo.py").write_text("", encoding="utf-8")
    opened = testtree.opened(str(directory))
    assert opened.catalogue is None
    assert len(opened.notes) == 1
    assert opened.notes[0].endswith("; the shipped table is used")


def test_a_path_that_does_not_exist_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (gone,) = testtree.opened(str(tmp_path / "gone")).notes
    (file,) = testtree.opened(str(tmp_path / "file")).notes
    wanted = "name the directory that holds xfstests' check and tests/; the shipped table is used"
    assert gone == f"{tmp_path}/gone does not exist: {wanted}"
    assert file == f"{tmp_path}/file is a file: {wanted}"


def test_a_tree_without_the_tests_of_these_years_is_told(tmp_path: Path) -> None:
    opened = testtree.opened(str(tree(tmp_path / "xfstests")))
    (note,) = opened.notes
    assert note.startswith(f"{tmp_path}/xfstests has 1 of the ")
    assert note.endswith("update it, or leave --xfstests out for the shipped table")


def test_a_tree_becomes_a_catalogue_and_the_index_is_kept(tmp_path: Path, sealed_home: Path) -> None:
    first = testtree.opened(str(tree(tmp_path / "xfstests")))
    assert first.catalogue is not None
    assert first.catalogue.tests == ("generic/001",)
    (cache,) = (sealed_home / "cache/mkwrite").glob("xfstests-*.json")
    before = cache.stat().st_mtime_ns
    assert testtree.opened(str(tmp_path / "xfstests")) is not None
    assert cache.stat().st_mtime_ns == before


def test_a_broken_cache_is_made_anew(tmp_path: Path, sealed_home: Path) -> None:
    testtree.opened(str(tree(tmp_path / "xfstests")))
    (cache,) = (sealed_home / "cache/mkwrite").glob("xfstests-*.json")
    cache.write_text("{", encoding="utf-8")
    opened = testtree.opened(str(tmp_path / "xfstests"))
    assert opened.catalogue is not None


def test_dates_of_new_tests_come_from_the_history_of_the_tree(tmp_path: Path) -> None:
    directory = tree(tmp_path / "xfstests")
    (directory / "tests/generic/9001").write_text(SCRIPT, encoding="utf-8")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "-q", "-m", "tests"],
    ):
        subprocess.run(["git", "-C", directory, *command], check=True)
    opened = testtree.opened(str(directory))
    assert opened.catalogue is not None
    dates = dict(zip(opened.catalogue.tests, opened.catalogue.added, strict=True))
    assert dates["generic/9001"] >= "2024"
    assert " at " in opened.catalogue.source


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("2h", 7200), ("90s", 90), (" 1h30m ", 5400), ("1h5s", 3605)]
)
def test_budgets_are_read(text: str, seconds: float) -> None:
    assert testtree.budget(text, None).seconds == seconds


@pytest.mark.parametrize("text", ["", "soon", "-5m", "0", "0m", "0h0m", "1.5h", "5m1h", "9" * 40, "\u0663m"])
def test_a_budget_that_is_no_time_is_bad_input(text: str) -> None:
    with pytest.raises(Failure, match="--budget is not a time"):
        testtree.budget(text, None)


def test_a_budget_without_a_unit_is_not_guessed() -> None:
    with pytest.raises(Failure, match="--budget has no unit: 10; write 10m for minutes, 10s for seconds"):
        testtree.budget("10", None)


def test_times_are_those_of_every_check_time_below(tmp_path: Path) -> None:
    for section, seconds in (("xfs", 7), ("ext4", 12)):
        (tmp_path / section).mkdir()
        (tmp_path / section / "check.time").write_text(f"generic/001 {seconds}\nnonsense\n", encoding="utf-8")
    assert testtree.budget(None, str(tmp_path)).measured == {"generic/001": 12.0}


def test_results_without_times_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="holds no check"):
        testtree.budget(None, str(tmp_path))


def test_an_expunge_list_keeps_the_line_with_its_comment(tmp_path: Path) -> None:
    path = tmp_path / "expunge"
    path.write_text("# mine\ngeneric/475 # flaky\nxfs/001\nnot a test\n", encoding="utf-8")
    assert testtree.expunged(str(path)) == {"generic/475": "generic/475 # flaky", "xfs/001": "xfs/001"}
    assert testtree.expunged(None) == {}


def test_a_list_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot read"):
        testtree.expunged(str(tmp_path / "nothing"))
