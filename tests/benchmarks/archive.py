"""A sample of real patches from public-inbox archives, for the benchmarks that ask what fires on patches nobody chose.

An archive is an epoch's bare repository: each commit holds one mail in the file `m`, its subject is the mail's. The
sample is drawn from the [PATCH] mails by a seed and filtered by what their diffs touch, so that the same archives, seed
and number give the same patches. Only git plumbing is run. Nothing of the mails is kept.
"""

import random
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewer import programs
from threads import messages, series, subjects, tree
from threads.model import Message, Series

_YEARS = ("2020", "2026")
_TOPS = ("fs/", "mm/", "block/")
_WANTED = re.compile(r"mmap|fault|folio|page|writeback|dirty|uptodate|truncate|invalidate|lock|iomap|dax")
_BATCH = 64  # mails that one git process reads
_FILES_CAP = 40  # a tree-wide conversion is no patch of this code


def sample(
    archives: Iterable[Path],
    number: int,
    seed: int,
    known: frozenset[str],
    changing: str = "",
    *,
    every: bool = False,
    tops: tuple[str, ...] = (),
    years: tuple[str, str] = _YEARS,
) -> Iterator[tuple[Message, Series]]:
    """At most `number` patch mails, each as a series of its own; `known` message-ids are left out, and other versions
    of a patch that was already given. `changing`: only patches with such an added or removed line, a regular expression
    that is looked for in the raw mail: for rules that a plain sample seldom meets. `every`: also patches of fs, mm and
    block that have no word of the page cache. `tops`: other folders whose patches count. `years`: first and last."""
    line = re.compile(rf"^[-+].*(?:{changing})".encode(), re.M)
    candidates = [(path, commit) for path in archives for commit in _patch_mails(path, years)]
    random.Random(seed).shuffle(candidates)
    titles: set[str] = set()
    given = 0
    for start in range(0, len(candidates), _BATCH):
        for raw in _mails(candidates[start : start + _BATCH]):
            if changing and not line.search(raw):
                continue
            message = messages.parse_message(raw, "archive")
            title = subjects.read(message.subject).title.lower()
            found = (
                None
                if message.msgid in known or title in titles
                else _wanted(message, every=every, tops=(*_TOPS, *tops))
            )
            if found is not None:
                titles.add(title)
                yield message, found
                given += 1
                if given == number:
                    return


def _patch_mails(path: Path, years: tuple[str, str]) -> list[str]:
    log = _git(path, "log", "--format=%H %cs %s", "--reverse").decode("utf-8", "replace")
    rows = (line.split(" ", 2) for line in log.split("\n") if line)
    return [
        row[0]
        for row in rows
        if len(row) == 3 and years[0] <= row[1][:4] <= years[1] and row[2].startswith("[") and "PATCH" in row[2][:40]
    ]


def _mails(wanted: list[tuple[Path, str]]) -> Iterator[bytes]:
    """The mails in the order asked for; a commit without one is left out."""
    found: dict[tuple[Path, str], bytes] = {}
    for path in dict.fromkeys(path for path, _ in wanted):
        commits = [commit for own, commit in wanted if own == path]
        answer = _git(path, "cat-file", "--batch", asked="".join(f"{commit}:m\n" for commit in commits).encode())
        at = 0
        for commit in commits:
            header, _, _ = answer[at : at + 300].partition(b"\n")
            at += len(header) + 1
            if header.endswith(b" missing"):
                continue
            size = int(header.split()[-1])
            found[path, commit] = answer[at : at + size]
            at += size + 1
    return (found[key] for key in wanted if key in found)


def _git(path: Path, *arguments: str, asked: bytes = b"") -> bytes:
    command = ["git", "-C", str(path), *arguments]
    done = subprocess.run(command, input=asked, capture_output=True, check=True, env=programs.clean_environment())
    return done.stdout


def _wanted(message: Message, *, every: bool, tops: tuple[str, ...]) -> Series | None:
    found = series.find(tree.build((message,)))
    if not found or not found[-1].patches:
        return None
    files = [file for patch in found[-1].patches for file in patch.files]
    ours = [file for file in files if file.path.startswith(tops) and file.path.endswith(".c")]
    texts = (line.text for file in ours for hunk in file.hunks for line in hunk.lines)
    fits = ours and len(files) <= _FILES_CAP and (every or any(_WANTED.search(text[:400]) for text in texts))
    return found[-1] if fits else None
