"""A user's own xfstests tree, read into an index, and the index made a catalogue.

Understood are `_begin_fstest` (since 2021) and the older form, a `group` file in each directory with `seq=` and
`_supported_fs` in the scripts. What is read of a script: groups, requirements, exclusions, programs, xfs_io commands,
C helpers with their system calls, annotations of fixes, the words of code and comments, the first line of its
description. The index belongs to the user's cache and never to this project.

Reading is incremental: a script whose size and time are those of the index before is not read again.
"""

import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from rules.model import Value
from rules.testplan.catalogue import Catalogue
from rules.testplan.exact import title_digest
from rules.testplan.stems import stem

VERSION = 2  # of what is read of a script; an index of another version is not reused
_MOST_BYTES = 400_000  # of a script; longer ones are data
_LINE_CAP = 1000
_MOST_WORDS = 600

_TEST_NAME = re.compile(r"\d{3,4}$")
_CALL = re.compile(r"(?<![\w$])(_[a-z]\w{2,60})")
_WORD = re.compile(r"[a-z][a-z0-9_]{1,40}")
_HELPER = re.compile(r"(?:\$here/|\$\{here\}/|\./|(?<![\w/}.]))src/([\w/-]{2,60})")
_VERB = re.compile(r"-[cr]{1,2} ?[\"']?([a-z_]{2,20})\b")
_OTHER_COMMANDS = re.compile(r"xfs_db|XFS_DB|xfs_quota|XFS_QUOTA|spaceman|SPACEMAN|\b_?su\b|\bbash\b|\bsh\b|debugfs")
_HASH = re.compile(r"[0-9a-f]{8,40}")
_SYSTEM_CALLS = {
    "mmap": "mmap(", "shared-map": "MAP_SHARED", "O_DIRECT": "O_DIRECT", "ftruncate": "ftruncate(",
    "fsync": "fsync(", "fallocate": "fallocate(", "madvise": "madvise(", "msync": "msync(", "SIGBUS": "SIGBUS",
    "pthread": "pthread_create", "fork": "fork(", "aio": "io_submit", "io_uring": "io_uring", "swapon": "swapon(",
    "splice": "splice(", "clone": "FICLONE", "pwritev": "pwritev", "hugepage": "MADV_HUGEPAGE",
}  # fmt: skip
# Program or mechanism: any of these stands in the code of the script, without what follows a "#".
_TOOLS = {
    "aio": ("aio-dio-regress", "aiodio", "libaio"),
    "cgroup": ("_require_cgroup2",),
    "copy_range": ("copy_range",),
    "btrfs-prog": ("BTRFS_UTIL_PROG", "_btrfs ", "_run_btrfs"),
    "dax": ("_require_scratch_dax", "_require_dax", "t_mmap_dio"),
    "dio": (" -d -c", " -fd", " -d -f", " -f -d", "O_DIRECT", "_require_odirect", "flag=direct"),
    "dm-delay": ("_init_delay", "dmdelay"),
    "dm-dust": ("_init_dust", "dmdust"),
    "dm-error": ("_dmerror_",),
    "dm-flakey": ("_init_flakey", "_flakey_", "_load_flakey"),
    "dm-log-writes": ("_log_writes_",),
    "dm-hugedisk": ("_dmhugedisk_",),
    "dm-thin": ("_dmthin_",),
    "encrypt": ("_set_encpolicy", "_scratch_mkfs_encrypted", "_require_scratch_encryption"),
    "error-inject-xfs": ("_require_xfs_io_error_injection", "_scratch_inject_error", "_test_inject_error"),
    "fail_make_request": ("fail_make_request",),
    "fio": ("FIO_PROG", "_require_fio"),
    "freeze": ("xfs_freeze", "_freeze"),
    "fsdax-mount": ("_require_scratch_dax_mountopt", "dax=always"),
    "fsstress": ("fsstress",),
    "fsync-log-replay": ("_flakey_drop_and_remount",),
    "fsx": ("run_fsx", "ltp/fsx", "FSX_", "hugepage_fsx", "-X 'fsx'"),
    "holetest": ("holetest",),
    "hugepage": ("hugepage", "MADV_HUGE"),
    "io_uring": ("io_uring", "iouring", "src/uring_"),
    "loop": ("_create_loop_device", "losetup"),
    "drop-caches": ("drop_caches", "compact_memory"),
    "punch-alternating": ("punch-alternating",),
    "quota": ("_require_quota", "_require_xfs_quota", "_require_prjquota", "_qmount", "repquota", "setquota"),
    "reflink": ("_reflink", "reflink_", "reflink=", "-c \"reflink", "-c 'reflink", "_dedupe_range"),
    "shutdown": ("_shutdown", "godown"),
    "swap": ("swapon", "swapfile"),
    "t_mmap": ("t_mmap_",),
    "verity": ("_fsv_", "verity"),
    "xattr": ("setfattr", "getfattr", "SETFATTR_PROG", "GETFATTR_PROG", "$ATTR_PROG", "_attr -"),
    "xfs_db": ("xfs_db", "XFS_DB_PROG"),
    "xfs_repair": ("xfs_repair", "XFS_REPAIR_PROG", "_repair_scratch_fs"),
    "xfs_scrub": ("xfs_scrub", "_scratch_scrub", "XFS_SCRUB_PROG", "xfs_stress_scrub"),
}  # fmt: skip
# Of the same kind, by xfs_io commands and by helpers.
_TOOL_VERBS = {
    "falloc": frozenset({"falloc", "fpunch", "fzero", "fcollapse", "finsert", "funshare", "resvsp", "unresvsp"}),
    "mmap": frozenset({"mmap", "mwrite", "mread", "msync", "madvise", "munmap"}),
}
# Commands of xfs_io; xfs_db, xfs_quota and su take theirs by -c, too.
_VERBS = frozenset({
    "add_enckey", "advise", "allocsp", "bmap", "bulkstat", "bulkstat_single", "cancelupdate", "chattr", "chproj",
    "close", "commitupdate", "copy_range", "cowextsize", "dedupe", "enable_verity", "enckey_status", "exchangerange",
    "extsize", "fadvise", "falloc", "fcollapse", "fdatasync", "fiemap", "file", "finsert", "flink", "fpunch", "freesp",
    "freeze", "fsmap", "fsproperty", "fsuuid", "fsync", "funshare", "fzero", "get_encpolicy", "imap", "inject", "inode",
    "label", "log_writes", "lsattr", "lsproj", "madvise", "measure_verity", "mincore", "mmap", "mread", "mremap",
    "msync", "munmap", "mwrite", "open", "parent", "pread", "pwrite", "readdir", "reflink", "repair", "resblks",
    "resvsp", "rm_enckey", "scrub", "seek", "sendfile", "set_encpolicy", "shutdown", "startupdate", "stat", "statfs",
    "statx", "swapext", "sync", "sync_range", "syncfs", "thaw", "truncate", "unresvsp", "utimes", "zero",
})  # fmt: skip
_ARGUMENT_COUNTS = frozenset({
    "dm_target", "xfs_io_command", "xfs_io_error_injection", "error_injection", "btrfs_fs_feature", "kernel_config",
    "btrfs_mkfs_feature", "xfs_has_feature", "scratch_feature", "scratch_ext4_feature", "attrs", "fs_sysfs", "quota",
    "scratch_overlay_features", "chattr", "freeze",
})  # fmt: skip


class NotXfstestsError(ValueError):
    """The directory is no xfstests tree; the message says what is missing."""


class Script(Value, frozen=True, kw_only=True):
    test: str
    stamp: str  # size and time of the file
    tags: tuple[str, ...]
    excluded: tuple[str, ...] = ()  # _exclude_fs
    supported: tuple[str, ...] = ()  # _supported_fs of older trees; empty for any
    fixes: tuple[str, ...] = ()  # hashes of kernel commits
    titles: tuple[str, ...] = ()  # digests of their titles
    words: dict[str, int] = msgspec.field(default_factory=dict)
    description: str = ""  # its first line, to be shown


class Index(Value, frozen=True, kw_only=True):
    version: int
    source: str  # "xfstests in /home/user/xfstests at 63a29724a85f"
    scripts: tuple[Script, ...]


def read(directory: Path, source: str, known: Index | None = None) -> Index:
    """The index of a tree. Raises NotXfstestsError when there is no test in it."""
    tests = directory / "tests"
    if not directory.is_dir():
        missing = "is a file" if directory.exists() else "does not exist"
        raise NotXfstestsError(f"{directory} {missing}: name the directory that holds xfstests' check and tests/")
    if not tests.is_dir():
        raise NotXfstestsError(f"{directory} is not an xfstests tree: it has no tests directory")
    old = {script.test: script for script in known.scripts} if known and known.version == VERSION else {}
    helpers = _Helpers(directory / "src")
    scripts = []
    for folder in sorted(path for path in tests.iterdir() if path.is_dir() and not path.is_symlink()):
        groups = _group_file(folder / "group")
        for name in sorted(name for path in folder.iterdir() if _TEST_NAME.match(name := path.name)):
            path, test = folder / name, f"{folder.name}/{name}"
            if stat.S_ISREG((found := path.lstat()).st_mode):
                stamp = f"{found.st_size}:{found.st_mtime_ns}:{len(groups.get(name, ()))}"
                scripts.append(_script(path, test, stamp, groups.get(name, ()), helpers, old.get(test)))
    if not scripts:
        raise NotXfstestsError(f"{directory} has a tests directory but no test such as tests/generic/001 in it")
    return Index(version=VERSION, source=source, scripts=tuple(scripts))


def _script(
    path: Path, test: str, stamp: str, groups: tuple[str, ...], helpers: "_Helpers", old: Script | None
) -> Script:
    if old is not None and old.stamp == stamp:
        return old
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    return parse(text, test, stamp=stamp, groups=groups, helpers=helpers)


def parse(
    text: str, test: str, *, stamp: str = "", groups: tuple[str, ...] = (), helpers: Mapping[str, tuple[str, ...]]
) -> Script:
    """What is read of one script. `groups`: of the group file of older trees; `helpers`: name -> system calls."""
    logical = _logical_lines(text)
    code = [line for line in logical if not line.lstrip().startswith("#")]
    joined = "\n".join(line.partition(" #")[0] for line in code)
    tags = {f"group:{name}" for name in groups} | set(_tags(code, joined, helpers))
    fixes, titles = _fixes(code)
    return Script(
        test=test,
        stamp=stamp,
        tags=tuple(sorted(tags)),
        excluded=tuple(sorted(_arguments(code, "_exclude_fs"))),
        supported=tuple(sorted(_arguments(code, "_supported_fs") - {"generic"})),
        fixes=fixes,
        titles=titles,
        words=_words(logical),
        description=_description(text),
    )


def _logical_lines(text: str) -> list[str]:
    """Lines with their continuations joined, each cut to a length that is safe to search."""
    return [line[:_LINE_CAP] for line in text.replace("\\\n", " ").split("\n")]


def _tags(code: list[str], joined: str, helpers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for line in code:
        if "_require_" in line or "_begin_fstest" in line:
            stripped = line.strip()
            if stripped.startswith("_begin_fstest"):
                yield from (f"group:{name}" for name in stripped.partition("#")[0].split()[1:])
            else:
                yield from _requirements(stripped)
    verbs = {
        verb
        for line in code
        if "xfs_io" in line or "XFS_IO_PROG" in line or (" -c" in line and not _OTHER_COMMANDS.search(line))
        for verb in _VERB.findall(line)
        if verb in _VERBS
    }
    yield from (f"verb:{verb}" for verb in verbs)
    yield from (f"tool:{tool}" for tool, known in _TOOL_VERBS.items() if not known.isdisjoint(verbs))
    for helper in set(_HELPER.findall(joined)) if "src/" in joined else ():
        yield f"helper:{helper}"
        if "mmap" in helper:
            yield "tool:mmap-helper"
        yield from (f"syscall:{name}" for name in helpers.get(helper, ()))
    yield from (f"call:{name}" for name in set(_CALL.findall(joined)) if not name.startswith("_require_"))
    for tool, signs in _TOOLS.items():
        for sign in signs:
            if sign in joined:
                yield f"tool:{tool}"
                break
    for name, sign in (("time_factor", "TIME_FACTOR"), ("load_factor", "LOAD_FACTOR"), ("soak", "SOAK_DURATION")):
        if sign in joined:
            yield f"flag:{name}"


def _requirements(line: str) -> Iterator[str]:
    words = line.replace("||", " ").replace("&&", " ").split()
    for place, word in enumerate(words):
        if word.startswith("_require_"):
            name = word.removeprefix("_require_").rstrip(";)")
            yield f"require:{name}"
            argument = words[place + 1].strip("\"'") if place + 1 < len(words) else ""
            if name in _ARGUMENT_COUNTS and argument[:1].isalpha():
                yield f"require:{name} {argument}"


def _arguments(code: list[str], name: str) -> set[str]:
    found: set[str] = set()
    for line in code:
        if name in line:
            words = line.split("#")[0].split()
            if words[:1] == [name]:
                found.update(words[1:])
    return found


def _fixes(code: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Hashes and title digests of the kernel commits that a script says it needs."""
    hashes, titles = [], []
    for line in code:
        words = line.split() if "_fixed_by_" in line or "_wants_kernel" in line else []
        for place, word in enumerate(words):
            skipped = {"_fixed_by_kernel_commit": 1, "_wants_kernel_commit": 1}.get(word, 0)
            if words[place : place + 2] == ["_fixed_by_git_commit", "kernel"]:
                skipped = 2
            if not skipped or len(words) <= place + skipped:
                continue
            if _HASH.fullmatch(words[place + skipped]):
                hashes.append(words[place + skipped][:12])
            title = " ".join(words[place + skipped + 1 :]).strip("\"'")
            if title:
                titles.append(title_digest(title))
    return tuple(dict.fromkeys(hashes)), tuple(dict.fromkeys(titles))


def words_of_text(text: str) -> dict[str, int]:
    """Stems of the words of a script with their counts."""
    return _words(_logical_lines(text))


def _words(logical: list[str]) -> dict[str, int]:
    """Stems of code and comments with their counts; parts of names with underscores count too. Annotations do not."""
    told = (
        line
        for line in logical
        if not ("_fixed_by" in line or "_wants_" in line or "Copyright" in line or "SPDX" in line)
    )
    stems: defaultdict[str, int] = defaultdict(int)
    for word, times in Counter(_WORD.findall("\n".join(told).lower())).items():
        stems[stem(word)] += times
        if "_" in word:
            for part in word.split("_"):
                if len(part) > 1:
                    stems[stem(part)] += times
    if len(stems) <= _MOST_WORDS:
        return dict(stems)
    return dict(sorted(stems.items(), key=lambda one: (-one[1], one[0]))[:_MOST_WORDS])


def _description(text: str) -> str:
    """The first line of the comment that says what the test is for."""
    for line in text[:4000].split("\n")[1:]:
        stripped = line.strip("# \t")
        if (
            line.startswith("#")
            and stripped
            and not stripped.startswith(("!", "SPDX", "Copyright", "FS", "FSQA", "---"))
        ):
            return stripped[:200]
        if not line.startswith("#") and line.strip():
            return ""
    return ""


def _group_file(path: Path) -> dict[str, tuple[str, ...]]:
    """The `group` file of older trees: "019 aio dangerous enospc rw stress"."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return {}
    rows = (line.split("#")[0].split() for line in text.split("\n"))
    return {row[0]: tuple(row[1:]) for row in rows if len(row) > 1 and _TEST_NAME.match(row[0])}


class _Helpers(dict[str, tuple[str, ...]]):
    """System calls of a C helper under src/, read when first asked for."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory.resolve()

    def get(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:  # type: ignore[override]
        if name not in self:
            self[name] = self._read(name) or default
        return self[name]

    def _read(self, name: str) -> tuple[str, ...]:
        path = (self._directory / f"{name}.c").resolve()
        if not path.is_relative_to(self._directory):
            return ()
        try:
            with path.open("rb") as file:
                text = file.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return ()
        return tuple(call for call, sign in _SYSTEM_CALLS.items() if sign in text)


def catalogue(index: Index, added: Mapping[str, str]) -> Catalogue:
    """The index as a catalogue. `added`: test -> ISO date, from git or from the shipped table."""
    scripts = sorted(index.scripts, key=lambda script: script.test)
    tags: dict[str, list[int]] = {}
    excluded: dict[str, list[int]] = {}
    fixes: dict[str, list[int]] = {}
    subjects: dict[str, list[int]] = {}
    for number, script in enumerate(scripts):
        for store, names in (
            (tags, script.tags),
            (excluded, script.excluded),
            (fixes, script.fixes),
            (subjects, script.titles),
        ):
            for name in names:
                store.setdefault(name, []).append(number)
    return Catalogue(
        source=index.source,
        tests=tuple(script.test for script in scripts),
        added=tuple(added.get(script.test, "") for script in scripts),
        tags=_frozen(tags),
        excluded=_frozen(excluded),
        fixes=_frozen(fixes),
        subjects=_frozen(subjects),
    )


def _frozen(store: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(store[name]) for name in sorted(store)}
