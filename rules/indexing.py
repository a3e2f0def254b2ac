"""A kernel tree to a model: which files, which of them are known already, the rest read on all processors.

Facts belong to the content of a file (its git blob id), so another commit or another tree needs only what differs.
Nothing that cannot be read stops the work: it is named in `Indexed.skipped`, with the reason.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple, Protocol

from rules import columns, generated, scope
from rules.bodies import Bodies
from rules.build import Tree, build, uncollected
from rules.cache import Cache, opened, pack, unpack, unpacked
from rules.extract import SIZE_CAP, VERSION, blob_id, outline
from rules.extract.facts import FileFacts
from rules.graph import Model
from rules.link import Corpus
from rules.workers import Workers

_CHUNK = 1_500_000  # bytes of source that a worker gets at a time
_BATCH = 40  # files of a work tree that it gets at a time
_TYPICAL = 13_000  # bytes of such a file, before it is opened
_TOO_LARGE = f"larger than {SIZE_CAP >> 20} MiB"


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
    with _reading(source, cache, workers, progress) as reader:
        blobs, version = reader.run(limits)
        missing = _missing(source, limits, blobs)
        skipped = [*reader.skipped, *(Skipped(path, "not there: half a tree?") for path in missing)]
        key = _key(source.name, version, blobs, full)
        stored = reader.store.model(key)
        if stored is None:
            tree = Tree(version or "unknown", source.name, blobs)
            files, bodies = reader.facts(blobs)
            stored = columns.encode(build(tree, files, limits, None if full else subset, bodies), fast=True)
            bodies.keep()
            reader.store.keep_model(key, stored)
        return Indexed(Model(columns.decode(stored)), len(blobs), reader.read, tuple(skipped))


def corpus(source: TreeSource, cache: Path | None = None, workers: int = 0) -> Corpus:
    """The facts of a whole tree, for comparing the extraction itself. Raises TreeError."""
    limits, _ = scope.load()
    with _reading(source, cache, workers, None) as reader:
        blobs, _ = reader.run(limits)
        _missing(source, limits, blobs)
        files, bodies = reader.facts(blobs)
        reader.hold(blobs.values())  # the bodies outlive the cache
        found = Corpus(files, limits, bodies)
    generated.add(found)
    return found


@contextlib.contextmanager
def _reading(source: TreeSource, cache: Path | None, workers: int, progress: Progress | None) -> Iterator["_Reader"]:
    with uncollected(), opened(cache) as store:
        known = store.known()
        with Workers(workers or os.cpu_count() or 1, known) as helpers:
            yield _Reader(source, store, helpers, known, progress)


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

    def __init__(
        self, source: TreeSource, store: Cache, workers: Workers, known: set[str], progress: Progress | None
    ) -> None:
        self.source = source
        self.store = store
        self.workers = workers
        self.known = known
        self.progress = progress
        self.blobs: dict[str, str] = {}  # of everything that has facts, by path
        self.skipped: list[Skipped] = []
        self.new: dict[str, bytes] = {}  # packed facts by blob id; b"" for those that are on their way
        self.texts: dict[str, bytes] = {}  # packed texts of their functions
        self.read = 0

    def run(self, limits: scope.Scope) -> tuple[dict[str, str], str]:
        """Path -> blob id of everything that has facts, in order, and the version that the Makefile names."""

        def wanted(path: str) -> bool:
            return path == "Makefile" or limits.holds(path)

        source = self.source
        version = self._look(source, wanted) if isinstance(source, WorkTree) else self._receive(wanted)
        self.skipped.sort()
        self.blobs = dict(sorted(self.blobs.items()))
        return self.blobs, version

    def _look(self, source: "WorkTree", wanted: Callable[[str], bool]) -> str:
        """Files of a work tree are opened by the workers."""
        version = ""
        paths = []
        for path, why in source.files(wanted):
            if why:
                self.skipped.append(Skipped(path, why))
            elif path == "Makefile":
                version = version_in(source.read(path).data or b"")
            else:
                paths.append(path)
        for start in range(0, len(paths), _BATCH):
            batch = [(source.directory, path) for path in paths[start : start + _BATCH]]
            self._found(self.workers.give(looked_at, batch, _TYPICAL * len(batch)))
        self._found(self.workers.rest())
        return version

    def _found(self, rows: Iterable["Looked"]) -> None:
        fresh: list[tuple[str, bytes, bytes]] = []
        for row in rows:
            if row.why:
                self.skipped.append(Skipped(row.path, row.why))
                continue
            self.blobs[row.path] = row.blob
            if row.facts and not self._knows(row.blob):
                self.new[row.blob] = b""
                fresh.append((row.blob, row.facts, row.texts))
        self._take(fresh)
        self._tell()

    def _receive(self, wanted: Callable[[str], bool]) -> str:
        """The source opens its files, the workers get what is in them."""
        version = ""
        pending: list[Work] = []
        size = 0
        for item in self.source.items(wanted, self._knows):
            if item.path == "Makefile":
                version = version_in(item.data or b"")
            elif item.why or (item.data is not None and len(item.data) > SIZE_CAP):
                self.skipped.append(Skipped(item.path, item.why or _TOO_LARGE))
            else:
                self.blobs[item.path] = item.blob
                if item.data is not None and not self._knows(item.blob):
                    self.new[item.blob] = b""
                    pending.append(Work(item.blob, item.data))
                    size += len(item.data)
                    if size > _CHUNK:
                        self._take(self.workers.give(outlined, pending, size))
                        self._tell()
                        pending, size = [], 0
        if pending:
            self._take(self.workers.give(outlined, pending, size))
        self._take(self.workers.rest())
        return version

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
        rows = [Work(item.blob, item.data) for item in items if item.data is not None and item.path == path]
        return outlined(rows, None)

    def _texts_anew(self, path: str) -> tuple[bytes, ...]:
        rows = self._anew(path)
        self.store.keep(rows)
        return next((unpack(texts) for _, _, texts in rows), ())

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(len(self.blobs), self.read)


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


class Looked(NamedTuple):
    """A file of a work tree. `facts` and `texts` are packed, and empty when they are known; `why` as in Item."""

    path: str
    blob: str
    why: str
    facts: bytes
    texts: bytes


def outlined(rows: list[Work], _: object) -> list[tuple[str, bytes, bytes]]:
    """What a worker does: content to (blob id, packed facts, packed texts of functions)."""
    return [(row.blob, *pack(*outline(row.data))) for row in rows]


def looked_at(rows: list[tuple[Path, str]], known: AbstractSet[str]) -> list[Looked]:
    """What a worker does with (directory, path) of a work tree; `known` are the blob ids that have facts."""
    return [_looked(directory, path, known) for directory, path in rows]


def _looked(directory: Path, path: str, known: AbstractSet[str]) -> Looked:
    found = WorkTree(directory).read(path)
    if found.data is None or len(found.data) > SIZE_CAP:
        return Looked(path, "", found.why or _TOO_LARGE, b"", b"")
    return Looked(path, found.blob, "", *((b"", b"") if found.blob in known else pack(*outline(found.data))))


def _reason(error: OSError) -> str:
    return (error.strerror or "unreadable").lower()


class WorkTree:
    """The files of a directory. Links are not followed, and only regular files are opened."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def name(self) -> str:
        return self.directory.resolve().name

    def files(self, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
        """(path, "") of every file that is wanted, in order, (path, reason) of a directory that cannot be read."""
        if not self.directory.is_dir():
            raise TreeError(f"{self.directory} is no directory")
        return [(path, why) for path, why in sorted(self._walk()) if why or wanted(path)]

    def items(self, wanted: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Item]:
        """All content is read: the blob id of a work tree's file is that of its bytes."""
        for path, why in self.files(wanted):
            item = Item(path, "", None, why) if why else self.read(path)
            yield item._replace(data=None) if path != "Makefile" and known(item.blob) else item

    def read(self, path: str) -> Item:
        """One file."""
        try:
            data = _regular(f"{self.directory}/{path}")
        except OSError as error:
            return Item(path, "", None, _reason(error))
        return Item(path, blob_id(data), data)

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
                yield folder, _reason(error)
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
