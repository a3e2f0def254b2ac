"""`mkwrite man`: the manual page, made from the same help texts that `--help` shows."""

import re

import click

ENVIRONMENT = (
    ("NO_COLOR", "Any value: no colour on a terminal."),
    (
        "XDG_CACHE_HOME",
        "Kernel models made from your trees and indexes of public-inbox clones are kept in mkwrite/ there.",
    ),
    ("XDG_STATE_HOME", "After a bug of mkwrite its log, without text from mail, is in mkwrite/ there."),
)
CONFIGURATION = (
    ("b4.midmask", "The public-inbox server that threads are fetched from, with %s for the message-id."),
    ("b4.linkmask", "What the report links mails to, with %s for the message-id."),
)
STATUS = (
    ("0", "Done."),
    ("1", "Bad input, or a fetch that failed; one line on standard error says which, and what to try."),
    ("2", "Wrong usage."),
    ("3", "A bug of mkwrite."),
    ("10", "The condition of --fail-on was met."),
    ("130", "Interrupted."),
    ("141", "The reader of the output went away."),
    ("143", "Ended by SIGTERM."),
)


@click.command("man", short_help="Print the manual page.")
def command() -> None:
    """Print the manual page as roff, for instance for `mkwrite man | man -l -`."""
    from reviewer.group import group

    click.echo(page(group))


def page(group: click.Group) -> str:
    """The whole page: one section for the program, one for each command."""
    context = click.Context(group, info_name="mkwrite", max_content_width=1000)
    parts = [
        '.TH MKWRITE 1 "" "mkwrite" "User Commands"',
        ".SH NAME",
        escaped("mkwrite - review a Linux filesystem or mm patch from its mail thread"),
        ".SH SYNOPSIS",
        "\\fBmkwrite\\fR [OPTIONS] COMMAND [ARGS]...",
        ".SH DESCRIPTION",
        prose(group.help or ""),
        ".SH COMMANDS",
    ]
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if found is not None:
            parts += _command(found, click.Context(found, info_name=name, parent=context, max_content_width=1000), name)
    for title, table in (("CONFIGURATION", CONFIGURATION), ("ENVIRONMENT", ENVIRONMENT), ("EXIT STATUS", STATUS)):
        parts.append(f".SH {title}")
        parts += [_term(term, text) for term, text in table]
    parts += [".SH SEE ALSO", ".BR b4 (1),", ".BR git-config (1)"]
    return "\n".join(parts)


def _command(command: click.Command, context: click.Context, name: str) -> list[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f".SS {escaped(f'mkwrite {name} {usage}'.rstrip())}", prose(command.help or command.short_help or "")]
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    parts += [_term(*record) for record in records if record is not None]
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                inner = click.Context(found, info_name=below, parent=context, max_content_width=1000)
                parts += _command(found, inner, f"{name} {below}")
    return parts


def _term(term: str, text: str) -> str:
    return f".TP\n.B {escaped(term)}\n{escaped(' '.join(text.split()))}"


def prose(text: str) -> str:
    """Help text as paragraphs; click's \\b mark keeps the lines of a paragraph as they are."""
    paragraphs = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip()):
        lines = [escaped(line.strip()) for line in paragraph.split("\n")]
        if lines[0] == "\b":
            paragraphs.append("\n".join([".nf", *lines[1:], ".fi"]))
        else:
            paragraphs.append("\n".join(lines))
    return "\n.PP\n".join(paragraphs)


def escaped(text: str) -> str:
    """Text that roff takes literally: backslashes, minus signs, and a dot or quote at the start of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)
