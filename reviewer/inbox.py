"""Reading a thread from a public-inbox v2 inbox, or from one epoch of it, straight from git; no server is needed.

Each commit of an epoch holds one mail in the file `m` (`d` when a mail was removed). An index of message-ids and
references is kept in the user's cache directory and brought up to date by the commits that came since; 82,000 mails
take some ten seconds the first time. The repository may be hostile: only plumbing is run, without its helpers, hooks
or remotes (reference: git's own advice in git-upload-pack(1), SECURITY).
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from reviewer import cut, mailindex, programs, progress
from reviewer.errors import Failure
from reviewer.review import Value
from threads.model import Raw

MAIL_BYTES = 10 * programs.MIB  # read of one mail
INDEX_SECONDS = 1800.0  # for an archive of a million mails on a slow disk
THREAD_SECONDS = 60.0


class Found(Value, frozen=True, kw_only=True):
    raws: tuple[Raw, ...]
    notes: tuple[str, ...]  # what could not be read


def epochs(path: Path) -> tuple[Path, ...]:
    """The epoch repositories at `path`: itself when bare, else git/0.git, git/1.git ... below it; () when neither."""
    if _bare(path):
        return (path,)
    for parent in (path / "git", path):
        numbered = [p for p in parent.glob("*.git") if re.fullmatch(r"[0-9]{1,6}\.git", p.name) and _bare(p)]
        if numbered:
            return tuple(sorted(numbered, key=lambda p: int(p.stem)))
    return (path / ".git",) if _bare(path / ".git") else ()


def _bare(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def thread(path: Path, msgid: str) -> Found:
    """The mails of the thread that holds `msgid`, oldest commit first. Raises Failure.

    Kinds of failure: not-inbox, git-missing, git-error, not-in-inbox, index-error.
    """
    rows = _rows(path, msgid)
    if not rows:
        what = f"{path} holds no mail with the id {msgid}"
        raise Failure(what, "check the id, or fetch newer mail into that clone", "not-in-inbox")
    raws = tuple(_raws(rows))
    notes = []
    if len(rows) >= mailindex.MOST_MAILS:
        notes.append(f"the thread is cut at {mailindex.MOST_MAILS} mails")
    if len(raws) < len(rows):
        gone = len(rows) - len(raws)
        notes.append(
            f"{gone} {'mail of this thread is' if gone == 1 else 'mails of this thread are'} missing from {path}"
        )
    return Found(raws=raws, notes=tuple(notes))


def _rows(path: Path, msgid: str) -> tuple[mailindex.Row, ...]:
    """Bring the index up to date and ask it; one that turns out to be damaged is made anew, once."""
    for _ in range(2):
        try:
            with mailindex.opened(path) as index:
                _update(index, epochs(path), path)
                return index.thread(msgid)
        except sqlite3.OperationalError as error:  # locked, or no space left
            where = mailindex.place(path)
            what = f"the index of {path} cannot be used ({error})"
            raise Failure(what, f"wait for the other mkwrite, or remove {where}", "index-error") from error
        except sqlite3.DatabaseError:
            mailindex.place(path).unlink(missing_ok=True)
    raise Failure(f"the index of {path} is damaged", f"remove {mailindex.place(path)}", "index-error")


def _raws(rows: tuple[mailindex.Row, ...]) -> Iterator[Raw]:
    for epoch in dict.fromkeys(row.epoch for row in rows):
        wanted = [row.oid for row in rows if row.epoch == epoch]
        name = Path(epoch).name
        with progress.step(f"reading {len(wanted)} mails from {name}"):
            for oid, raw in _blobs(Path(epoch), wanted, MAIL_BYTES, THREAD_SECONDS):
                yield raw, f"{name} blob {oid[:12]}"


def _update(index: mailindex.Index, repositories: tuple[Path, ...], path: Path) -> None:
    """Bring the index up to the heads of the epochs."""
    for repository in repositories:
        name = str(repository.resolve())
        head = _head(repository)
        known = index.head(name)
        if head == known:
            continue
        if known and not _is_ancestor(repository, known, head):  # the epoch was rewritten: public-inbox-purge
            index.forget(name)
            known = ""
        counter = _Counter()
        with progress.step(f"indexing {path}", count=counter.shown):
            added, removed = _changes(repository, head, known)
            index.add(name, head, counter.through(_heads(repository, added)), removed)


class _Counter:
    """Counts what passes, for the progress line."""

    def __init__(self) -> None:
        self.passed = 0

    def through(self, things: Iterable[tuple[str, cut.Head]]) -> Iterator[tuple[str, cut.Head]]:
        for thing in things:
            self.passed += 1
            yield thing

    def shown(self) -> str:
        return f"{self.passed:,} mails"


def _head(repository: Path) -> str:
    """The commit of HEAD, which must hold a mail."""
    done = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    commit = done.stdout.decode("ascii", "replace").strip()
    if done.code != 0 or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
        raise Failure(f"{repository} has no commits that git can read", "check it with `git fsck`", "git-error")
    listed = _git(repository, "ls-tree", "-z", "--name-only", "--end-of-options", commit)
    if not {b"m", b"d"} & set(listed.stdout.split(b"\0")):
        what = f"{repository} is a git repository, but not of a public-inbox (no file m in its last commit)"
        raise Failure(what, "give the inbox directory, or one of its git/N.git", "not-inbox")
    return commit


def _is_ancestor(repository: Path, old: str, new: str) -> bool:
    return _git(repository, "merge-base", "--is-ancestor", old, new).code == 0


def _changes(repository: Path, head: str, known: str) -> tuple[list[str], list[str]]:
    """Object ids of mails added since `known`, oldest first, and of those removed."""
    arguments = ["rev-list", "--objects", "--missing=allow-any", "--filter=object:type=blob"]
    arguments += ["--filter-provided-objects", head, *([f"^{known}"] if known else [])]
    found: dict[bytes, list[str]] = {b"m": [], b"d": []}
    with programs.stream(_command(repository, *arguments), env=_environment(), seconds=INDEX_SECONDS) as output:
        for line in output:
            oid, _, name = line.rstrip(b"\n").partition(b" ")
            if name in found and re.fullmatch(rb"[0-9a-f]{40,64}", oid):
                found[name].append(oid.decode("ascii"))
    return found[b"m"][::-1], found[b"d"]


def _heads(repository: Path, oids: list[str]) -> Iterator[tuple[str, cut.Head]]:
    for oid, raw in _blobs(repository, oids, cut.HEADER_BYTES, INDEX_SECONDS):
        yield oid, cut.ids(raw)


def _blobs(repository: Path, oids: list[str], most: int, seconds: float) -> Iterator[tuple[str, bytes]]:
    """The first `most` bytes of each blob; one that git does not have is left out. Raises Failure when git gives up."""
    answers = 0
    with tempfile.TemporaryFile(prefix="mkwrite-") as wanted:
        wanted.write("".join(f"{oid}\n" for oid in oids).encode("ascii"))
        wanted.seek(0)
        command = _command(repository, "cat-file", "--batch", "--buffer")
        with programs.stream(command, env=_environment(), stdin=wanted, seconds=seconds) as output:
            for oid, data in _read_batch(output, most):
                answers += 1
                if data is not None:
                    yield oid, data
    if answers < len(oids):
        what = f"git stopped reading {repository} after {answers} of {len(oids)} objects"
        raise Failure(what, "check it with `git fsck`, or try again when the machine is less busy", "git-error")


def _read_batch(output: IO[bytes], most: int) -> Iterator[tuple[str, bytes | None]]:
    """Parse `OID blob SIZE`, SIZE bytes and a newline, again and again; None for an object that is missing or no blob.

    Stops at the first irregularity.
    """
    while match := re.fullmatch(rb"([0-9a-f]{40,64}) (?:([a-z]{1,10}) ([0-9]{1,12})|missing)\n", output.readline(200)):
        oid = match[1].decode("ascii")
        if match[3] is None:
            yield oid, None
            continue
        size = int(match[3])
        data = output.read(min(size, most))
        left = size - len(data) + 1
        while left > 0 and (skipped := len(output.read(min(left, programs.MIB)))):
            left -= skipped
        if left:
            return
        yield oid, data if match[2] == b"blob" else None


def _git(repository: Path, *arguments: str) -> programs.Finished:
    try:
        return programs.run(_command(repository, *arguments), cwd="/", env=_environment())
    except FileNotFoundError:
        raise Failure("git is not installed", "install git, or export the thread to an mbox", "git-missing") from None


def _command(repository: Path, *arguments: str) -> list[str]:
    """git on a repository that is not ours: nothing that its configuration names may run."""
    quiet = ("core.fsmonitor=false", "log.showSignature=false", "core.pager=cat", "diff.external=")
    settings = [word for setting in quiet for word in ("-c", setting)]
    return ["git", f"--git-dir={repository.resolve()}", *settings, *arguments]


def _environment() -> dict[str, str]:
    """No configuration but the repository's own, no prompt, and no transport: a missing object stays missing."""
    return programs.clean_environment(
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_TERMINAL_PROMPT="0",
        GIT_OPTIONAL_LOCKS="0",
        GIT_NO_LAZY_FETCH="1",
        GIT_ALLOW_PROTOCOL="none",
        GIT_NO_REPLACE_OBJECTS="1",
        LC_ALL="C",
    )
