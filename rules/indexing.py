"""A kernel tree to a model: which files, which of them are known already, the rest read on all processors.

Facts belong to the content of a file (its git blob id), so another commit or another tree needs only what differs.
Nothing that cannot be read stops the work: it is named in `Indexed.skipped`, with the reason.
"""

import gc
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from rules import columns, generated, scope
from rules.build import Tree, build
from rules.cache import Cache, opened
from rules.extract import SIZE_CAP, VERSION, blob_id, decode, encode, extract
from rules.extract.facts import FileFacts
from rules.graph import Model
from rules.link import Corpus

_CHUNK = 1_500_000  # bytes of source that a worker gets at a time
_FEW = 2_000_000  # bytes for which starting workers does not pay
_NAMED = 40  # skipped files that are named; the others are counted


class TreeError(ValueError):
    """Not a kernel tree, or nothing of it can be read."""


class Item(NamedTuple):
    """One file of a tree. `data` is None when its facts are known; `why` says why it cannot be read."""

    path: str
    blob: str
    data: bytes | None
    why: str = ""


class TreeSource(Protocol):
    """Where files come from: a work tree, a commit of a repository."""

    @property
    def name(self) -> str:
        """What a reader knows the tree by."""

    def items(self, wanted: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Item]:
        """Every file whose path is wanted, in order; content only when its blob id is not known."""


class Skipped(NamedTuple):
    path: str
    why: str


class Indexed(NamedTuple):
    """The model, and what is to be told about the tree."""

    model: Model
    files: int
    read: int  # files whose facts were not in the cache
    skipped: tuple[Skipped, ...]


Progress = Callable[[int, int], None]  # files done, files to do


def index(
    source: TreeSource,
    cache: Path | None = None,
    *,
    workers: int = 0,
    full: bool = False,
    progress: Progress | None = None,
) -> Indexed:
    """The model of a tree. Raises TreeError when it is no kernel tree.

    `workers` 0: one for each processor. `full`: every function of the scope instead of the fault path's part.
    """
    limits, subset = scope.load()
    with opened(cache) as store:
        reader = _Reader(source, store, workers or os.cpu_count() or 1, progress)
        blobs, version = reader.run(limits)
        missing = [path for path in limits.expected if path not in blobs]
        if len(missing) == len(limits.expected):
            raise TreeError(f"{source.name} is no kernel tree: it has none of {', '.join(limits.expected)}")
        skipped = [*reader.skipped, *(Skipped(path, "not there: half a tree?") for path in missing)]
        key = _key(source.name, version, blobs, full)
        stored = store.model(key)
        if stored is None:
            tree = Tree(version or "unknown", source.name, blobs)
            stored = columns.encode(build(tree, _decoded(reader, blobs), limits, None if full else subset), fast=True)
            store.keep_model(key, stored)
        return Indexed(Model(columns.decode(stored)), len(blobs), reader.read, tuple(skipped))


def corpus(source: TreeSource, cache: Path | None = None, workers: int = 0) -> Corpus:
    """The facts of a whole tree, for comparing the extraction itself. Raises TreeError."""
    limits, _ = scope.load()
    with opened(cache) as store:
        reader = _Reader(source, store, workers or os.cpu_count() or 1, None)
        blobs, _ = reader.run(limits)
        if not any(path in blobs for path in limits.expected):
            raise TreeError(f"{source.name} is no kernel tree: it has none of {', '.join(limits.expected)}")
        found = Corpus(_decoded(reader, blobs), limits)
    generated.add(found)
    return found


def _decoded(reader: "_Reader", blobs: Mapping[str, str]) -> dict[str, FileFacts]:
    facts = {blob: decode(data) for blob, data in reader.facts(blobs.values())}
    lost = {path for path, blob in blobs.items() if blob not in facts}  # rows of the cache that are damaged
    for item in reader.source.items(lost.__contains__, lambda _: False) if lost else ():
        if item.data is not None:
            fresh = facts_of([Work(item.blob, item.data, None)])
            reader.store.keep(fresh)
            facts.update((blob, decode(data)) for blob, data in fresh)
    return {path: facts[blob] for path, blob in blobs.items() if blob in facts}


def _key(name: str, version: str, blobs: Mapping[str, str], full: bool) -> str:
    """A model is the same when the rules that made it, the files and the name it bears are the same."""
    digest = hashlib.sha256(f"{VERSION}\n{columns.FORMAT}\n{full}\n{name}\n{version}\n".encode("utf-8", "replace"))
    digest.update(_rules_digest())
    for path in sorted(blobs):
        digest.update(f"{path}\0{blobs[path]}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _rules_digest() -> bytes:
    """Linking has no version number of its own: its data file and sources are part of the key."""
    here = Path(__file__).parent
    names = ("scope.toml", "link.py", "build.py", "subset.py", "generated.py", "columns.py")
    return b"".join(hashlib.sha256((here / name).read_bytes()).digest() for name in names)


class _Reader:
    """Goes through a source once; keeps what is new in the cache."""

    def __init__(self, source: TreeSource, store: Cache, workers: int, progress: Progress | None) -> None:
        self.source = source
        self.store = store
        self.workers = workers
        self.progress = progress
        self.skipped: list[Skipped] = []
        self.new: dict[str, bytes] = {}
        self.known = store.known()
        self.read = 0

    def run(self, limits: scope.Scope) -> tuple[dict[str, str], str]:
        """Path -> blob id of everything that has facts, and the version that the Makefile names."""
        version = ""
        blobs: dict[str, str] = {}
        pending: list[Work] = []
        with _Workers(self.workers) as workers:
            for item in self.source.items(lambda path: path == "Makefile" or limits.holds(path), self._knows):
                if item.path == "Makefile":
                    version = version_in(item.data or b"")
                elif item.why or (item.data is not None and len(item.data) > SIZE_CAP):
                    self.skipped.append(Skipped(item.path, item.why or f"larger than {SIZE_CAP >> 20} MiB"))
                else:
                    blobs[item.path] = item.blob
                    if item.data is not None and not self._knows(item.blob) and item.blob not in self.new:
                        self.new[item.blob] = b""
                        pending.append(Work(item.blob, item.data, self.store.last(item.path)))
                        if sum(len(work.data) for work in pending) > _CHUNK:
                            self._take(workers.give(pending))
                            pending = []
                    self._tell(len(blobs))
            if pending:
                self._take(workers.give(pending))
            self._take(workers.rest())
        if self.new:
            self.store.keep_paths(blobs.items())
        return blobs, version

    def _knows(self, blob: str) -> bool:
        return blob in self.known

    def _take(self, rows: Iterable[tuple[str, bytes]]) -> None:
        fresh = list(rows)
        self.new.update(fresh)
        self.read += len(fresh)
        if fresh:
            self.store.keep(fresh)

    def facts(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = set(blobs)
        yield from ((blob, data) for blob, data in self.new.items() if blob in wanted)
        yield from self.store.facts(sorted(wanted - set(self.new)))

    def _tell(self, done: int) -> None:
        if self.progress is not None and done % 100 == 0:
            self.progress(done, self.read)


def version_in(makefile: bytes) -> str:
    """ "6.12.117" from the first lines of a kernel's Makefile, "" when they do not say."""
    found: dict[str, str] = {}
    for line in makefile[:2000].decode("latin-1").split("\n"):
        name, _, value = line.partition("=")
        found.setdefault(name.strip(), value.strip())
    numbers = [found.get(name, "") for name in ("VERSION", "PATCHLEVEL", "SUBLEVEL")]
    if not all(number.isdigit() for number in numbers[:2]):
        return ""
    tail = f".{numbers[2]}" if numbers[2].isdigit() and numbers[2] != "0" else ""
    return f"{numbers[0]}.{numbers[1]}{tail}{found.get('EXTRAVERSION', '')[:20]}"


class Work(NamedTuple):
    blob: str
    data: bytes
    before: bytes | None  # encoded facts of another version of the file


def facts_of(rows: list[Work]) -> list[tuple[str, bytes]]:
    """What a worker does: content to (blob id, encoded facts)."""
    return [(row.blob, encode(extract(row.data, decode(row.before) if row.before else None))) for row in rows]


class _Workers:
    """Processes that extract; started only when there is enough to do."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.waiting: list[list[Work]] = []
        self.size = 0
        self.pool: object | None = None
        self.futures: list[object] = []

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)  # type: ignore[attr-defined]

    def give(self, rows: list[Work]) -> list[tuple[str, bytes]]:
        """Hand over work; results of what is done meanwhile come back."""
        self.size += sum(len(row.data) for row in rows)
        self.waiting.append(rows)
        if self.count < 2 or self.size < _FEW:
            return []
        for waiting in self.waiting:
            self.futures.append(self._started().submit(facts_of, waiting))  # type: ignore[attr-defined]
        self.waiting = []
        found: list[tuple[str, bytes]] = []
        while len(self.futures) > 2 * self.count:
            found.extend(self.futures.pop(0).result())  # type: ignore[attr-defined]
        return found

    def rest(self) -> Iterator[tuple[str, bytes]]:
        for future in self.futures:
            yield from future.result()  # type: ignore[attr-defined]
        for rows in self.waiting:
            yield from facts_of(rows)
        self.futures, self.waiting = [], []

    def _started(self) -> object:
        if self.pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self.pool = ProcessPoolExecutor(self.count, mp_context=get_context("spawn"), initializer=gc.disable)
        return self.pool


class WorkTree:
    """The files of a directory. Links are not followed, and only regular files are opened."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def name(self) -> str:
        return self.directory.resolve().name

    def items(self, wanted: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Item]:  # noqa: ARG002
        """All content is read: the blob id of a work tree's file is that of its bytes."""
        if not self.directory.is_dir():
            raise TreeError(f"{self.directory} is no directory")
        for path, why in sorted(self._walk()):
            if why or not wanted(path):
                if why:
                    yield Item(path, "", None, why)
                continue
            try:
                data = _regular(self.directory / path)
            except OSError as error:
                yield Item(path, "", None, (error.strerror or "unreadable").lower())
                continue
            yield Item(path, blob_id(data), data)

    def _walk(self) -> Iterator[tuple[str, str]]:
        """(path, "") of every file, (path, reason) of a directory that cannot be read."""
        top = [name for name in ("mm", "fs", "include", "block", "arch") if (self.directory / name).is_dir()]
        if (self.directory / "Makefile").is_file():
            yield "Makefile", ""
        pending = top
        while pending:
            folder = pending.pop()
            try:
                entries = sorted(os.scandir(self.directory / folder), key=lambda entry: entry.name)
            except OSError as error:
                yield folder, (error.strerror or "unreadable").lower()
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if _may_hold(path):
                        pending.append(path)
                elif not entry.is_symlink():
                    yield path, ""


def _may_hold(folder: str) -> bool:
    """Directories outside of the scope are not walked: arch/x86/kernel, include/uapi."""
    parts = folder.split("/")
    if parts[0] == "arch":
        return len(parts) < 3 or parts[2] == "mm"
    return parts[0] != "include" or parts[1] == "linux"


def _regular(path: Path) -> bytes:
    """The bytes of a regular file. Raises OSError for anything else: a FIFO would wait for ever."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return file.read(SIZE_CAP + 1)
