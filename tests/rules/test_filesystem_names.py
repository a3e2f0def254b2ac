import pytest

from rules.filesystem_names import directory_of, filesystem_of


@pytest.mark.parametrize(
    "file", ["fs/buffer.c", "fs/aio.c", "fs/iomap/buffered-io.c", "mm/filemap.c", "fs/netfs/main.c", "block/bio.c"]
)
def test_shared_code_belongs_to_no_filesystem(file: str) -> None:
    assert filesystem_of(file) == ""


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("fs/xfs/xfs_file.c", "xfs"),
        ("block/fops.c", "bdev"),
        ("fs/xfs/libxfs/xfs_bmap.c", "xfs"),
        ("fs/smb/client/file.c", "cifs"),
        ("fs/cifs/file.c", "cifs"),
        ("mm/shmem.c", "tmpfs"),
        ("fs/kernfs/file.c", "kernfs"),
    ],
)
def test_a_file_belongs_to_the_filesystem_of_its_directory(file: str, name: str) -> None:
    assert filesystem_of(file) == name


def test_directories_below_a_filesystem_count_as_the_filesystem() -> None:
    assert directory_of("fs/xfs/libxfs/xfs_bmap.c") == "fs/xfs"
    assert directory_of("fs/buffer.c") == "fs"
    assert directory_of("mm/filemap.c") == "mm"
    assert directory_of("arch/x86/mm/fault.c") == "arch/x86/mm"
