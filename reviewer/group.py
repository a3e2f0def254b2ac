"""The commands as click knows them: which is where, and what `--help` lists. Nothing is decided here.

A command is imported when it is called, so that `--help` and a small command start fast.
"""

import importlib

import click

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
