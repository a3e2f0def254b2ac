"""Facts by git blob id and linked models by tree, in one SQLite file of the user's cache directory.

Two processes may use it at once: SQLite locks, each transaction is whole or not there. Every row has a checksum; a row
that does not match is as if absent and made anew. A file that is no database any more is removed.
"""

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rules.extract.facts import VERSION

_WAIT = 30.0  # seconds that another process may hold the lock
_MODELS = 12  # linked models that are kept
_SCHEMA = """
create table if not exists facts (blob text primary key, sum integer not null, data blob not null) without rowid;
create table if not exists paths (path text primary key, blob text not null) without rowid;
create table if not exists models
    (key text primary key, used integer not null, sum integer not null, data blob not null);
"""
_BATCH = 400  # below SQLite's limit of parameters


class Cache:
    """Open with `opened`; every method is one transaction. A cache that cannot be written is used for reading only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def known(self) -> set[str]:
        """The blob ids that have a row; whether it is whole shows when it is read."""
        return {row[0] for row in self._rows("select blob from facts")}

    def facts(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """(blob id, encoded facts) of those that are there and whole."""
        for start in range(0, len(blobs), _BATCH):
            part = blobs[start : start + _BATCH]
            marks = ",".join("?" * len(part))
            query = f"select blob, sum, data from facts where blob in ({marks})"  # noqa: S608 -- question marks only
            for blob, checksum, packed in self._rows(query, part):
                if zlib.crc32(packed) == checksum:
                    yield blob, zlib.decompress(packed)

    def keep(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Store facts; one row of an id is as good as another."""
        packed = [(blob, zlib.compress(data, 1)) for blob, data in rows]
        with self._writing():
            self._connection.executemany(
                "insert or replace into facts values (?, ?, ?)",
                [(blob, zlib.crc32(data), data) for blob, data in packed],
            )

    def last(self, path: str) -> bytes | None:
        """Facts of the version of a file that was read last."""
        for row in self._rows("select blob from paths where path = ?", (path,)):
            return next((data for _, data in self.facts([row[0]])), None)
        return None

    def keep_paths(self, blobs: Iterable[tuple[str, str]]) -> None:
        """(path, blob id) of what was read."""
        with self._writing():
            self._connection.executemany("insert or replace into paths values (?, ?)", list(blobs))

    def model(self, key: str) -> bytes | None:
        """The linked model of a tree, None when there is none."""
        for checksum, data in self._rows("select sum, data from models where key = ?", (key,)):
            return bytes(data) if zlib.crc32(data) == checksum else None
        return None

    def _rows(self, query: str, parameters: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """What a query gives; nothing when the file is damaged there."""
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.DatabaseError:
            return []

    def keep_model(self, key: str, data: bytes) -> None:
        """Store a linked model; the oldest go when there are many."""
        with self._writing():
            number = self._connection.execute("select coalesce(max(used), 0) + 1 from models").fetchone()[0]
            self._connection.execute(
                "insert or replace into models values (?, ?, ?, ?)", (key, number, zlib.crc32(data), data)
            )
            self._connection.execute("delete from models where used <= ?", (number - _MODELS,))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A full or read-only disk costs the next run its time, not this one its answer."""
        with contextlib.suppress(sqlite3.DatabaseError), self._connection:
            yield


@contextlib.contextmanager
def opened(directory: Path | None) -> Iterator[Cache]:
    """The cache in a directory, made when it is not there; None, or one that cannot be made, is kept in memory only."""
    connection = _connected(directory)
    try:
        yield Cache(connection)
    finally:
        connection.close()


def _connected(directory: Path | None) -> sqlite3.Connection:
    if directory is not None:
        path = directory / f"facts-{VERSION}-{_extractor()}.sqlite"
        for _ in range(2):
            try:
                directory.mkdir(parents=True, exist_ok=True)
                return _prepared(sqlite3.connect(path, timeout=_WAIT))
            except sqlite3.OperationalError:
                break  # locked, read-only, no room
            except sqlite3.DatabaseError:
                path.unlink(missing_ok=True)  # damaged: everything in it can be made again
            except OSError:
                break
    return _prepared(sqlite3.connect(":memory:"))


def _extractor() -> str:
    """Of the code that makes facts, so that a changed extractor never meets facts of the old one."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*sorted((here / "extract").glob("*.py")), here / "concepts.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.executescript(_SCHEMA)
        connection.execute("select count(*) from models").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
