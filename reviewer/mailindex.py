"""The index of a public-inbox clone: message-ids, what each mail refers to, and the git object that holds it.

An SQLite file in the user's cache directory, one for each clone; losing it costs only the time to make it again.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewer import cut
from reviewer.review import Value

MOST_MAILS = 50_000  # in one thread
_VERSION = 1
_SCHEMA = """
CREATE TABLE epochs (name TEXT PRIMARY KEY, head TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE mails (number INTEGER PRIMARY KEY, epoch TEXT NOT NULL, oid TEXT NOT NULL, msgid TEXT NOT NULL);
CREATE INDEX mails_by_msgid ON mails (msgid);
CREATE TABLE refs (number INTEGER NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (number, ref)) WITHOUT ROWID;
CREATE INDEX refs_by_ref ON refs (ref);
"""


class Row(Value, frozen=True, kw_only=True):
    number: int
    epoch: str
    oid: str


class Index:
    """One open index; changes are committed epoch by epoch."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def head(self, epoch: str) -> str:
        """The commit that the epoch was last read up to, "" when never."""
        row = self._db.execute("SELECT head FROM epochs WHERE name = ?", (epoch,)).fetchone()
        return str(row[0]) if row else ""

    def forget(self, epoch: str) -> None:
        with self._db:
            self._db.execute("DELETE FROM refs WHERE number IN (SELECT number FROM mails WHERE epoch = ?)", (epoch,))
            self._db.execute("DELETE FROM mails WHERE epoch = ?", (epoch,))
            self._db.execute("DELETE FROM epochs WHERE name = ?", (epoch,))

    def add(self, epoch: str, head: str, mails: Iterable[tuple[str, cut.Head]], removed: Iterable[str]) -> None:
        """Add the mails of an epoch up to `head`, all or none: when `mails` raises, nothing is kept."""
        insert = "INSERT INTO mails (epoch, oid, msgid) VALUES (?, ?, ?)"
        with self._db:
            for oid, one in mails:
                number = self._db.execute(insert, (epoch, oid, one.msgid)).lastrowid
                self._db.executemany("INSERT INTO refs VALUES (?, ?)", [(number, ref) for ref in one.refs])
            self._db.executemany("DELETE FROM mails WHERE epoch = ? AND oid = ?", [(epoch, oid) for oid in removed])
            self._db.execute("INSERT OR REPLACE INTO epochs VALUES (?, ?)", (epoch, head))

    def thread(self, msgid: str) -> tuple[Row, ...]:
        """The mails tied to `msgid` by references in any direction, in the order they came; () when it is not there."""
        if not self._db.execute("SELECT 1 FROM mails WHERE msgid = ?", (msgid,)).fetchone():
            return ()
        numbers: set[int] = set()
        seen = {msgid}
        pending = [msgid]
        while pending and len(numbers) < MOST_MAILS:
            for number in self._touching(pending.pop()) - numbers:
                numbers.add(number)
                news = self._ids(number) - seen
                seen |= news
                pending += sorted(news)
        kept = sorted(numbers)[:MOST_MAILS]
        return tuple(row for row in (self._row(number) for number in kept) if row is not None)

    def _touching(self, msgid: str) -> set[int]:
        query = "SELECT number FROM mails WHERE msgid = ? UNION SELECT number FROM refs WHERE ref = ?"
        return {int(row[0]) for row in self._db.execute(query, (msgid, msgid))}

    def _ids(self, number: int) -> set[str]:
        query = "SELECT msgid FROM mails WHERE number = ? UNION SELECT ref FROM refs WHERE number = ?"
        return {str(row[0]) for row in self._db.execute(query, (number, number)) if row[0]}

    def _row(self, number: int) -> Row | None:
        row = self._db.execute("SELECT epoch, oid FROM mails WHERE number = ?", (number,)).fetchone()
        return Row(number=number, epoch=row[0], oid=row[1]) if row else None


@contextlib.contextmanager
def opened(inbox: Path) -> Iterator[Index]:
    """The index of the clone at `inbox`: made when missing or damaged, kept in memory where nothing can be written."""
    connection = _connect(inbox)
    try:
        yield Index(connection)
    finally:
        connection.close()


def place(inbox: Path) -> Path:
    """Where the index of a clone is kept."""
    import platformdirs

    name = hashlib.sha256(str(inbox.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("mkwrite")) / "inbox" / f"{name}.sqlite"


def _connect(inbox: Path) -> sqlite3.Connection:
    path = place(inbox)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            connection = _current(path)
            if connection is not None:
                return connection
            path.unlink(missing_ok=True)
    except (OSError, sqlite3.OperationalError):  # no such directory, read-only, no space
        pass
    return _new(sqlite3.connect(":memory:"))


def _current(path: Path) -> sqlite3.Connection | None:
    """The index in that file, made when the file is new; None when it is damaged or of another version."""
    connection = sqlite3.connect(path, timeout=30)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == _VERSION:
            return connection
        if not version and not tables:
            return _new(connection)
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError:
        pass
    connection.close()
    return None


def _new(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.commit()
    return connection
