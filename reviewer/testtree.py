"""The user's xfstests tree, the times of their runs and their list of expected failures, read from disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reviewer import programs
from reviewer.errors import Failure, unreadable
from reviewer.review import Value
from rules.testplan import catalogue as catalogues
from rules.testplan import suitetrees, xfstests
from rules.testplan import words as word_tables
from rules.testplan.catalogue import Catalogue
from rules.testplan.values import Budget

_TIME = re.compile(r"(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_OLD = 0.75  # of the tests of the shipped table; a tree that has fewer is not of these years
_CHECK_TIME = re.compile(r"([a-z0-9]+/\d{3,4})[ \t]+(\d{1,7})")
_EXPUNGED = re.compile(r"([a-z0-9]+/\d{3,4})(?!\S)")
_LINE_CAP = 4096
_MOST_BYTES = 4_000_000


class OwnTree(Value, frozen=True, kw_only=True):
    """None for a tree that could not be used; `notes` say why."""

    catalogue: Catalogue | None
    words: word_tables.Words | None
    notes: tuple[str, ...] = ()


def opened(directory: str) -> OwnTree:
    """The tree's index as a catalogue; for a directory that is no xfstests tree a note, and the shipped table."""
    path = Path(directory)
    cache = _cache_file(path)
    known = _known(cache)
    try:
        index = xfstests.read(path, f"xfstests in {directory}{_commit(path)}", known)
    except xfstests.NotXfstestsError as error:
        return OwnTree(catalogue=None, words=None, notes=(f"{error}; the shipped table is used",))
    except OSError as error:
        raise unreadable(directory, error) from error
    if index != known:
        _remember(cache, index)
    shipped = catalogues.shipped()
    dates = dict(zip(shipped.tests, shipped.added, strict=True)) | _dates(path)
    made = xfstests.catalogue(index, dates)
    return OwnTree(catalogue=made, words=word_tables.of_index(index), notes=tuple(_of_age(made, shipped, directory)))


def _of_age(made: Catalogue, shipped: Catalogue, directory: str) -> Iterator[str]:
    had = len(set(made.tests).intersection(shipped.tests))
    if had < _OLD * len(shipped.tests):
        known = f"{had} of the {len(shipped.tests)} tests of {shipped.source}"
        advice = "update it, or leave --xfstests out for the shipped table"
        yield f"{directory} has {known}: only these are planned; {advice}"


def suite_trees(directories: tuple[str, ...]) -> tuple[tuple[suitetrees.SuiteTree, ...], tuple[str, ...]]:
    """Trees of LTP, blktests or stress-ng, and a note for each directory that is none of them."""
    trees, notes = [], []
    for directory in directories:
        try:
            trees.append(suitetrees.read(Path(directory)))
        except suitetrees.NotASuiteError as error:
            notes.append(f"{error}; the shipped table is used")
        except OSError as error:
            raise unreadable(directory, error) from error
    return tuple(trees), tuple(notes)


def _cache_file(path: Path) -> Path:
    import hashlib

    import platformdirs

    name = hashlib.blake2b(str(path.resolve()).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return Path(platformdirs.user_cache_dir("mkwrite")) / f"xfstests-{name}.json"


def _known(cache: Path) -> xfstests.Index | None:
    import msgspec

    try:
        return msgspec.json.decode(cache.read_bytes(), type=xfstests.Index)
    except (OSError, msgspec.DecodeError):
        return None


def _remember(cache: Path, index: xfstests.Index) -> None:
    """A cache that cannot be written costs time, nothing else."""
    import msgspec

    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(index))
        part.replace(cache)
    except OSError:
        return


def _commit(path: Path) -> str:
    done = _git(path, "rev-parse", "--short=12", "HEAD")
    return f" at {done.strip()}" if done else ""


def _dates(path: Path) -> dict[str, str]:
    """When each test was last added, from the tree's history; empty without git."""
    dates: dict[str, str] = {}
    day = ""
    log = _git(
        path, "log", "--since=2023-01-01", "--reverse", "--no-renames", "--diff-filter=A", "--format=@%cs",
        "--name-only", "--", "tests",
    )  # fmt: skip
    for line in log.split("\n"):
        if line.startswith("@"):
            day = line[1:]
        elif re.fullmatch(r"tests/[a-z0-9]+/\d{3,4}", line):
            dates[line.removeprefix("tests/")] = day
    return dates


def _git(path: Path, *arguments: str) -> str:
    try:
        done = programs.run(["git", "-C", str(path), *arguments])
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.code == 0 else ""


def budget(text: str | None, results: str | None) -> Budget:
    """--budget and --results. Raises Failure for a time that cannot be read or a directory without times."""
    seconds = None if text is None else _seconds(text.strip())
    return Budget(seconds=seconds, measured=_times(results) if results else {})


def _seconds(text: str) -> float:
    """Of "90s", "30m", "2h", "1h30m"; a number alone could be taken for minutes or seconds."""
    if re.fullmatch(r"\d{1,6}", text, re.ASCII) and int(text):
        raise Failure(f"--budget has no unit: {text}", f"write {text}m for minutes, {text}s for seconds")
    match = _TIME.fullmatch(text)
    hours, minutes, seconds = map(int, match.groups("0")) if match else (0, 0, 0)
    if total := 3600.0 * hours + 60.0 * minutes + seconds:
        return total
    raise Failure(f"--budget is not a time: {text}", "write it as 90s, 30m, 2h or 1h30m")


def _times(results: str) -> dict[str, float]:
    """Seconds by test from every check.time below the directory; of several times the longest."""
    top = Path(results)
    files = [top] if top.is_file() else sorted(top.rglob("check.time"))
    if not files:
        raise Failure(f"{results} holds no check.time", "name the results directory of an xfstests run")
    times: dict[str, float] = {}
    for path in files[:50]:
        for match in map(_CHECK_TIME.match, _lines(path)):
            if match:
                times[match[1]] = max(times.get(match[1], 0.0), float(match[2]))
    return times


def expunged(file: str | None) -> dict[str, str]:
    """Test -> its line in the user's list; comments stay in the line, they say why."""
    if file is None:
        return {}
    found: dict[str, str] = {}
    for line in _lines(Path(file)):
        match = _EXPUNGED.match(line.strip())
        if match:
            found.setdefault(match[1], line.strip()[:200])
    return found


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise unreadable(path, error) from error
    return [line[:_LINE_CAP] for line in text.split("\n")]
