"""`mkwrite completion`: the completion script of a shell."""

import click
from click import shell_completion


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    bash: put `eval "$(mkwrite completion bash)"` into ~/.bashrc. zsh: the same with zsh into ~/.zshrc.
    fish: mkwrite completion fish > ~/.config/fish/completions/mkwrite.fish
    """
    from reviewer.group import group

    script = shell_completion.get_completion_class(shell)
    assert script is not None  # the Choice above admits only shells that click knows
    click.echo(script(group, {}, "mkwrite", "_MKWRITE_COMPLETE").source())
