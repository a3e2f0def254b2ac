"""What functions do, read from their text when a model asks for it, on all processors when it asks for many.

A body depends on the function's text and on nothing else, so it is kept by the digest of that text: another version of
the file, or the same function in another tree, needs no second reading.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping

import msgspec

from rules.cache import Cache, unpack
from rules.extract import scan
from rules.extract.facts import Body, FunctionFact, decode_body
from rules.workers import Workers

_CHUNK = 400_000  # bytes of text that a worker gets at a time

Place = tuple[str, int, FunctionFact]  # file, place in the file's facts, the function


class Bodies:
    """The bodies of a tree's functions. `keep` stores what was read; nothing else writes."""

    def __init__(
        self,
        store: Cache,
        workers: Workers,
        blobs: Mapping[str, str],
        packed: Mapping[str, bytes],
        again: Callable[[str], tuple[bytes, ...]],
    ) -> None:
        """`packed`: texts by blob id that are at hand. `again` reads a file's from the tree, () when it cannot."""
        self._store = store
        self._workers = workers
        self._blobs = blobs
        self._packed = packed
        self._again = again
        self._texts: dict[str, tuple[bytes, ...]] = {}
        self._known: dict[bytes, bytes] = {}
        self._decoded: dict[bytes, Body] = {}
        self._new: dict[bytes, bytes] = {}
        self._has_all: bool | None = None  # whether the store has no others; None before it was asked

    def body(self, path: str, at: int, function: FunctionFact) -> Body:
        """The body of one function; an empty one when its text is lost."""
        found = self._decoded.get(function.digest)
        if found is None:
            if function.digest not in self._known:
                self.prepare([(path, at, function)])
            found = self._decoded[function.digest] = decode_body(self._known[function.digest])
        return found

    def prepare(self, wanted: Iterable[Place]) -> None:
        """Have the bodies of many functions at hand."""
        self._begin()
        missing = {row[2].digest: row for row in wanted if not row[2].body and row[2].digest not in self._known}
        if not missing:
            return
        for digest, data in self._store.bodies(list(missing)) if not self._has_all else ():
            self._known[digest] = data
            del missing[digest]
        rows: list[tuple[bytes, bytes]] = []
        size = 0
        for digest, (path, at, _) in missing.items():
            rows.append((digest, self._text(path, at)))
            size += len(rows[-1][1])
            if size > _CHUNK:
                self._take(self._workers.give(scanned, rows, size))
                rows, size = [], 0
        if rows:
            self._take(self._workers.give(scanned, rows, size))
        self._take(self._workers.rest())

    def remembered(self, kind: bytes, text: str, read: Callable[[str], bytes]) -> bytes:
        """What reading a text gives, which is kept like a body. `kind` names the reading, in 16 bytes at the most."""
        self._begin()
        data = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(data, digest_size=16, person=kind).digest()
        if digest not in self._known and not self._has_all:
            self._known.update(self._store.bodies([digest]))
        if digest not in self._known:
            self._known[digest] = self._new[digest] = read(text)
        return self._known[digest]

    def _begin(self) -> None:
        if self._has_all is None:
            self._known, self._has_all = self._store.some_bodies()

    def keep(self) -> None:
        """Store the bodies that were read."""
        if self._new:
            self._store.keep_bodies(self._new.items())
            self._new = {}

    def _take(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        found = dict(rows)
        self._known.update(found)
        self._new.update(found)

    def _text(self, path: str, at: int) -> bytes:
        texts = self._texts.get(path)
        if texts is None:
            blob = self._blobs[path]
            texts = unpack(self._packed.get(blob) or self._store.texts(blob)) or self._again(path)
            self._texts[path] = texts
        return texts[at] if at < len(texts) else b""


_LOST = msgspec.msgpack.encode(Body(("",), (), (), ()))


def scanned(rows: list[tuple[bytes, bytes]], _: object) -> list[tuple[bytes, bytes]]:
    """What a worker does: (digest, encoded text) to (digest, encoded body)."""
    return [(digest, scan(text) if text else _LOST) for digest, text in rows]
