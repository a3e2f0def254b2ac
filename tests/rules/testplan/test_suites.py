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
    assert any("run_vmtests.sh -t userfaultfd" in command for _, command in found)


def test_each_suggestion_names_the_path_or_function_that_it_rests_on() -> None:
    for one, _ in suites.suggest(Query(files=("mm/memory.c", "block/bio.c"), functions=("do_wp_page",))):
        assert re.match(r"table: (mm/memory\.c|block/bio\.c|do_wp_page) -> ", one.reasons[0])


def test_every_selftest_category_exists() -> None:
    script = Path(os.environ.get("MKWRITE_TREES", ""), "linux-6.12/tools/testing/selftests/mm/run_vmtests.sh")
    if not os.environ.get("MKWRITE_TREES") or not script.is_file():
        pytest.skip("MKWRITE_TREES does not hold linux-6.12")
    known = set(re.findall(r'CATEGORY="(\w+)"', script.read_text("utf-8")))
    named = {name for suite in tables.shipped().suite if suite.suite == "kselftest" for name in suite.names}
    assert named <= known
