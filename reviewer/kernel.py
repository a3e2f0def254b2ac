"""The kernel side of a review: from the series to what the model, the rules and the test catalogue say of it."""

from reviewer import change as changes
from reviewer.options import Options
from reviewer.review import (
    Answer,
    CheckedClaim,
    FilesystemRow,
    HunkPlace,
    ModelFit,
    Objection,
    Placement,
    Plan,
    Value,
)
from rules.change import Change
from threads.model import Ledger, Series, Thread


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


def look(thread: Thread, series: Series | None, ledger: Ledger, options: Options) -> Code:
    """Choose a model for the series and ask it."""
    claims = tuple(
        CheckedClaim(claim=claim, verdict="unknown", text="no kernel model was asked") for claim in ledger.claims
    )
    if series is None:
        fit = ModelFit(version="", fit="none", why="the thread holds no patch", tree="")
        return Code(fit=fit, claims=claims)
    change = changes.of_series(series, thread.messages)
    fit = ModelFit(version="", fit="none", why="no model yet", tree="")
    return Code(fit=fit, change=change, claims=claims)
