"""Facts by git blob id, bodies by digest and linked models by tree, in one SQLite file of the user's cache directory.

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

import msgspec

from rules.extract.facts import VERSION, FileFacts, decode, encode

_WAIT = 30.0  # seconds that another process may hold the lock
_MODELS = 12  # linked models that are kept
_SCHEMA = """
create table if not exists facts (blob text primary key, sum integer not null, data blob not null);
create table if not exists texts (blob text primary key, sum integer not null, data blob not null);
create table if not exists bodies (digest blob primary key, sum integer not null, data blob not null) without rowid;
create table if not exists models
    (key text primary key, used integer not null, sum integer not null, data blob not null);
"""
_SOME = 40_000  # bodies, of which a model needs some 10,000
_BATCH = 400  # below SQLite's limit of parameters


class Cache:
    """Open with `opened`; every method is one transaction. A cache that cannot be written is used for reading only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def known(self) -> set[str]:
        """The blob ids that have a row; whether it is whole shows when it is read."""
        return {row[0] for row in self._rows("select blob from facts")}

    def facts(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """(blob id, packed facts) of those that are there and whole."""
        return self._whole("select blob, sum, data from facts where blob in", blobs)

    def texts(self, blob: str) -> bytes:
        """The packed texts of a file's functions, b"" when they are not there."""
        return next((data for _, data in self._whole("select blob, sum, data from texts where blob in", [blob])), b"")

    def bodies(self, digests: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """(digest, encoded body) of those that are there and whole."""
        return self._whole("select digest, sum, data from bodies where digest in", digests)

    def some_bodies(self) -> tuple[dict[bytes, bytes], bool]:
        """As many bodies as are worth reading at once, because asking for each takes longer; whether that is all."""
        rows = self._rows("select digest, sum, data from bodies limit ?", [_SOME])
        return {digest: data for digest, checksum, data in rows if zlib.crc32(data) == checksum}, len(rows) < _SOME

    def keep(self, rows: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Store (blob id, packed facts, packed texts); one row of an id is as good as another."""
        kept = list(rows)
        with self._writing():
            self._put("facts", ((blob, facts) for blob, facts, _ in kept))
            self._put("texts", ((blob, texts) for blob, _, texts in kept))

    def keep_bodies(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (digest, encoded body)."""
        with self._writing():
            self._put("bodies", rows)

    def _put(self, table: str, rows: Iterable[tuple[Any, bytes]]) -> None:
        self._connection.executemany(
            f"insert or replace into {table} values (?, ?, ?)",  # noqa: S608 -- a name of ours
            [(key, zlib.crc32(data), data) for key, data in rows],
        )

    def _whole(self, query: str, keys: Sequence[Any]) -> Iterator[tuple[Any, bytes]]:
        """(key, data) of the rows whose checksum is right."""
        for start in range(0, len(keys), _BATCH):
            part = keys[start : start + _BATCH]
            for key, checksum, data in self._rows(f"{query} ({','.join('?' * len(part))})", part):
                if zlib.crc32(data) == checksum:
                    yield key, data

    def model(self, key: str) -> bytes | None:
        """The linked model of a tree, None when there is none."""
        for checksum, data in self._rows("select sum, data from models where key = ?", (key,)):
            return bytes(data) if zlib.crc32(data) == checksum else None
        return None

    def _rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
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


def pack(facts: FileFacts, texts: Sequence[bytes]) -> tuple[bytes, bytes]:
    """A file's facts and the texts of its functions as they are stored."""
    return zlib.compress(encode(facts), 1), zlib.compress(msgspec.msgpack.encode(texts), 1)


def unpack(packed: bytes) -> tuple[bytes, ...]:
    """The texts that were packed; () for anything else."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(packed), type=tuple[bytes, ...])
    except (zlib.error, msgspec.MsgspecError):
        return ()


def unpacked(packed: bytes) -> FileFacts | None:
    """The facts that were packed; None for anything else."""
    try:
        return decode(zlib.decompress(packed))
    except (zlib.error, msgspec.MsgspecError):
        return None


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
    """Of the code that makes and packs facts, so that a changed one never meets what the old one left."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (
        *sorted((here / "extract").glob("*.py")),
        *(here / name for name in ("concepts.py", "generated.py", "cache.py")),
    ):
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
