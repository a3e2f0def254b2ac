"""Other suites by changed path."""

import os
import re
from pathlib import Path

import pytest

from rules.testplan import suites, tables
from rules.testplan.values import Query


def test_a_filesystem_alone_asks_for_no_other_suite() -> None:
    assert suites.suggest(Query(files=("fs/xfs/xfs_inode.c",), functions=("xfs_ifree",))) == ()


def test_userfaultfd_code_asks_for_its_selftests() -> None:
    found = suites.suggest(Query(files=("mm/userfaultfd.c",), functions=()))
    assert ("kselftest", "mm:userfaultfd") in [(one.suite, one.test) for one, _ in found]
    assert any("run_vmtests.sh -t userfaultfd" in command.line for _, command in found)


def test_each_suggestion_names_the_path_or_function_that_it_rests_on() -> None:
    for one, _ in suites.suggest(Query(files=("mm/memory.c", "block/bio.c"), functions=("do_wp_page",))):
        assert re.match(r"table: (mm/memory\.c|block/bio\.c|do_wp_page) -> ", one.reasons[0])


def test_the_nearest_directory_counts_and_not_the_one_above_it() -> None:
    found = [one.test for one, _ in suites.suggest(Query(files=("net/netfilter/nf_tables_api.c",), functions=()))]
    assert found == ["net/netfilter"]


def test_a_driver_without_tests_of_its_own_gets_none() -> None:
    assert suites.suggest(Query(files=("drivers/media/usb/foo.c",), functions=("foo_probe",))) == ()


def test_a_change_of_the_whole_tree_does_not_name_every_directory() -> None:
    paths = tuple(path for suite in tables.shipped().suite for path in suite.paths)
    assert len(suites.suggest(Query(files=paths, functions=()))) == 12


def test_every_selftest_exists() -> None:
    selftests = Path(os.environ.get("MKWRITE_TREES", ""), "linux-6.12/tools/testing/selftests")
    if not os.environ.get("MKWRITE_TREES") or not selftests.is_dir():
        pytest.skip("MKWRITE_TREES does not hold linux-6.12")
    categories = set(re.findall(r'CATEGORY="(\w+)"', (selftests / "mm/run_vmtests.sh").read_text("utf-8")))
    named = {name for suite in tables.shipped().suite if suite.suite == "kselftest" for name in suite.names}
    assert {name[3:] for name in named if name.startswith("mm:")} <= categories
    assert [name for name in named if not name.startswith("mm:") and not (selftests / name).is_dir()] == []
