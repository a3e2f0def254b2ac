"""The index of a user's tree, over small invented trees."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.testplan import catalogue, xfstests
from rules.testplan.catalogue import Sets

NEW = """#! /bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (c) 2024 Nobody.
#
# FS QA Test 001
#
# Shrink an invented file under a mapping.
#
. ./common/preamble
_begin_fstest auto quick mmap

. ./common/dmerror
_fixed_by_kernel_commit 0123456789abcdef \\
\t"foofs: flush before truncate"
_exclude_fs ext2
_require_scratch
_require_dm_target error
_require_xfs_io_command "fpunch"

_dmerror_init
$XFS_IO_PROG -c "mmap -w 0 4k" -c "mwrite 0 4k" $SCRATCH_MNT/foo
$here/src/holder $SCRATCH_MNT/foo
run_time=$((10 * TIME_FACTOR))
status=0
"""

OLD = """#! /bin/bash
# FS QA Test No. 002
#
# Write in odd places.
#
seq=`basename $0`
. ./common/rc
_supported_fs xfs ext4
_supported_os Linux
_require_test
$XFS_IO_PROG -c "falloc 0 1m" $TEST_DIR/file
"""


def tree(path: Path) -> Path:
    (path / "tests/generic").mkdir(parents=True)
    (path / "src").mkdir()
    (path / "tests/generic/001").write_text(NEW, encoding="utf-8")
    (path / "tests/generic/001.out").write_text("QA output\n", encoding="utf-8")
    (path / "tests/generic/002").write_text(OLD, encoding="utf-8")
    (path / "tests/generic/group").write_text("# groups\n002 rw auto # odd\n", encoding="utf-8")
    (path / "src/holder.c").write_text("p = mmap(0, n, PROT_READ, MAP_SHARED, fd, 0);\n", encoding="utf-8")
    return path


def test_a_directory_that_is_no_tree_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(xfstests.NotXfstestsError, match="no tests directory"):
        xfstests.read(tmp_path, "x")
    (tmp_path / "tests/unit").mkdir(parents=True)
    (tmp_path / "tests/unit/test_foo.py").write_text("", encoding="utf-8")
    with pytest.raises(xfstests.NotXfstestsError, match="no test such as"):
        xfstests.read(tmp_path, "x")


def test_comments_make_no_tags(tmp_path: Path) -> None:
    script = xfstests.parse("# _require_fio and fsstress\n#_begin_fstest auto\n", "generic/001", helpers={})
    assert script.tags == ()


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ('echo "nothing was lost during the run"', "tool:io_uring"),
        ("touch $dir/foo # $XFS_IO_PROG -d -c io_uring", "tool:io_uring"),
        ("$CHATTR_PROG +i $file", "tool:xattr"),
        ("_require_test_program dio-write-same-fd", "tool:dio"),
        ("_mount -o nomblk_io_submit", "tool:aio"),
        ("_btrfs_stress_scrub $dir", "tool:xfs_scrub"),
        (". ./common/reflink", "tool:reflink"),
        ('_scratch_xfs_db -c "bmap"', "verb:bmap"),
        ('_su $user -c "truncate -s 1 foo"', "verb:truncate"),
        ('$XFS_IO_PROG -c "foofoo 1" $file', "verb:foofoo"),
    ],
)
def test_a_part_of_a_word_is_no_tool_and_no_command(line: str, tag: str) -> None:
    assert tag not in xfstests.parse(f"{line}\n", "generic/001", helpers={}).tags


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("_require_io_uring", "tool:io_uring"),
        ("$here/src/uring_foo $file", "tool:io_uring"),
        ("echo 3 > /proc/sys/vm/drop_caches", "tool:drop-caches"),
        ("$ATTR_PROG -s foo $file", "tool:xattr"),
        ("$XFS_IO_PROG -fd -c 'pwrite 0 4k' $file", "tool:dio"),
        ("$XFS_IO_PROG -c fsync $file", "verb:fsync"),
        ("args='-c mwrite'; $XFS_IO_PROG $args -c \"mwrite 0 4k\" $file", "tool:mmap"),
    ],
)
def test_a_tool_or_command_is_told_by_its_whole_name(line: str, tag: str) -> None:
    assert tag in xfstests.parse(f"{line}\n", "generic/001", helpers={}).tags


def test_a_test_of_the_new_form_is_read(tmp_path: Path) -> None:
    made = xfstests.catalogue(xfstests.read(tree(tmp_path), "here"), {"generic/001": "2024-02-03"})
    tests = Sets(made)
    assert made.tests == ("generic/001", "generic/002")
    assert made.added == ("2024-02-03", "")
    for tag in (
        "group:mmap", "require:dm_target error", "require:xfs_io_command fpunch", "tool:dm-error", "tool:mmap",
        "verb:mwrite", "helper:holder", "syscall:mmap", "syscall:shared-map", "flag:time_factor", "call:_dmerror_init",
    ):  # fmt: skip
        assert tests.tagged(tag) == 1, tag
    assert made.excluded == {"ext2": (0,)}
    assert made.fixes == {"0123456789ab": (0,)}
    assert len(made.subjects) == 1


def test_a_test_of_the_old_form_gets_its_groups_from_the_group_file(tmp_path: Path) -> None:
    index = xfstests.read(tree(tmp_path), "here")
    script = index.scripts[1]
    assert {"group:rw", "group:auto", "verb:falloc", "tool:falloc", "require:test"} <= set(script.tags)
    assert script.supported == ("ext4", "xfs")
    assert script.description == "Write in odd places."


def test_annotations_are_no_words(tmp_path: Path) -> None:
    words = xfstests.read(tree(tmp_path), "here").scripts[0].words
    assert "flush" not in words
    assert words["mapp"] == 1


def test_an_unchanged_script_is_not_read_again(tmp_path: Path) -> None:
    first = xfstests.read(tree(tmp_path), "here")
    path = tmp_path / "tests/generic/002"
    path.write_text(OLD.replace("falloc", "fpunch 4k"), encoding="utf-8")
    second = xfstests.read(tmp_path, "here", first)
    assert second.scripts[0] is first.scripts[0]
    assert "verb:fpunch" in second.scripts[1].tags


def test_a_helper_outside_src_is_not_opened(tmp_path: Path) -> None:
    tree(tmp_path)
    (tmp_path / "secret.c").write_text("mmap( MAP_SHARED", encoding="utf-8")
    (tmp_path / "tests/generic/003").write_text("_begin_fstest auto\n$here/src/../secret x\n", encoding="utf-8")
    index = xfstests.read(tmp_path, "here")
    assert not [tag for tag in index.scripts[2].tags if tag.startswith("syscall:")]


@given(st.text(max_size=400))
def test_any_script_is_read_without_an_error(text: str) -> None:
    script = xfstests.parse(text, "generic/001", helpers={})
    assert script.test == "generic/001"


def test_the_facts_of_a_real_tree_are_those_of_the_shipped_table() -> None:
    directory = os.environ.get("MKWRITE_XFSTESTS", "")
    if not directory or not Path(directory, "tests").is_dir():
        pytest.skip("MKWRITE_XFSTESTS is not an xfstests tree")
    made = xfstests.catalogue(xfstests.read(Path(directory), "there"), {})
    shipped = catalogue.shipped()
    both = set(made.tests) & set(shipped.tests)
    assert len(both) > 1500
    for kind in ("group:", "require:", "helper:"):
        pairs = [
            {(tag, one.tests[test]) for tag, tests in one.tags.items() if tag.startswith(kind) for test in tests}
            for one in (made, shipped)
        ]
        ours, theirs = ({pair for pair in found if pair[1] in both} for found in pairs)
        assert len(ours & theirs) > 0.9 * len(ours | theirs), kind
