"""Which filesystem a source file belongs to, by where it stands."""

from functools import lru_cache

# Directories of fs/ that serve several filesystems.
_SHARED = frozenset({
    "iomap", "netfs", "crypto", "verity", "notify", "quota", "jbd2", "exportfs", "fscache", "cachefiles", "nls", "dlm",
    "lockd", "nfs_common", "unicode", "smb_common", "tests",
})  # fmt: skip
# Directories that do not have the filesystem's name, and single files of fs/ that are one.
_NAMES = {
    "fs/smb/client/": "cifs",
    "fs/smb/server/": "ksmbd",
    "fs/ksmbd/": "ksmbd",
    "fs/isofs/": "iso9660",
    "fs/fat/": "vfat",
    "fs/sysv/": "sysv",
    "fs/notify/": "",
    "fs/block_dev.c": "bdev",
    "block/fops.c": "bdev",
    "fs/pipe.c": "",
    "mm/shmem.c": "tmpfs",
    "mm/secretmem.c": "secretmem",
    "fs/hugetlbfs/": "hugetlbfs",
}


@lru_cache(maxsize=8192)
def filesystem_of(file: str) -> str:
    """ "xfs" for "fs/xfs/xfs_file.c"; "" for code that serves several filesystems (fs/buffer.c, fs/iomap, mm)."""
    for prefix, name in _NAMES.items():
        if file.startswith(prefix):
            return name
    parts = file.split("/")
    if parts[0] != "fs" or len(parts) < 3:
        return ""
    return "" if parts[1] in _SHARED else parts[1]


@lru_cache(maxsize=8192)
def directory_of(file: str) -> str:
    """The directory that a count of directories counts: fs/NAME whatever is below it, fs and mm for their own files."""
    parts = file.split("/")
    if parts[0] == "fs" and len(parts) > 2:
        return f"fs/{parts[1]}"
    return parts[0] if parts[0] in ("fs", "mm", "block") else "/".join(parts[:-1])
