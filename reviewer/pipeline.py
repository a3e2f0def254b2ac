"""The spine: raw mails in, one Review out. Writing is done after; only `from_source` reads.

The mail side and the kernel side do not know each other. They meet here: the series gives a change, the change chooses
a model, and the model answers for the hunks, the claims and the points.
"""

from collections.abc import Sequence

import msgspec

from reviewer import kernel, sources, summary
from reviewer.options import Options
from reviewer.review import Review
from threads import ledger as ledgers
from threads import messages, names, quoting, tree
from threads import series as all_series
from threads.model import Defect, Series, Thread


def from_source(source: str, options: Options, *, midmask: str | None = None, network: bool = True) -> Review:
    """Read or fetch the thread that `source` names and review it. Raises Failure for what the user can mend."""
    from reviewer import config, progress

    with progress.step("reading the thread"):
        mails = sources.read(source, midmask=midmask, network=network)
    options = msgspec.structs.replace(options, link_mask=config.masks(midmask).linkmask)
    with progress.step("reviewing"):
        return review(mails, options)


def read_thread(mails: sources.Mails) -> tuple[Thread, tuple[Series, ...]]:
    """Raw mails to the reply tree and the versions of the series in it, oldest first."""
    read = tuple(messages.parse_message(raw, where) for raw, where in mails.raws)
    thread = tree.build(names.complete(read))
    return thread, all_series.find(thread)


def review(mails: sources.Mails, options: Options) -> Review:
    """Everything there is to say about one thread. Raises Failure for a model or tree that cannot be had."""
    thread, series = read_thread(mails)
    quotes = quoting.read(thread)
    ledger = ledgers.build(thread, series, quotes)
    reviewed = all_series.current(thread, series)
    code = kernel.look(thread, reviewed, ledger, quotes, options)
    return Review(
        source=mails.description,
        link_mask=options.link_mask,
        thread=thread,
        series=series,
        reviewed=_stands_for(reviewed),
        participants=summary.participants(thread.messages, ledger.points, series),
        points=ledger.points,
        claims=code.claims,
        accounting=ledger.accounting,
        outcome=ledger.outcome,
        outcome_why=ledger.outcome_why,
        verdict=summary.verdict(ledger.points, ledger.outcome, ledger.outcome_why),
        change=code.change,
        model=code.fit,
        hunks=code.hunks,
        placements=code.placements,
        filesystems=code.filesystems,
        objections=code.objections,
        answers=code.answers,
        plan=code.plan,
        not_looked_at=mails.notes + code.not_looked_at,
        defects=_defects(mails, thread, series),
    )


def _stands_for(series: Series | None) -> str:
    if series is None:
        return ""
    first = series.cover or next(iter(series.patches), None)
    return first.msgid if first else ""


def _defects(mails: sources.Mails, thread: Thread, series: Sequence[Series]) -> tuple[Defect, ...]:
    """What could not be read, of the source, the tree, the mails and the patches, once each."""
    found = [*mails.defects, *thread.defects]
    for message in thread.messages:
        found += message.defects
    for one in series:
        for patch in (*((one.cover,) if one.cover else ()), *one.patches):
            found += patch.defects
    return tuple(dict.fromkeys(found))
