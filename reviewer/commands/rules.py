"""`mkwrite rules`: the objection rules, one line each."""

import click

_WIDTHS = (29, 7, 11)


@click.command("rules", short_help="List the objection rules.")
@click.option("--pedantic", is_flag=True, help="List also the rules that run only with --pedantic.")
def command(pedantic: bool) -> None:
    """List the objection rules: name, severity, confidence, title.

    `mkwrite explain RULE` prints what a rule looks for and when it is wrong.
    """
    from rules.objections import known

    shown = known(pedantic=pedantic)
    click.echo(_line("rule", "weight", "confidence", "title"))
    for rule in shown:
        click.echo(
            _line(rule.id, rule.severity, rule.confidence, rule.title + (" (pedantic)" if rule.pedantic else ""))
        )
    left_out = len(known()) - len(shown)
    if left_out:
        click.echo(f"{left_out} more with --pedantic")


def _line(*cells: str) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    return " ".join([*padded, cells[-1]])
