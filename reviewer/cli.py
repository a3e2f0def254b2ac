"""The command line: which command is where, and what becomes of an error. Nothing else is decided here.

A command lives in `reviewer/commands/` and is imported when it is called, so that `--help` and a small command start
fast. A command returns None or its exit code; it raises `Failure` for bad input. `main` is the one place that turns
exceptions into a line on standard error and an exit code.
"""

import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from reviewer import errors

# name: (module:object, the one line that `mkwrite --help` shows; the command's own short help is the same)
COMMANDS = {
    "review": ("reviewer.commands.review:command", "Review the thread that holds a message-id or a file."),
    "diff": ("reviewer.commands.diff:command", "Show the patch with the review under its lines."),
    "plan": ("reviewer.commands.plan:command", "Plan the tests for a patch: which, why, and the command."),
    "path": ("reviewer.commands.path:command", "Show the call chains from a path's entries to a function."),
    "op": ("reviewer.commands.op:command", "Show who implements an operation and how."),
    "state": ("reviewer.commands.state:command", "Show where a page or folio state is tested, set or cleared."),
    "model": ("reviewer.commands.model:command", "List the kernel models, or show what one holds."),
    "rules": ("reviewer.commands.rules:command", "List the objection rules."),
    "explain": ("reviewer.commands.explain:command", "Explain one objection rule."),
    "schema": ("reviewer.commands.schema:command", "Print the JSON schema of the report."),
    "b4-check": ("reviewer.commands.b4:check", "Check a series for b4: a mail on stdin, JSON on stdout."),
    "b4-review": ("reviewer.commands.b4:review", "Write the review where b4 imports it."),
    "completion": ("reviewer.commands.completion:command", "Print the completion script of a shell."),
    "man": ("reviewer.commands.man:command", "Print the manual page."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when called, and listed without being imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"mkwrite {version()}")
        ctx.exit()


def version() -> str:
    """The version of the installed distribution, "unknown" when run from a tree that was never installed."""
    from importlib import metadata  # 20 ms that only this option pays

    try:
        return metadata.version("mkwrite")
    except metadata.PackageNotFoundError:
        return "unknown"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def group() -> None:
    """Review a Linux filesystem or mm patch from its mail thread.

    Reads the thread of a message-id (fetched through b4) or of a local mail file, and tells what was objected and how
    each objection ended, where the change stands on the page-fault path, and which tests to run.

    Exit status: 0 done, 1 bad input or failed fetch, 2 wrong usage, 3 a bug of mkwrite, 10 --fail-on was met, 130
    interrupted.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; exceptions pass through, except those that mean "stop here" (help, version)."""
    if "_MKWRITE_COMPLETE" in os.environ:  # the shell asks for completions; click answers and exits
        group.main(args=list(arguments), prog_name="mkwrite")
    try:
        with group.make_context("mkwrite", list(arguments)) as context:
            result: Any = group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    return result if isinstance(result, int) else errors.OK


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
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return errors.INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return errors.PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 -- the one boundary
        return _own_bug(error)


def script() -> NoReturn:
    """The console script: one command, and the end of the process without freeing every object first.

    The objects of a review are a hundred thousand; taking them apart at exit is a twentieth of its time (mypy ends so,
    too). Whatever has to be cleaned up is a context that was left before.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # none, or its reader has gone
            code = code or errors.PIPE_CLOSED
    os._exit(code)


def _complain(text: str) -> None:
    """One line on standard error; what came from mail or a server cannot drive the terminal."""
    from reviewer.neutral import plain

    click.echo(f"mkwrite: {plain(text[:2000])}", err=True)  # print would take standard output when stderr is closed


def _own_bug(error: Exception) -> int:
    from reviewer import buglog

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
