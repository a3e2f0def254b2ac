"""Running other programs: argument lists, no shell, limits, and the whole process group ended when one is passed.

b4 and git read hostile input, so a child gets no standard input of ours, an address-space limit, a limit on each file
it writes, and is killed with everything it started when it runs too long or produces too much. Its output is untrusted.

What is needed for that is imported by who starts such a program: a review of a file asks git one question (`answer`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import subprocess

MIB = 1024 * 1024
_POLL = 0.1  # seconds between looks at the clock and at the output directory

Stopped = Literal["", "timeout", "too-big"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the values of this module; importing the report's values here would be a detour."""


class Limits(Value, frozen=True, kw_only=True):
    seconds: float = 60.0  # wall clock
    output: int = 64 * MIB  # bytes on stdout and stderr together, and separately in `directory`
    memory: int = 2048 * MIB  # address space of each process


class Finished(Value, frozen=True, kw_only=True):
    code: int  # negative: the signal that ended it
    stdout: bytes
    stderr: bytes
    stopped: Stopped  # why we ended it, "" when it ended by itself


def clean_environment(**changes: str) -> dict[str, str]:
    """The user's environment without git's variables (a hook's GIT_DIR must not redirect us), plus `changes`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, **changes}


def run(
    arguments: Sequence[str | Path],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    limits: Limits | None = None,
    directory: Path | None = None,
) -> Finished:
    """Run a program to its end and return what it wrote.

    `directory`: where the program writes files; their total size counts against `limits.output` too. Raises
    FileNotFoundError when there is no such program.
    """
    limits = limits or Limits()
    process = _start(arguments, cwd=cwd, env=env, stdin=stdin, limits=limits)
    try:
        stdout, stderr, stopped = _collect(process, limits, directory)
    finally:
        end(process)
    return Finished(code=process.returncode, stdout=stdout, stderr=stderr, stopped=stopped)


def answer(arguments: Sequence[str], seconds: float = 10.0) -> bytes:
    """What a program writes that reads nothing of a stranger's, b"" when it takes longer.

    A question to the user's git costs a third of what `run` does. Raises FileNotFoundError when there is no such
    program.
    """
    read, write = os.pipe()
    with os.fdopen(read, "rb", buffering=0) as pipe:
        try:
            files = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, write, 1),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ]
            pid = os.posix_spawnp(
                arguments[0], list(arguments), os.environ, file_actions=files, setsigdef=[signal.SIGPIPE], setpgroup=0
            )
        finally:
            os.close(write)
        try:
            return _told(pipe, time.monotonic() + seconds)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _told(pipe: IO[bytes], deadline: float) -> bytes:
    """All that comes through a pipe, b"" when it is still open at the deadline."""
    import select

    found = []
    while (left := deadline - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            found.append(pipe.read(65536))
            if not found[-1]:
                return b"".join(found)
    return b""


@contextlib.contextmanager
def stream(
    arguments: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    seconds: float,
) -> Iterator[IO[bytes]]:
    """Run a program and read its standard output as it comes; it is ended after `seconds` or when the block ends.

    An end that came too early shows as end of file: the caller knows how much it expects.
    """
    import threading

    limits = Limits(seconds=seconds)
    process = _start(arguments, cwd="/", env=env, stdin=stdin, limits=limits, quiet=True)
    watchdog = threading.Timer(seconds, kill_group, (process,))
    watchdog.daemon = True
    watchdog.start()
    try:
        assert process.stdout is not None
        yield process.stdout
    finally:
        watchdog.cancel()
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the program's process group, reap the program and close its pipes."""
    kill_group(process)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it has started; nothing when it is gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS, for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)


def _start(
    arguments: Sequence[str | Path],
    *,
    cwd: str | Path | None,
    env: Mapping[str, str] | None,
    stdin: IO[bytes] | None,
    limits: Limits,
    quiet: bool = False,
) -> subprocess.Popen[bytes]:
    import subprocess

    process = subprocess.Popen(
        [os.fspath(argument) for argument in arguments],
        cwd=cwd,
        env=env,
        stdin=stdin if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
        start_new_session=True,
    )
    _limit(process.pid, limits)
    return process


def _limit(pid: int, limits: Limits) -> None:
    """Set limits from outside: preexec_fn is unsafe with threads, and the child needs milliseconds to do any harm."""
    import resource

    prlimit = getattr(resource, "prlimit", None)
    if prlimit is None:  # not Linux: the clock and the output limit remain
        return
    wanted = ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_FSIZE, limits.output), (resource.RLIMIT_CORE, 0))
    for which, value in wanted:
        with contextlib.suppress(
            ProcessLookupError, PermissionError, ValueError
        ):  # gone already, or a lower hard limit
            prlimit(pid, which, (value, value))


def _collect(process: subprocess.Popen[bytes], limits: Limits, directory: Path | None) -> tuple[bytes, bytes, Stopped]:
    import selectors

    deadline = time.monotonic() + limits.seconds
    chunks: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    total = 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout or 0, selectors.EVENT_READ, "stdout")
        selector.register(process.stderr or 0, selectors.EVENT_READ, "stderr")
        while selector.get_map():
            stopped = _passed(deadline, total, limits, directory)
            if stopped:
                return b"".join(chunks["stdout"]), b"".join(chunks["stderr"]), stopped
            for key, _ in selector.select(_POLL):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                chunks[key.data].append(data)
                total += len(data)
    return b"".join(chunks["stdout"]), b"".join(chunks["stderr"]), _wait(process, deadline, total, limits, directory)


def _wait(
    process: subprocess.Popen[bytes], deadline: float, total: int, limits: Limits, directory: Path | None
) -> Stopped:
    """Both pipes are closed; the program may still run."""
    import subprocess

    while True:
        stopped = _passed(deadline, total, limits, directory)
        try:
            process.wait(0.0 if stopped else _POLL)
        except subprocess.TimeoutExpired:
            if not stopped:
                continue
        return stopped if stopped != "timeout" or process.returncode is None else ""


def _passed(deadline: float, total: int, limits: Limits, directory: Path | None) -> Stopped:
    if time.monotonic() > deadline:
        return "timeout"
    if total > limits.output or (directory is not None and _size(directory) > limits.output):
        return "too-big"
    return ""


def _size(directory: Path) -> int:
    """Bytes of all files below `directory`; files that come and go meanwhile do not matter."""
    total = 0
    pending = [os.fspath(directory)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
    return total
