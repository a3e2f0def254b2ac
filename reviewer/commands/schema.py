"""`mkwrite schema`: the JSON Schema of the JSON report."""

import click


@click.command("schema", short_help="Print the JSON schema of the report.")
def command() -> None:
    """Print the JSON Schema (2020-12) of `mkwrite review --format json`. It also says when the version rises."""
    from importlib.resources import files

    click.echo((files("reviewer.render") / "review-v1.schema.json").read_text(encoding="utf-8"), nl=False)
