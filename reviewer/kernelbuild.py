"""A kernel's own compilation with gcc, for its call graph: what `mkwrite model verify` measures the extraction against.

For developers of mkwrite. It configures and compiles objects of a tree that the user trusts (make runs that tree's
makefiles), in a directory of its own; the tree itself stays as it is. Needs gcc, make, flex, bison, bc and the headers
of libelf and libssl.
"""

import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from reviewer import programs
from reviewer.errors import Failure
from rules import compiler

FILES = (
    "mm/memory.c", "mm/filemap.c", "mm/page-writeback.c", "mm/truncate.c", "mm/readahead.c", "fs/buffer.c", "fs/dax.c",
    "fs/mpage.c", "fs/iomap/*.c", "fs/netfs/*.c", "fs/xfs/xfs_file.c", "fs/xfs/xfs_aops.c", "fs/xfs/xfs_iomap.c",
    "fs/ext4/inode.c", "fs/ext4/file.c", "fs/ext4/readpage.c", "fs/ext4/page-io.c", "fs/btrfs/file.c",
    "fs/btrfs/inode.c", "fs/btrfs/extent_io.c", "fs/f2fs/file.c", "fs/f2fs/data.c", "fs/gfs2/aops.c", "fs/gfs2/file.c",
    "fs/nfs/file.c", "fs/ceph/addr.c", "fs/fuse/file.c", "fs/ocfs2/aops.c", "fs/ocfs2/mmap.c", "fs/nilfs2/file.c",
    "fs/ubifs/file.c", "fs/cifs/file.c", "fs/smb/client/file.c",
)  # fmt: skip
SLICE = ("mm/memory.c", "fs/iomap/buffered-io.c", "fs/xfs/xfs_file.c")
_OPTION = re.compile(r"(?:menu)?config\s+(\w+)")
_UNWANTED = re.compile(r"DEBUG|TEST|KUNIT|STATS|WARN$|EXPENSIVE|VERIFY|SANITY")
_MORE = (
    "MEMORY_FAILURE TRANSPARENT_HUGEPAGE DAX FS_DAX ZONE_DEVICE MEMORY_HOTPLUG MEMORY_HOTREMOVE SPARSEMEM_VMEMMAP "
    "USERFAULTFD MEMCG KSM NUMA NUMA_BALANCING SWAP ZSWAP LIBNVDIMM BLK_DEV_PMEM DEVICE_PRIVATE BLK_DEV_ZONED MTD "
    "MTD_UBI NET_9P CEPH_LIB VIRTIO_FS CGROUP_WRITEBACK BLK_CGROUP"
)
_MARKER = re.compile(r'# (\d+) "([^"]*)"')
_LONG = programs.Limits(seconds=7200.0, output=64 * programs.MIB, memory=8192 * programs.MIB)

Truth = dict[str, dict[str, dict[str, list[str]]]]


def truth(tree: Path, work: Path, patterns: Iterable[str] = FILES, jobs: int = 2) -> Truth:
    """gcc's facts of the files that `patterns` name; `work` keeps the build. Raises Failure when it cannot be built."""
    files = sorted({str(path.relative_to(tree)) for pattern in patterns for path in tree.glob(pattern)})
    work.mkdir(parents=True, exist_ok=True)
    if not (work / ".config").is_file():
        _configure(tree, work)
    _make(tree, work, "prepare", jobs=jobs)
    objects = [f"{name[:-2]}.o" for name in files]
    _make(tree, work, *objects, "KCFLAGS=-fdump-ipa-cgraph -w", "-k", jobs=jobs, may_fail=True)
    found = {name: facts for name in files if (facts := _facts(work, name)) is not None}
    if not found:
        raise Failure(f"gcc compiled nothing of {tree}", f"see what `make O={work}` says there")
    return found


def read(path: Path) -> Truth:
    """Facts that were kept before. Raises Failure."""
    try:
        found: Truth = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read {path}: {error}", "name a file that --keep has written") from error
    return found


def _configure(tree: Path, work: Path) -> None:
    """x86-64 defaults with every filesystem built in and no debugging aids."""
    _make(tree, work, "x86_64_defconfig")
    names = {
        match[1]
        for file in sorted(tree.glob("fs/**/Kconfig*"))
        for line in file.read_text("latin-1").split("\n")
        if (match := _OPTION.match(line)) and not _UNWANTED.search(match[1])
    }
    with (work / ".config").open("a", encoding="ascii") as config:
        config.writelines(f"CONFIG_{name}=y\n" for name in sorted(names) + _MORE.split())
    _make(tree, work, "olddefconfig")


def _make(tree: Path, work: Path, *arguments: str, jobs: int = 2, may_fail: bool = False) -> None:
    command = ["nice", "-n", "10", "make", "-s", "-C", str(tree), f"O={work}", f"-j{jobs}", *arguments]
    try:
        done = programs.run(command, env=programs.clean_environment(LC_ALL="C"), limits=_LONG)
    except FileNotFoundError as error:
        raise Failure("make is not installed", "install make, gcc, flex, bison, bc and the libelf headers") from error
    if done.code and not may_fail:
        lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
        raise Failure(
            f"make {arguments[0]} failed: {lines[-1][:200]}", "see the kernel's Documentation/process/changes"
        )


def _facts(work: Path, name: str) -> dict[str, dict[str, list[str]]] | None:
    """What gcc says of one file, None when it did not compile."""
    dumps = sorted((work / name).parent.glob(f"{Path(name).name}.*i.cgraph"))
    definitions = _definitions(work, name)
    if not dumps or not definitions:
        return None
    with dumps[0].open(encoding="utf-8", errors="replace") as lines:
        return compiler.truth_of(lines, definitions)


def _definitions(work: Path, name: str) -> dict[str, int]:
    """Functions that the file itself defines: the compilation once more, without code, with -aux-info."""
    path = work / name
    arguments = _compilation(path)
    if not arguments:
        return {}
    told = path.with_name(f"{path.stem}.aux")
    done = programs.run([*arguments, "-fsyntax-only", "-aux-info", str(told)], cwd=work, limits=_LONG)
    if done.code or not told.is_file():
        return {}
    with told.open(encoding="utf-8", errors="replace") as lines:
        return compiler.read_definitions(lines, "/" + name)


def preprocessed(work: Path, name: str) -> dict[int, str]:
    """Line of a file that was compiled in `work` -> its text after preprocessing; {} when it was not compiled."""
    path = work / name
    arguments = _compilation(path)
    if not arguments:
        return {}
    arguments[arguments.index("-o") : arguments.index("-o") + 2] = []
    done = programs.run([word for word in arguments if word != "-c"] + ["-E"], cwd=work, limits=_LONG)
    found: dict[int, list[str]] = {}
    at, inside = 0, False
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        marker = _MARKER.match(line)
        if marker:
            at, inside = int(marker[1]), marker[2].endswith("/" + name)
            continue
        if inside:
            found.setdefault(at, []).append(line)
        at += 1
    return {number: " ".join(lines) for number, lines in found.items()}


def _compilation(path: Path) -> list[str]:
    """The command that compiled a file, without what it writes beside the object; [] when it was not compiled."""
    saved = path.with_name(f".{path.stem}.o.cmd")
    if not saved.is_file():
        return []
    command = saved.read_text("utf-8", errors="replace").split("\n", 1)[0].partition(":=")[2].split(";")[0]
    return [word for word in shlex.split(command) if not word.startswith(("-Wp,-MMD", "-Wp,-MD", "-fdump-"))]
