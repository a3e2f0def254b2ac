"""A kernel tree of the user's: a work tree, or a commit of a repository, bare or not; git runs only here.

The repository is not ours: plumbing only, no configuration of its that starts programs, no prompts, limits on time and
memory (reference: rule S9). Content comes through one `git cat-file --batch`.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from reviewer import programs
from reviewer.errors import Failure
from rules.extract import SIZE_CAP
from rules.graph import Model
from rules.indexing import Indexed, Item, Progress, TreeError, WorkTree, index

_SAFE = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false",
    "-c", "core.pager=cat", "-c", "diff.external=", "-c", "protocol.allow=never", "--no-pager", "--no-replace-objects",
)  # fmt: skip
_LISTING = programs.Limits(seconds=60.0, output=256 * programs.MIB)
_SECONDS = 600.0  # for all content of a tree
_REVISION = re.compile(r"[0-9A-Za-z_./@^~{}+-]{1,200}")
_ENTRY = re.compile(rb"(\d{6}) blob ([0-9a-f]{40,64})\t(.*)", re.S)


class GitTree:
    """The files of one commit."""

    def __init__(self, directory: Path, revision: str) -> None:
        self.directory = directory
        self.revision = revision

    @property
    def name(self) -> str:
        return f"{self.directory.resolve().name} at {self.revision}"

    def items(self, wanted: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Item]:
        """Blob ids come from the tree object; content only of those that are not known."""
        rows = [(path, blob) for path, blob in self._listed() if wanted(path)]
        asked = [(path, blob) for path, blob in rows if path == "Makefile" or not known(blob)]
        contents = self._contents([blob for _, blob in asked])
        missing = dict.fromkeys(asked)
        for path, blob in rows:
            if (path, blob) not in missing:
                yield Item(path, blob, None)
                continue
            data = next(contents, None)
            yield Item(path, blob, data, "" if data is not None else "git has no such object")

    def _listed(self) -> Iterator[tuple[str, str]]:
        if not _REVISION.fullmatch(self.revision) or self.revision.startswith("-"):
            raise TreeError(f"{self.revision!r} is no revision")
        done = self._run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", f"{self.revision}^{{tree}}")
        for entry in done.split(b"\0"):
            match = _ENTRY.match(entry)
            if match and match[1] in (b"100644", b"100755"):  # no links, no submodules
                yield match[3].decode("utf-8", "surrogateescape"), match[2].decode()

    def _run(self, *arguments: str) -> bytes:
        done = programs.run(["git", "-C", str(self.directory), *_SAFE, *arguments], env=_environment(), limits=_LISTING)
        if done.code or done.stopped:
            why = done.stopped or done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
            raise TreeError(f"git cannot list {self.revision} of {self.directory}: {why}")
        return done.stdout

    def _contents(self, blobs: list[str]) -> Iterator[bytes]:
        """What the objects hold, in the order asked; ends early when git does."""
        if not blobs:
            return
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{blob}\n" for blob in blobs).encode())
            asked.seek(0)
            command = ["git", "-C", str(self.directory), *_SAFE, "cat-file", "--batch"]
            with programs.stream(command, env=_environment(), stdin=asked, seconds=_SECONDS) as output:
                for _ in blobs:
                    data = _object(output)
                    if data is None:
                        return
                    yield data


def _object(output: IO[bytes]) -> bytes | None:
    """The next object of `cat-file --batch`; b"" with the rest skipped for one that is too large."""
    header = output.readline(200).split()
    if len(header) != 3 or not header[2].isdigit():
        return None
    size = int(header[2])
    kept = output.read(min(size, SIZE_CAP + 1))
    left = size - len(kept)
    while left > 0:
        chunk = output.read(min(left, 1 << 20))
        if not chunk:
            return None
        left -= len(chunk)
    output.read(1)
    return kept


def _environment() -> dict[str, str]:
    return programs.clean_environment(
        GIT_TERMINAL_PROMPT="0", GIT_OPTIONAL_LOCKS="0", GIT_NO_LAZY_FETCH="1", LC_ALL="C"
    )


def cache_directory() -> Path:
    """Where facts of trees are kept between runs."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("mkwrite", appauthor=False))


def indexed(
    directory: str | Path, revision: str | None = None, *, full: bool = False, progress: Progress | None = None
) -> Indexed:
    """The model of a user's tree. Raises Failure with what to do next."""
    root = Path(directory)
    source = GitTree(root, revision) if revision else WorkTree(root)
    try:
        if not root.is_dir():
            raise TreeError(f"{directory} is no directory")
        if not revision and not (root / "mm").is_dir() and ((root / "HEAD").is_file() or (root / ".git").exists()):
            return indexed(root, "HEAD", full=full, progress=progress)
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return index(source, cache_directory(), workers=workers, full=full, progress=progress)
    except TreeError as error:
        raise Failure(str(error), "name a kernel work tree, or a repository with --rev COMMIT", "no-tree") from error
    except FileNotFoundError as error:
        raise Failure(f"cannot run git on {directory}", "install git, or name a work tree", "no-git") from error


def model(directory: str | Path, revision: str | None = None) -> Model:
    """The model of a user's tree, for a query or a review. Raises Failure."""
    return shown(directory, revision).model


def shown(directory: str | Path, revision: str | None = None, *, full: bool = False) -> Indexed:
    """`indexed`, with a line on standard error while it takes its time, and one for what was skipped."""
    import click

    from reviewer.neutral import terminal
    from reviewer.progress import step

    done = [0, 0]

    def told(files: int, read: int) -> None:
        done[:] = [files, read]

    with step("indexing the kernel tree", count=lambda: f"{done[0]:,} files, {done[1]:,} read"):
        found = indexed(directory, revision, full=full, progress=told)
    if found.skipped:
        first = found.skipped[0]
        more = f", and {len(found.skipped) - 1} more" if len(found.skipped) > 1 else ""
        click.echo(terminal(f"mkwrite: skipped {first.path} ({first.why}){more}"), err=True)
    return found
