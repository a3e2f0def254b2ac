"""The command line: what is run, and what becomes of an error. Nothing else is decided here.

A command lives in `reviewer/commands/` and returns None or its exit code; it raises `Failure` for bad input. `main` is
the one place that turns exceptions into a line on standard error and an exit code. click is imported for what it has to
parse: a review with at most a format has nothing to parse, and click costs as much as reading the whole thread.
"""

import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NoReturn

from reviewer import errors

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # of the disk, and no bug of ours


def run(arguments: Sequence[str]) -> int:
    """Run one command; exceptions pass through, except those of click, which mean "stop here" (help, wrong usage)."""
    completing = "_MKWRITE_COMPLETE" in os.environ
    if not completing:
        _refuse_empty(arguments)
    if not completing and (plain := plain_review(arguments)) is not None:
        from reviewer.reporting import report

        return report(*plain)
    import click

    from reviewer.group import group

    if completing:  # the shell asks for completions; click answers and exits
        group.main(args=list(arguments), prog_name="mkwrite")
    try:
        with group.make_context("mkwrite", list(arguments)) as context:
            result: Any = group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as stop:
        raise KeyboardInterrupt from stop
    return result if isinstance(result, int) else errors.OK


def _refuse_empty(arguments: Sequence[str]) -> None:
    """Raise Failure for an empty argument, which is a shell's variable that is not set and no value of anything."""
    for before, word in pairwise(("mkwrite", *arguments)):
        if not word or (word.startswith("--") and word.endswith("=")):
            what = f"nothing is given for {word[:-1]}" if word else f"the argument after {before} is empty"
            raise errors.Failure(what, "fill it in, or leave it away; `mkwrite COMMAND --help` shows what it takes")


def plain_review(arguments: Sequence[str]) -> tuple[str, str] | None:
    """Source and format of `review SOURCE [--format FORMAT]`; None for any other command line, right or wrong."""
    if list(arguments[:1]) != ["review"]:
        return None
    from reviewer.render import FORMATS

    words = list(arguments[1:])
    fmt = "terminal"
    if "--format" in words[:-1]:
        at = words.index("--format")
        fmt = words[at + 1]
        del words[at : at + 2]
    if len(words) != 1 or not words[0] or words[0].startswith("-") or fmt not in FORMATS:
        return None
    return words[0], fmt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    if arguments is None:  # a process of our own: clean up on SIGTERM too (temporary directories, b4)
        gc.disable()  # collecting takes a tenth of a run; values have no cycles, there is next to nothing to free
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(errors.TERMINATED))
    for stream in (sys.stdout, sys.stderr):  # a report must not die of the terminal's character set
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        return run(sys.argv[1:] if arguments is None else arguments)
    except errors.Failure as failure:
        _complain(str(failure))
        return errors.BAD_INPUT
    except KeyboardInterrupt:
        _complain("interrupted")
        return errors.INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return errors.PIPE_CLOSED
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _own_bug(error)
        _complain(str(errors.Failure(f"cannot write: {errors.reason(error)}", "make room, or write somewhere else")))
        return errors.BAD_INPUT
    except Exception as error:  # noqa: BLE001 -- the one boundary
        return _own_bug(error)


def script() -> NoReturn:
    """The console script: one command, and the end of the process without freeing every object first.

    The objects of a review are a hundred thousand; taking them apart at exit is a twentieth of its time (mypy ends so,
    too). Whatever has to be cleaned up is a context that was left before.
    """
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None: the caller closed it, and nothing was written there
        try:
            stream.flush()
        except (OSError, ValueError):  # its reader has gone
            code = code or errors.PIPE_CLOSED
    os._exit(code)


def _complain(text: str) -> None:
    """One line on standard error; what came from mail or a server cannot drive the terminal."""
    from reviewer.neutral import plain

    if sys.stderr is not None:  # print would take standard output instead
        print(f"mkwrite: {plain(text[:2000])}", file=sys.stderr, flush=True)


def _own_bug(error: Exception) -> int:
    from reviewer import buglog
    from reviewer.group import version

    log = buglog.write(error, version())
    told = f"what happened is in {log}" if log else "no log could be written"
    _complain(
        f"this is a bug of mkwrite ({type(error).__name__}); {told}, please report it with the source's message-id"
    )
    return errors.OUR_BUG


def _silence_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of the pipe has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    script()
