"""A kernel tree to a model: which files, which of them are known already, the rest read on all processors.

Facts belong to the content of a file (its git blob id), so another commit or another tree needs only what differs.
Nothing that cannot be read stops the work: it is named in `Indexed.skipped`, with the reason.
"""

import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rules import columns, generated, scope
from rules.bodies import Bodies
from rules.build import Tree, build
from rules.cache import Cache, opened, pack, unpack, unpacked
from rules.extract import SIZE_CAP, VERSION, blob_id, outline
from rules.extract.facts import FileFacts
from rules.graph import Model
from rules.link import Corpus
from rules.workers import Workers

if TYPE_CHECKING:
    from concurrent.futures import Future

_CHUNK = 1_500_000  # bytes of source that a worker gets at a time
_READERS = 2  # threads that read and hash the files of a work tree
_BATCH = 64  # files that one of them does at a time


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
    with opened(cache) as store, Workers(workers or os.cpu_count() or 1) as helpers:
        reader = _Reader(source, store, helpers, progress)
        blobs, version = reader.run(limits)
        missing = _missing(source, limits, blobs)
        skipped = [*reader.skipped, *(Skipped(path, "not there: half a tree?") for path in missing)]
        key = _key(source.name, version, blobs, full)
        stored = store.model(key)
        if stored is None:
            tree = Tree(version or "unknown", source.name, blobs)
            files, bodies = reader.facts(blobs)
            stored = columns.encode(build(tree, files, limits, None if full else subset, bodies), fast=True)
            bodies.keep()
            store.keep_model(key, stored)
        return Indexed(Model(columns.decode(stored)), len(blobs), reader.read, tuple(skipped))


def corpus(source: TreeSource, cache: Path | None = None, workers: int = 0) -> Corpus:
    """The facts of a whole tree, for comparing the extraction itself. Raises TreeError."""
    limits, _ = scope.load()
    with opened(cache) as store, Workers(workers or os.cpu_count() or 1) as helpers:
        reader = _Reader(source, store, helpers, None)
        blobs, _ = reader.run(limits)
        _missing(source, limits, blobs)
        files, bodies = reader.facts(blobs)
        reader.hold(blobs.values())  # the bodies outlive the cache
        found = Corpus(files, limits, bodies)
    generated.add(found)
    return found


def _missing(source: TreeSource, limits: scope.Scope, blobs: Mapping[str, str]) -> list[str]:
    """Files that every kernel has and this tree has not. Raises TreeError when that is all of them."""
    missing = [path for path in limits.expected if path not in blobs]
    if len(missing) == len(limits.expected):
        raise TreeError(f"{source.name} is no kernel tree: it has none of {', '.join(limits.expected)}")
    return missing


def _key(name: str, version: str, blobs: Mapping[str, str], full: bool) -> str:
    """A model is the same when the rules that made it, the files and the name it bears are the same."""
    digest = hashlib.sha256(f"{VERSION}\n{columns.FORMAT}\n{full}\n{name}\n{version}\n".encode("utf-8", "replace"))
    digest.update(_rules_digest())
    for path in sorted(blobs):
        digest.update(f"{path}\0{blobs[path]}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _rules_digest() -> bytes:
    """Linking has no version number of its own: its data files and sources are part of the key."""
    here = Path(__file__).parent
    linking = ("scope.toml", "link.py", "build.py", "subset.py", "generated.py", "columns.py")
    reach = ("states.py", "chains.py", "handed.py", "feasible.py", "graph.py")
    names = (*linking, *reach, *(f"paths/{path.name}" for path in sorted((here / "paths").glob("*.toml"))))
    return b"".join(hashlib.sha256((here / name).read_bytes()).digest() for name in names)


class _Reader:
    """Goes through a source once; keeps what is new in the cache."""

    def __init__(self, source: TreeSource, store: Cache, workers: Workers, progress: Progress | None) -> None:
        self.source = source
        self.store = store
        self.workers = workers
        self.progress = progress
        self.skipped: list[Skipped] = []
        self.new: dict[str, bytes] = {}  # packed facts by blob id; b"" for those that are on their way
        self.texts: dict[str, bytes] = {}  # packed texts of their functions
        self.known = store.known()
        self.read = 0

    def run(self, limits: scope.Scope) -> tuple[dict[str, str], str]:
        """Path -> blob id of everything that has facts, and the version that the Makefile names."""
        version = ""
        blobs: dict[str, str] = {}
        pending: list[Work] = []
        size = 0
        for item in self.source.items(lambda path: path == "Makefile" or limits.holds(path), self._knows):
            if item.path == "Makefile":
                version = version_in(item.data or b"")
            elif item.why or (item.data is not None and len(item.data) > SIZE_CAP):
                self.skipped.append(Skipped(item.path, item.why or f"larger than {SIZE_CAP >> 20} MiB"))
            else:
                blobs[item.path] = item.blob
                if item.data is not None and not self._knows(item.blob):
                    self.new[item.blob] = b""
                    pending.append(Work(item.blob, item.data))
                    size += len(item.data)
                    if size > _CHUNK:
                        self._take(self.workers.give(outlined, pending, size))
                        pending, size = [], 0
                self._tell(len(blobs))
        if pending:
            self._take(self.workers.give(outlined, pending, size))
        self._take(self.workers.rest())
        return blobs, version

    def _knows(self, blob: str) -> bool:
        return blob in self.known or blob in self.new

    def _take(self, rows: Iterable[tuple[str, bytes, bytes]]) -> None:
        fresh = list(rows)
        for blob, facts, texts in fresh:
            self.new[blob], self.texts[blob] = facts, texts
        self.read += len(fresh)
        if fresh:
            self.store.keep(fresh)

    def facts(self, blobs: Mapping[str, str]) -> tuple[dict[str, FileFacts], Bodies]:
        """The facts of every file, and where the bodies of their functions come from."""
        found: dict[str, FileFacts] = {}
        wanted = set(blobs.values())
        stored = self.store.facts(sorted(wanted - set(self.new)))
        for blob, packed in (*((blob, self.new[blob]) for blob in wanted & set(self.new)), *stored):
            facts = unpacked(packed)
            if facts is not None:
                found[blob] = facts
        for path, blob in blobs.items():
            if blob not in found:  # a row of the cache that is damaged
                rows = self._anew(path)
                self.store.keep(rows)
                self.texts.update((blob, texts) for blob, _, texts in rows)
                found.update((blob, facts) for blob, packed, _ in rows if (facts := unpacked(packed)) is not None)
        files = {path: found[blob] for path, blob in blobs.items() if blob in found}
        return files, Bodies(self.store, self.workers, blobs, self.texts, self._texts_anew)

    def hold(self, blobs: Iterable[str]) -> None:
        """Have the texts of all functions at hand."""
        self.texts.update((blob, self.store.texts(blob)) for blob in set(blobs) - set(self.texts))

    def _anew(self, path: str) -> list[tuple[str, bytes, bytes]]:
        """Facts and texts of one file that the cache knows, read from the tree once more."""
        items = self.source.items(path.__eq__, lambda _: False)
        return outlined([Work(item.blob, item.data) for item in items if item.data is not None and item.path == path])

    def _texts_anew(self, path: str) -> tuple[bytes, ...]:
        rows = self._anew(path)
        self.store.keep(rows)
        return next((unpack(texts) for _, _, texts in rows), ())

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


def outlined(rows: list[Work]) -> list[tuple[str, bytes, bytes]]:
    """What a worker does: content to (blob id, packed facts, packed texts of functions)."""
    return [(row.blob, *pack(*outline(row.data))) for row in rows]


class WorkTree:
    """The files of a directory. Links are not followed, and only regular files are opened."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def name(self) -> str:
        return self.directory.resolve().name

    def items(self, wanted: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Item]:
        """All content is read: the blob id of a work tree's file is that of its bytes."""
        from concurrent.futures import ThreadPoolExecutor

        if not self.directory.is_dir():
            raise TreeError(f"{self.directory} is no directory")
        found = [(path, why) for path, why in sorted(self._walk()) if why or wanted(path)]
        batches = [found[start : start + _BATCH] for start in range(0, len(found), _BATCH)]
        with ThreadPoolExecutor(_READERS) as readers:  # reading and hashing let other threads run
            running: deque[Future[list[Item]]] = deque()
            for batch in batches:
                running.append(readers.submit(self._read, batch, known))
                if len(running) > 2 * _READERS:
                    yield from running.popleft().result()
            for future in running:
                yield from future.result()

    def _read(self, batch: list[tuple[str, str]], known: Callable[[str], bool]) -> list[Item]:
        return [Item(path, "", None, why) if why else self._item(path, known) for path, why in batch]

    def _item(self, path: str, known: Callable[[str], bool]) -> Item:
        try:
            data = _regular(f"{self.directory}/{path}")
        except OSError as error:
            return Item(path, "", None, (error.strerror or "unreadable").lower())
        blob = blob_id(data)
        return Item(path, blob, None if path != "Makefile" and known(blob) else data)

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


def _regular(path: str) -> bytes:
    """The bytes of a regular file. Raises OSError for anything else: a FIFO would wait for ever."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return file.read(SIZE_CAP + 1)
