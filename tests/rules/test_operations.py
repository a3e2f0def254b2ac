from typing import Any, cast

import pytest

from rules import operations
from rules.graph import Model
from rules.operations import Implementer
from tests.rules.test_chains import shipped
from tests.rules.toy import Toy


@pytest.fixture(scope="module")
def toy() -> Any:
    return Toy()


def _by_name(model: Any, field: str) -> dict[str, Implementer]:
    found = operations.implementers(cast(Model, model), "vm_operations_struct", field)
    return {implementer.name: implementer for implementer in found}


def test_a_field_that_no_table_has_has_no_implementer(toy: Any) -> None:
    assert operations.implementers(cast(Model, toy), "vm_operations_struct", "open") == ()


def test_a_wrapper_goes_through_no_helper_and_hands_over(toy: Any) -> None:
    wrapper = _by_name(toy, "page_mkwrite")["wrap_mkwrite"]
    assert wrapper.delegates
    assert wrapper.helper == "own, hands over to another file"
    assert not wrapper.uses


def test_a_shared_callee_that_takes_the_argument_is_the_helper(toy: Any) -> None:
    found = _by_name(toy, "page_mkwrite")
    assert (found["alfa_mkwrite"].helper, found["bravo_mkwrite"].helper) == ("shared_mkwrite", "shared_mkwrite")
    (helper,) = found["alfa_mkwrite"].helpers
    assert (helper.call_file, helper.call_line, helper.via) == ("fs/alfa/file.c", 20, ("alfa_any_fault",))


def test_a_branch_that_the_arguments_rule_out_brings_no_helper(toy: Any) -> None:
    # alfa_mkwrite passes write_fault = true, alfa_any_fault calls page_fault for reads only
    assert [helper.name for helper in _by_name(toy, "page_mkwrite")["alfa_mkwrite"].helpers] == ["shared_mkwrite"]
    assert _by_name(toy, "fault")["alfa_fault"].helper == "page_fault"


def test_generic_code_in_a_table_is_its_own_helper(toy: Any) -> None:
    assert _by_name(toy, "fault")["page_fault"].helper == "page_fault"


def test_own_tests_and_the_helpers_asserts_are_told_apart(toy: Any) -> None:
    bravo = _by_name(toy, "page_mkwrite")["bravo_mkwrite"]
    assert [(use.name, use.helper) for use in bravo.sites("uptodate", ("test",))] == [("bravo_mkwrite", False)]
    assert [(use.name, use.helper) for use in bravo.sites("uptodate", ("assert",))] == [("shared_actor", True)]


# The shipped models. Facts of the four kernels: which helper each ->page_mkwrite goes through.

HELPERS = {
    "5.10": {
        "iomap_page_mkwrite": {"xfs", "zonefs"},
        "block_page_mkwrite": {"ext4", "nilfs2"},
        "filemap_page_mkwrite": {""},
        "dax_iomap_fault": {"ext2", "ext4", "fuse", "xfs"},
        "own": {"9p", "afs", "btrfs", "ceph", "cifs", "f2fs", "fuse", "gfs2", "nfs", "ocfs2", "orangefs", "ubifs"},
    },
    "6.1": {
        "iomap_page_mkwrite": {"xfs", "zonefs"},
        "block_page_mkwrite": {"ext4", "nilfs2"},
        "filemap_page_mkwrite": {""},
        "dax_iomap_fault": {"ext2", "ext4", "fuse", "xfs"},
    },
    "6.12": {
        "iomap_page_mkwrite": {"xfs", "zonefs"},
        "block_page_mkwrite": {"ext4", "nilfs2"},
        "filemap_page_mkwrite": {"exfat", ""},
        "netfs_page_mkwrite": {"9p", "afs", "cifs"},
        "dax_iomap_fault": {"ext2", "ext4", "fuse", "xfs"},
    },
    "7.3": {
        "iomap_page_mkwrite": {"xfs", "zonefs", "exfat", "ntfs"},
        "netfs_page_mkwrite": {"9p", "afs", "cifs"},
        "filemap_page_mkwrite": {"ntfs3", ""},
        "dax_iomap_fault": {"ext4", "fuse", "xfs"},
    },
}


@pytest.mark.parametrize("line", sorted(HELPERS))
def test_helpers_of_page_mkwrite_in_the_shipped_kernels(line: str) -> None:
    model = shipped(line)
    found = operations.implementers(model, "vm_operations_struct", "page_mkwrite")
    for helper, filesystems in HELPERS[line].items():
        through = {one.filesystem for one in found if helper in ([item.name for item in one.helpers] or [one.helper])}
        assert through == filesystems, helper


TESTS = {  # filesystems whose own ->page_mkwrite code tests uptodate
    "5.10": {"f2fs", "gfs2", "nilfs2", "ocfs2"},
    "6.1": {"f2fs", "gfs2", "nilfs2", "ocfs2"},
    "6.12": {"f2fs", "gfs2", "nilfs2", "ocfs2"},
}


@pytest.mark.parametrize("line", sorted(TESTS))
def test_who_tests_uptodate_in_page_mkwrite(line: str) -> None:
    found = operations.implementers(shipped(line), "vm_operations_struct", "page_mkwrite")
    direct = {
        one.filesystem
        for one in found
        for use in one.sites("uptodate", ("test",))
        if not use.helper and (use.depth == 0 or use.name.strip("_") == one.name)
    }
    assert direct == TESTS[line]


def test_iomap_only_asserts_uptodate() -> None:
    found = operations.implementers(shipped("5.10"), "vm_operations_struct", "page_mkwrite")
    xfs = next(one for one in found if one.filesystem == "xfs")
    on_the_way = ("xfs_filemap_page_mkwrite", "__xfs_filemap_fault", "iomap_page_mkwrite", "iomap_page_mkwrite_actor")
    assert not [use for use in xfs.sites("uptodate", ("test",)) if use.name in on_the_way]
    assert {use.name for use in xfs.sites("uptodate", ("assert",))} == {"iomap_page_mkwrite_actor"}
