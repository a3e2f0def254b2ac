"""Which files are read and what is followed, as the data file says."""

import pytest

from rules import scope

LIMITS, SUBSET = scope.load()


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("mm/memory.c", True),
        ("fs/alfa/deep/file.h", True),
        ("include/linux/mm.h", True),
        ("arch/x86/mm/fault.c", True),
        ("block/bio.c", True),
        ("mm/Makefile", False),
        ("mm/memory.S", False),
        ("include/uapi/linux/fs.h", False),
        ("arch/x86/kernel/mm/a.c", False),
        ("arch/mm/a.c", False),
        ("drivers/mm/a.c", False),
        ("mmu/a.c", False),
        ("tools/mm/a.c", False),
    ],
)
def test_a_file_is_read_by_its_directory_and_suffix(path: str, read: bool) -> None:
    assert LIMITS.holds(path) is read


def test_what_every_kernel_has_is_read() -> None:
    assert all(map(LIMITS.holds, LIMITS.expected))
    assert all(map(LIMITS.holds, LIMITS.nommu))
    assert all(map(LIMITS.holds, SUBSET.core))


@pytest.mark.parametrize(
    ("path", "common", "foreign"),
    [
        ("mm/memory.c", True, False),
        ("fs/buffer.c", True, False),
        ("fs/alfa/file.c", False, False),
        ("arch/x86/mm/fault.c", True, False),
        ("arch/toy/mm/fault.c", False, True),
    ],
)
def test_common_code_and_that_of_other_machines(path: str, common: bool, foreign: bool) -> None:
    assert (SUBSET.is_common(path), SUBSET.is_foreign(path)) == (common, foreign)


def test_an_operation_is_followed_by_its_struct_or_as_one_field() -> None:
    assert SUBSET.follows("vm_operations_struct", "anything")
    assert SUBSET.follows("file_operations", "mmap")
    assert not SUBSET.follows("file_operations", "open")
    assert not SUBSET.follows("toy_ops", "mmap")
    assert set(SUBSET.deep) <= set(SUBSET.operations)
