"""`mkwrite plan SOURCE`: which tests to run for a patch or series, on what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviewer.commands.options import kernel_options, source_options
from reviewer.errors import Failure

if TYPE_CHECKING:
    from reviewer.options import Options
    from reviewer.sources import Mails
    from rules.change import Change
    from rules.graph import Model
    from rules.testplan.values import Named, TestPlan
    from threads.model import Series

_DATE = r"\d{4}-\d{2}-\d{2}"


@click.command("plan", short_help="Plan the tests for a patch: which, why, and the command.")
@click.argument("source")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--xfstests", type=click.Path(), metavar="DIR", help="Your xfstests tree, instead of the shipped table.")
@click.option(
    "--suite-tree",
    "suite_tree",
    type=click.Path(),
    multiple=True,
    metavar="DIR",
    help="Your LTP, blktests or stress-ng.",
)
@click.option("--budget", metavar="TIME", help="Time that one configuration may take: 90s, 30m, 2h, 1h30m.")
@click.option("--results", type=click.Path(), metavar="DIR", help="results/ of your runs: its check.time files.")
@click.option("--expunge", type=click.Path(), metavar="FILE", help="Tests that are known to fail, one a line.")
@click.option("--before", metavar="DATE", help="Only tests older than this date (2023-06-30).")
@click.option("--diff-only", is_flag=True, help="Use neither the message nor what people say; only the diff.")
@kernel_options
@source_options
def command(
    *,
    source: str,
    form: str,
    xfstests: str | None,
    suite_tree: tuple[str, ...],
    budget: str | None,
    results: str | None,
    expunge: str | None,
    before: str | None,
    diff_only: bool,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
    midmask: str | None,
    no_network: bool,
) -> None:
    """Rank the tests for the newest version of the series in SOURCE, and say where and how to run them.

    SOURCE is what `mkwrite review` takes. Every test stands with what it rests on: a behaviour that the changed code
    can affect, earlier patches to the same code, an annotation of the test, a person's mail.
    """
    from reviewer import sources, testtree
    from reviewer.options import Options
    from reviewer.render import plantext
    from rules.testplan import plan as plans

    date = _date(before)
    allowed = testtree.budget(budget, results)
    expunged = testtree.expunged(expunge)
    mails = sources.read(source, midmask=midmask, network=not no_network)
    change, title, model, named, notes = _change(mails, Options(kernel=kernel, tree=tree, rev=rev))
    own = testtree.opened(xfstests) if xfstests else None
    suites, unread = testtree.suite_trees(suite_tree)
    made = plans.build(
        change,
        model,
        named=named,
        before=date,
        xfstests=own.catalogue if own else None,
        words=own.words if own else None,
        budget=allowed,
        expunged=expunged,
        diff_only=diff_only,
        suite_trees=suites,
    )
    notes += (own.notes if own else ()) + unread
    click.echo(_json(source, made, notes) if form == "json" else plantext.render(made, notes, title))


def _date(text: str | None) -> str:
    import datetime
    import re

    if text is None:
        return ""
    try:
        if re.fullmatch(_DATE, text, re.ASCII):
            datetime.date.fromisoformat(text)  # 2023-06-31 is none
            return text
    except ValueError:
        pass
    raise Failure(f"--before is not a date: {text}", "write it as 2023-06-30")


def _change(mails: Mails, options: Options) -> tuple[Change, str, Model | None, tuple[Named, ...], tuple[str, ...]]:
    """The newest series as a change, which one it is, the kernel model for it, the tests that people name, notes."""
    from reviewer import change as changes
    from reviewer import kernel as kernels
    from reviewer import pipeline, planning
    from threads import quoting
    from threads import series as all_series

    thread, series = pipeline.read_thread(mails)
    wanted = all_series.current(thread, series)
    if wanted is None:
        raise Failure(f"{mails.description} holds no patch", "name a thread or a file with a diff", "no-patch")
    change = changes.of_series(wanted, thread.messages)
    if not change.files:
        raise Failure(f"the patches of {mails.description} hold no diff", "name the mail that has it", "no-patch")
    model, fit = kernels.choose(change, options)
    change = changes.of_series(wanted, thread.messages, model)
    named = tuple(planning.named(thread.messages, quoting.read(thread)))
    return change, _title(wanted), model, named, (*mails.notes, f"kernel model: {fit.version}, {fit.why}")


def _title(series: Series) -> str:
    """Like "foofs: take the lock, v2, 2 of 3 patches"."""
    held, promised = len(series.patches), max(series.expected, len(series.patches))
    told = [series.subject]
    told += [f"v{series.version}"] if series.version > 1 else []
    told += [f"{promised if held == promised else f'{held} of {promised}'} patches"] if promised > 1 else []
    return ", ".join(told)


def _json(source: str, made: TestPlan, notes: tuple[str, ...]) -> str:
    import msgspec

    from reviewer import neutral

    document: dict[str, Any] = {
        "format": "mkwrite plan 1",
        "source": source,
        "catalogue": made.catalogue,
        "behaviours": made.behaviours,
        "tests": [{"test": one.test, "score": one.score, "reasons": one.reasons} for one in made.ranked],
        "plan": made.suggestions,
        "runs": made.runs,
        "config": made.config,
        "commands": [one.line for one in made.commands],
        "local_config": made.local_config,
        "notes": notes + made.notes,
    }
    return neutral.json(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
