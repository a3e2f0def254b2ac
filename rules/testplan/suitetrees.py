"""A user's own tree of LTP, blktests or stress-ng: which tests it has, and which of them a suggestion comes to.

LTP lists its tests in runtest/FILE, one "tag command" a line; blktests has tests/GROUP/NNN, shell scripts that say
QUICK=1 when they take seconds; stress-ng has a source stress-NAME.c for each stressor. Nothing but names is read.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from rules.model import Value
from rules.testplan.suites import WHERE
from rules.testplan.values import Command, Query, Suggested

_TAG = re.compile(r"([A-Za-z0-9_-]{2,60})\s+\S")
_NUMBER = re.compile(r"\d{3}$")
_STRESSOR = re.compile(r"stress-([a-z0-9-]{2,40})\.c$")
_SYSCALL = re.compile(r"(?:__)?(?:do_sys_|ksys_|vfs_|__se_sys_|__x64_sys_|sys_|do_)([a-z0-9_]{3,30})$")
_LISTS = (
    "mm",
    "hugetlb",
    "syscalls",
    "fs",
    "io",
    "fs_perms_simple",
    "fs_bind",
    "fs_readonly",
    "containers",
    "controllers",
)
_MOST_BYTES = 1_000_000
_MOST_SHOWN = 8


class NotASuiteError(ValueError):
    """The directory is no tree of a suite that is known here; the message says what was looked for."""


class SuiteTree(Value, frozen=True, kw_only=True):
    suite: str  # "ltp", "blktests", "stress-ng"
    source: str
    tests: dict[str, tuple[str, ...]]  # runtest file, group or "" -> names
    quick: frozenset[str] = msgspec.field(default_factory=frozenset)  # "block/001"


def read(directory: Path) -> SuiteTree:
    """What a tree has. Raises NotASuiteError."""
    for reader in (_ltp, _blktests, _stress_ng):
        found = reader(directory)
        if found is not None:
            return found
    wanted = "runtest/mm (LTP), tests/block/ and check (blktests), stress-mmap.c (stress-ng)"
    raise NotASuiteError(f"{directory} is no tree of a test suite that is known: it has none of {wanted}")


def _ltp(directory: Path) -> SuiteTree | None:
    if not (directory / "runtest" / "mm").is_file():
        return None
    tests = {name: tags for name in _LISTS if (tags := tuple(_tags(directory / "runtest" / name)))}
    return SuiteTree(suite="ltp", source=f"LTP in {directory}", tests=tests)


def _tags(path: Path) -> Iterator[str]:
    for line in _text(path).split("\n"):
        match = None if line.startswith("#") else _TAG.match(line[:400])
        if match:
            yield match[1]


def _blktests(directory: Path) -> SuiteTree | None:
    if not (directory / "tests" / "block").is_dir() or not (directory / "check").is_file():
        return None
    tests: dict[str, tuple[str, ...]] = {}
    quick = []
    for folder in sorted(path for path in (directory / "tests").iterdir() if path.is_dir() and not path.is_symlink()):
        scripts = sorted(path for path in folder.iterdir() if _NUMBER.fullmatch(path.name) and path.is_file())
        names = [f"{folder.name}/{path.name}" for path in scripts]
        if names:
            tests[folder.name] = tuple(names)
        quick += [name for name, path in zip(names, scripts, strict=True) if "\nQUICK=1" in f"\n{_text(path)}"]
    return SuiteTree(suite="blktests", source=f"blktests in {directory}", tests=tests, quick=frozenset(quick))


def _stress_ng(directory: Path) -> SuiteTree | None:
    if not (directory / "stress-mmap.c").is_file():
        return None
    names = sorted(match[1] for path in directory.iterdir() if (match := _STRESSOR.fullmatch(path.name)))
    return SuiteTree(suite="stress-ng", source=f"stress-ng in {directory}", tests={"": tuple(names)})


def _text(path: Path) -> str:
    """Empty for a file that cannot be read: what it lists is then not in the tree."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def checked(
    rows: tuple[tuple[Suggested, Command], ...], trees: tuple[SuiteTree, ...], query: Query
) -> tuple[tuple[tuple[Suggested, Command], ...], tuple[str, ...]]:
    """The suggestions that the trees have, with how many tests they come to, and a note for each that they do not have.

    Suites of which no tree is given stay as they are. An LTP tree adds its tests of the changed system calls.
    """
    known = {tree.suite: tree for tree in trees}
    kept: list[tuple[Suggested, Command]] = []
    notes: list[str] = []
    for one, command in rows:
        tree = known.get(one.suite)
        if tree is None:
            kept.append((one, command))
            continue
        tests = _come_to(one.test, tree)
        if tests:
            kept.append((msgspec.structs.replace(one, note=_told(tests, tree)), command))
        else:
            notes.append(f"{tree.source} has no {one.test}")
    if "ltp" in known:
        kept += _system_calls(query, known["ltp"])
    return tuple(kept), tuple(notes)


def _come_to(name: str, tree: SuiteTree) -> tuple[str, ...]:
    """Tests of "mm", "syscalls: mmap msync", "block", "fault"."""
    group, _, stems = name.partition(": ")
    if tree.suite == "stress-ng":
        return tuple(test for test in tree.tests[""] if test == name)
    if group == "io_uring" and tree.suite == "ltp":
        group, stems = "syscalls", "io_uring"
    tests = tree.tests.get(group, ())
    if not stems:
        return tests
    return tuple(test for test in tests if any(_is_of(test, stem) for stem in stems.split()))


def _is_of(test: str, call: str) -> bool:
    """mmap01 is of mmap, mmap2_01 and mmapstress01 are not."""
    return re.fullmatch(re.escape(call) + r"_?\d{2,3}[A-Za-z_0-9]{0,6}", test) is not None


def _told(tests: tuple[str, ...], tree: SuiteTree) -> str:
    quick = sum(test in tree.quick for test in tests)
    shown = ", ".join(tests[:_MOST_SHOWN]) + (" ..." if len(tests) > _MOST_SHOWN else "")
    return f"in {tree.source}: {len(tests)} tests{f', {quick} of them quick' if quick else ''} ({shown})"


def _system_calls(query: Query, tree: SuiteTree) -> Iterator[tuple[Suggested, Command]]:
    """Tests of the system calls that the changed functions carry out, by name."""
    seen: set[str] = set()
    for function in query.functions:
        match = _SYSCALL.match(function)
        if not match or match[1] in seen:
            continue
        seen.add(match[1])
        tests = tuple(test for test in tree.tests.get("syscalls", ()) if _is_of(test, match[1]))
        if tests:
            yield (
                Suggested(
                    test=f"syscalls: {match[1]}",
                    suite="ltp",
                    tier="targeted",
                    score=0.0,
                    reasons=(f"tree: {function} is changed, runtest/syscalls has tests of {match[1]}",),
                    note=_told(tests, tree),
                ),
                Command(line=f"./runltp -f syscalls -s '^{match[1]}_?[0-9]'", where=WHERE["ltp"]),
            )
