"""Reading what the plan's tables are built from: pairs, public-inbox archives, the history of xfstests.

The archives are bare public-inbox v2 repositories (each commit has the mail as file `m`). Nothing of their text goes
into the project: names of changed functions, files and identifiers, names of tests, dates and counts do.
"""

import contextlib
import email
import email.policy
import json
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.change import _opens_table, defined_in, name_in
from rules.testplan.mentions import named_tests
from rules.testplan.stems import stem
from rules.testplan.values import Query

UNTIL = "2023-01-01"  # the shipped tables hold nothing of this day or later
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@ ?(.*)$")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,60}")
_TAG = re.compile(r"\[[^\]]*(?:PATCH|RFC)[^\]]*\]", re.IGNORECASE)
_REPLY = re.compile(r"\s*re:", re.IGNORECASE)
_IN_STACK = re.compile(r"\b([a-z_][a-z0-9_]{4,50})(?:\.(?:isra|constprop|part|cold)\.?\d*)?\+0x[0-9a-f]+/0x")
_IN_PROSE = re.compile(r"\b([a-z][a-z0-9]*_[a-z0-9_]{3,50})\(\)")
_KERNEL = re.compile(r"(fs|mm|block|drivers|kernel|io_uring|include|lib|net|arch|security)/")
_IDS = 600
_TESTS_OF_A_COMMIT = 3
_PROSE_WORD = re.compile(r"[a-z][a-z0-9_]{2,40}")
_TRAILER = re.compile(r"\s*(?:[A-Z][a-z]+-)+by:|\s*(?:Cc|Link|Fixes):", re.IGNORECASE)


class Mail(NamedTuple):
    msgid: str
    day: str
    subject: str
    references: tuple[str, ...]
    text: str

    @property
    def is_patch(self) -> bool:
        return bool(_TAG.search(self.subject)) and not _REPLY.match(self.subject)


class Names(NamedTuple):
    """What a diff changes."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    identifiers: tuple[str, ...]
    added: int
    deleted: int

    def query(self, date: str) -> Query:
        return Query(**self._asdict(), date=date)


def pairs(path: Path) -> list[dict[str, Any]]:
    """The units of pairs_public.jsonl."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_names(path: Path | None) -> dict[str, Names]:
    """unit id -> what it changes, as `train_plan names` wrote it; empty for None."""
    if path is None:
        return {}
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {row[0]: Names(tuple(row[1]), tuple(row[2]), tuple(row[3]), row[4], row[5]) for row in rows}


def gold(unit: dict[str, Any]) -> list[str]:
    """Tests that count for the prospective score: grade 2, in the tree, older than the first posting."""
    if unit["stable"]:
        return []
    return [
        test["test"]
        for test in unit["tests"]
        if test["grade"] == 2 and test["in_tree"] and test["existed_before_first_post"]
    ]


def mails(archive: Path) -> Iterator[Mail]:
    """All mails of one archive, newest first. `day` is the commit's."""
    log = subprocess.run(
        ["git", "-C", archive, "log", "--format=%H %cs"], capture_output=True, text=True, check=True
    ).stdout
    commits = [line.split() for line in log.splitlines()]
    for (_, day), raw in zip(commits, blobs(archive, [f"{commit}:m" for commit, _ in commits]), strict=True):
        if raw is not None:
            yield _mail(raw, day)


def blobs(repository: Path, names: list[str]) -> Iterator[bytes | None]:
    """Contents by object name; None for one that is missing or above 3 MB."""
    with subprocess.Popen(
        ["git", "-C", repository, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, names), daemon=True)
        feeder.start()
        for _ in names:
            head = process.stdout.readline().split()
            if head[-1] == b"missing":
                yield None
                continue
            data = process.stdout.read(int(head[2]) + 1)[:-1]
            yield data if len(data) < 3_000_000 else None


def _feed(stdin: Any, names: list[str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        stdin.write("".join(f"{name}\n" for name in names).encode())
        stdin.close()


def _mail(raw: bytes, day: str) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = []
    for part in message.walk():
        payload = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
        if isinstance(payload, bytes):
            parts.append(payload.decode("utf-8", "replace"))
    references = re.findall(r"<([^>\s]+)>", f"{message.get('in-reply-to', '')} {message.get('references', '')}")
    return Mail(
        msgid=str(message.get("message-id", "")).strip().strip("<>"),
        day=day,
        subject=" ".join(str(message.get("subject", "")).split()),
        references=tuple(references),
        text="\n".join(parts).replace("\r", "")[:400_000],
    )


def names_of(texts: Iterable[str]) -> Names:
    """Files, functions and identifiers that the diffs in these mails change."""
    files: dict[str, None] = {}
    functions: dict[str, None] = {}
    identifiers: dict[str, None] = {}
    counts = [0, 0]
    for text in texts:
        for path, header, lines in _hunks(text):
            files.setdefault(path)
            changed = [line for line in lines if line[:1] in ("+", "-")]
            counts[0] += sum(line[0] == "+" for line in changed)
            counts[1] += sum(line[0] == "-" for line in changed)
            if path.endswith((".c", ".h", ".S")):
                functions.update(dict.fromkeys(_functions(header, lines)))
            for line in changed:
                if len(identifiers) < _IDS:
                    identifiers.update(dict.fromkeys(_IDENTIFIER.findall(line[1:401])))
    return Names(tuple(files), tuple(functions), tuple(identifiers)[:_IDS], *counts)


def _hunks(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """(path, text after the second @@, lines with their signs) of every hunk."""
    lines = iter(text.split("\n"))
    path = before = ""
    for line in lines:
        if line.startswith("+++ "):
            path = _path(line) or _path(before)
        match = _HUNK.match(line) if path and line.startswith("@@") else None
        before = line
        if match is None:
            continue
        old, new, hunk = int(match[1] or 1), int(match[2] or 1), []
        while old > 0 or new > 0:
            row = next(lines, None)
            if row is None or row[:1] not in ("+", "-", " ", "\\", ""):
                break
            old -= row[:1] in ("-", " ", "")
            new -= row[:1] in ("+", " ", "")
            hunk.append(row)
        yield path, match[3], hunk


def _path(line: str) -> str:
    path = line[4:].split("\t", maxsplit=1)[0].strip()
    return "" if path == "/dev/null" else path.removeprefix("a/").removeprefix("b/")


def _functions(header: str, lines: list[str]) -> Iterator[str]:
    """As `reviewer.change` does without a model."""
    current, closed = name_in(header), False
    for line in lines:
        sign, text = line[:1], line[1:401]
        defined = defined_in(text)
        if defined:
            current, closed = defined, False
        elif text.startswith("}"):
            closed = True
            if sign in ("+", "-") and current:
                yield current
            continue
        elif _opens_table(text):
            closed = True
        if sign in ("+", "-") and text.strip() and current and not closed:
            yield current


def changes(kernel: bool, mail: Mail) -> Names | None:
    """What a patch mail changes; None for a mail that is no patch, or with `kernel` none to the kernel."""
    if not mail.is_patch or "\n+++ " not in mail.text:
        return None
    names = names_of([mail.text])
    if kernel and (not any(map(_KERNEL.match, names.files)) or any(path.startswith("tests/") for path in names.files)):
        return None
    return names


def reported(mail: Mail, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """(tests, functions, stems of words) of a mail that names one to five tests; functions of prose and back traces."""
    if "/" not in mail.text or "diff --git a/tests/" in mail.text:
        return (), (), frozenset()
    own = [line[:500] for line in mail.text.split("\ndiff --git ")[0].split("\n") if not line.startswith(">")]
    tests = tuple(sorted({mention.test for mention in named_tests(own)} & known))
    if not 1 <= len(tests) <= 5:
        return (), (), frozenset()
    functions = {name for line in own for pattern in (_IN_STACK, _IN_PROSE) for name in pattern.findall(line)}
    kept = [name for name in functions if not name.startswith(("__x64", "entry_", "asm_", "_raw_", "ret_from"))]
    return tests, tuple(sorted(kept)[:60]), stems([mail.subject, *own[:200], *kept])


def prose(mail: Mail) -> frozenset[str]:
    """Stems of the words of a patch's subject and message."""
    head = re.split(r"\n---\s*\n|\ndiff --git ", mail.text, maxsplit=1)[0]
    lines = [line[:300] for line in head.split("\n")[:150] if not line.startswith(">") and not _TRAILER.match(line)]
    return stems([mail.subject, *lines])


def stems(lines: Iterable[str]) -> frozenset[str]:
    """Of the words of these lines, and of the parts of those with underscores."""
    words = {word for line in lines for word in _PROSE_WORD.findall(line.lower())}
    words |= {part for word in words if "_" in word for part in word.split("_") if len(part) > 1}
    return frozenset(map(stem, words))


def git(repository: Path, *arguments: str) -> str:
    """Output of a git command in a work tree or bare repository."""
    done = subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def additions(repository: Path) -> Iterator[tuple[str, str]]:
    """(date, test) of every commit that adds a test, oldest first."""
    log = git(
        repository, "log", "--reverse", "--no-renames", "--diff-filter=A", "--format=@%cs", "--name-only", "--", "tests"
    )  # fmt: skip
    day = ""
    for line in log.split("\n"):
        if line.startswith("@"):
            day = line[1:]
        elif re.fullmatch(r"tests/[a-z0-9]+/\d{3,4}", line):
            yield day, line.removeprefix("tests/")


def scripts(repository: Path, tests: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(test, text) as it was on the last day before UNTIL, or as first added when that is later."""
    commit = git(repository, "rev-list", "-1", f"--before={UNTIL} 00:00", "HEAD").strip()
    there = set(git(repository, "ls-tree", "-r", "--name-only", commit, "tests").split())
    added: dict[str, str] = {}
    current = ""
    for line in git(
        repository, "log", "--reverse", "--no-renames", "--diff-filter=A", "--format=@%H", "--name-only",
        f"--since={UNTIL}", "HEAD", "--", "tests",
    ).split("\n"):  # fmt: skip
        if line.startswith("@"):
            current = line[1:]
        elif line:
            added[line] = current
    wanted = [(test, f"tests/{test}") for test in tests]
    names = [f"{added.get(path) or commit}:{path}" for _, path in wanted if path in added or path in there]
    kept = [test for test, path in wanted if path in added or path in there]
    for test, data in zip(kept, blobs(Path(repository), names), strict=True):
        if data is not None:
            yield test, data.decode("utf-8", "replace")


def messages(repository: Path) -> dict[str, str]:
    """test -> messages of the commits before UNTIL that touch it and at most two others, without their trailers.

    Of a later test the message of the commit that added it: it is as old as the test.
    """
    before = _messages(repository, f"--before={UNTIL} 00:00")
    later = _messages(repository, f"--since={UNTIL} 00:00", "--diff-filter=A")
    return later | before


def _messages(repository: Path, *limits: str) -> dict[str, str]:
    log = git(
        repository, "log", "--no-renames", "--no-merges", *limits, "--format=%x01%B%x02", "--name-only", "HEAD", "--",
        "tests",
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for commit in log.split("\x01")[1:]:
        text, _, files = commit.partition("\x02")
        tests = re.findall(r"^tests/([a-z0-9]+/\d{3,4})$", files, re.MULTILINE)
        if 1 <= len(tests) <= _TESTS_OF_A_COMMIT:
            kept = "\n".join(line for line in text.split("\n") if not _TRAILER.match(line))
            for test in tests:
                found.setdefault(test, []).append(kept)
    return {test: "\n".join(texts) for test, texts in found.items()}
