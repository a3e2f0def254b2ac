"""The spellings of state operations."""

import pytest

from rules import concepts


@pytest.mark.parametrize(
    "name",
    ["", "page", "PageHead", "set_page_private", "folio_test_large", "uptodate", "xuptodatePage", "clear_uptodate",
     "btrfs_subpage_clear_uptodate", "down_read", "x" * 5000 + "_page_clear_uptodate"],
)  # fmt: skip
def test_other_names_are_no_state_operations(name: str) -> None:
    assert concepts.find(name) is None


def test_a_lock_with_another_argument_is_none() -> None:
    assert concepts.find("down_read", "&mm->mmap_lock") is None


@pytest.mark.parametrize(
    ("name", "op", "subject"),
    [
        ("PageUptodate", "test", "uptodate"), ("folio_test_uptodate", "test", "uptodate"),
        ("SetPageError", "set", "error"), ("folio_clear_uptodate", "clear", "uptodate"),
        ("btrfs_page_clear_uptodate", "clear", "uptodate"), ("TestClearPageDirty", "clear", "dirty"),
        ("lock_page", "lock", "locked"), ("folio_unlock", "unlock", "locked"),
        ("wait_on_page_writeback", "wait", "writeback"), ("filemap_invalidate_lock_shared", "lock", "invalidate_lock"),
        ("sb_start_pagefault", "start", "freeze"), ("mapping_set_error", "set", "mapping_error"),
        ("vmf_fs_error", "convert", "vm_fault"),
    ],
)  # fmt: skip
def test_page_and_folio_times_have_one_concept(name: str, op: str, subject: str) -> None:
    found = concepts.find(name)
    assert found is not None
    assert (found.op, found.subject) == (op, subject)
    assert concepts.may_concern(name)


def test_a_call_can_be_two_things() -> None:
    both = concepts.all_of("page_mkwrite_check_truncate")
    assert {concept.subject for concept in both} == {"i_size", "mapping"}


def test_spellings_of_the_lock_before_invalidate_lock() -> None:
    assert {"filemap_invalidate_lock", "i_mmap_sem", "MMAPLOCK"} <= set(concepts.spellings("invalidate_lock", "lock"))
    assert {"uptodate", "error", "mapping_error", "freeze"} <= set(concepts.subjects())
