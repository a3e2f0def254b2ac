"""`mkwrite explain RULE`: the documentation of one objection rule."""

import click

from reviewer.errors import Failure

_NAMES_SHOWN = 3


@click.command("explain", short_help="Explain one objection rule.")
@click.argument("rule")
def command(rule: str) -> None:
    """Print what RULE looks for, why it matters, when it is wrong, and an example."""
    from rules.objections import known

    rules = known()
    found = next((one for one in rules if one.id == rule.strip().lower()), None)
    if found is None:
        raise Failure(f"there is no rule {rule!r}", _next_step(rule, tuple(one.id for one in rules)))
    click.echo(f"{found.id}: {found.title}")
    shown = "only with --pedantic" if found.pedantic else "always"
    click.echo(f"severity {found.severity}, confidence {found.confidence}, shown {shown}\n")
    click.echo(found.documentation.strip())


def _next_step(asked: str, names: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(asked.lower(), names, n=_NAMES_SHOWN, cutoff=0.4)
    return f"did you mean {', '.join(close)}?" if close else "`mkwrite rules` lists them"
