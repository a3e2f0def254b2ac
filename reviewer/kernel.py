"""The kernel side of a review: from the series to what the model, the rules and the test catalogue say of it."""

from functools import partial
from typing import TYPE_CHECKING

from reviewer import change as changes
from reviewer.options import Options
from reviewer.review import (
    Answer,
    CheckedClaim,
    FilesystemRow,
    HunkPlace,
    ModelFit,
    Objection,
    Place,
    Placement,
    Plan,
    Value,
)
from rules.change import Change
from threads.model import Claim, Ledger, Series, Thread
from threads.quoting import Quoting

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules.graph import Model
    from rules.lookups import Verdict
    from rules.select import Selection


class Code(Value, frozen=True, kw_only=True):
    """What is said about the code; empty, with the reason in `fit` and `not_looked_at`, when nothing can be."""

    fit: ModelFit
    change: Change | None = None
    claims: tuple[CheckedClaim, ...] = ()
    hunks: tuple[HunkPlace, ...] = ()
    placements: tuple[Placement, ...] = ()
    filesystems: tuple[FilesystemRow, ...] = ()
    objections: tuple[Objection, ...] = ()
    answers: tuple[Answer, ...] = ()
    plan: Plan | None = None
    not_looked_at: tuple[str, ...] = ()


def look(thread: Thread, series: Series | None, ledger: Ledger, quotes: Quoting, options: Options) -> Code:
    """Choose a model for the series and ask it. Raises Failure for a model or tree that cannot be had."""
    if series is None:
        fit = ModelFit(version="", fit="none", why="the thread holds no patch", tree="")
        return Code(
            fit=fit, claims=_unchecked(ledger.claims, "there is no patch that would tell which kernel is meant")
        )
    change = changes.of_series(series, thread.messages)
    model, fit = choose(change, options)
    if fit.fit == "exact":  # only then are the model's lines those of the patch
        change = changes.of_series(series, thread.messages, model)
    return _answers(thread=thread, change=change, model=model, fit=fit, ledger=ledger, quotes=quotes, options=options)


def choose(change: Change, options: Options) -> "tuple[Model, ModelFit]":
    """The model that is asked, and why this one: the user's tree or version, else the one that fits the change best."""
    from reviewer.commands.opening import opened
    from rules import select, store

    if options.kernel or options.tree or options.rev:
        model = opened(options.kernel, options.tree, options.rev)
        return model, _fit(select.asked(change, model), model)
    if not store.shipped():
        opened(None, None, None)  # raises: it says what to do
    chosen = select.choose(change)
    model = opened(chosen.version, None, None)
    return model, _fit(chosen, model)


def _fit(chosen: "Selection", model: "Model") -> ModelFit:
    return ModelFit(version=chosen.version, fit=chosen.fit, why=chosen.why, tree=model.tree)


def _answers(
    *,
    thread: Thread,
    change: Change,
    model: "Model",
    fit: ModelFit,
    ledger: Ledger,
    quotes: Quoting,
    options: Options,
) -> Code:
    from reviewer import joins, places, planning

    hunks, left = places.of_change(change, model)
    named = tuple(planning.named(thread.messages, quotes))
    plan = planning.plan(change, model, named)
    joined = joins.of_change(
        change,
        model,
        ledger.points,
        pedantic=options.pedantic,
        tests=tuple(one.test for one in plan.suggestions if one.tier == "regression"),
        tests_named=tuple(one.test for one in named),
    )
    return Code(
        fit=fit,
        change=change,
        claims=_checked(ledger.claims, quotes, model, "" if fit.fit in ("exact", "asked") else change.date),
        hunks=hunks,
        placements=joined.placements,
        filesystems=joined.filesystems,
        objections=joined.objections,
        answers=joined.answers,
        plan=plan,
        not_looked_at=left + joined.skipped,
    )


def _checked(found: tuple[Claim, ...], quotes: Quoting, model: "Model", date: str) -> tuple[CheckedClaim, ...]:
    """The verdicts; `date` is the patch's when the model is not of its very kernel, else ""."""
    if not found:
        return ()
    from reviewer import claimed
    from rules import claims

    meant = claimed.contexts(found, quotes)
    checked = []
    for claim in found:
        ask = partial(claims.check, claim.type, claim.symbols, claim.text or claim.quote, context=meant[claim.id])
        told = ask(model=model)
        if told.verdict == "contradicted" and date:
            told = _in_both(told, ask, model, date)
        places = tuple(Place(file=one.file, line=one.line, function=one.function) for one in told.places)
        checked.append(CheckedClaim(claim=claim, verdict=told.verdict, text=told.text, places=places))
    return tuple(checked)


def _in_both(told: "Verdict", ask: "Callable[..., Verdict]", model: "Model", date: str) -> "Verdict":
    """A contradiction counts when the kernels before and after the mail agree: code changes between releases."""
    from rules import select, store
    from rules.lookups import Verdict

    before = select.released_before(model.version, date)
    others = [version for version in store.shipped() if select.released_before(version, date) != before]
    if not others:
        return told
    other = store.load(others[0] if before else others[-1])
    if ask(model=other).verdict == "contradicted":
        return told
    text = f"{told.text}; not so in {other.version}, and the mail is of the time between"
    return Verdict(verdict="unknown", text=text, places=told.places)


def _unchecked(claims: tuple[Claim, ...], why: str) -> tuple[CheckedClaim, ...]:
    return tuple(CheckedClaim(claim=claim, verdict="unknown", text=why) for claim in claims)
