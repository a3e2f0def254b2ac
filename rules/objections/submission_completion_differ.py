"""The error path of submission and that of completion treat the page differently.

What:
The patch adds what an error does to the page (uptodate, error flag, mapping error) where I/O is submitted or where it
completes, and the functions of the other phase in the same file handle errors without doing the same.

Why it matters:
Whether a write fails before the bio is sent or after must make no difference to a reader, to fsync() or to the next
fault; a page that is treated one way or the other by accident of timing is a bug that no test reproduces.

Known false positives:
Code where only one of the two phases can see the page, and files that hold several unrelated I/O paths.

Example:
    Submission clears uptodate after an error of ->map_blocks; completion after an error of the bio does not.

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fired on 11; 0 of 11 read were
right (code that moved or went). Now it speaks of what is added only, and is not measured again: it is pedantic.
"""

import re
from collections.abc import Iterator

from rules import evidence
from rules.change import Change
from rules.concepts import find
from rules.guards import Guard
from rules.model import Site
from rules.objections.base import Facts, Finding, Rule

_COMPLETION = re.compile(r"end_io|endio|end_bio|finish|complet|_done|ioend|^end_")
_STATES = frozenset({"uptodate", "error", "mapping_error"})


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    gone = frozenset((item.op, item.subject) for item in facts.effects if item.sign == "-")
    return tuple(finding for guard in facts.guards for finding in _for(guard, gone, change, facts))


def _for(guard: Guard, gone: frozenset[tuple[str, str]], change: Change, facts: Facts) -> Iterator[Finding]:
    concept = find(guard.spelling)
    side = evidence.side_of(guard.function)
    if (
        evidence.of_metadata(guard.function)
        or guard.kind != "state change added"
        or guard.subject not in _STATES
        or concept is None
        or not side
    ):
        return
    if (concept.op, guard.subject) in gone:
        return  # it moves
    if facts.model is None or facts.function(guard.function, guard.file) is None or not _speaks_of_error(guard):
        return
    others = [
        site for site in _other_phase(guard, facts) if facts.model.functions[site.function].name not in change.functions
    ]
    same = [site for site in others if (site.subject, site.op) == (guard.subject, concept.op)]
    if others and not same:
        phase = "submission" if _COMPLETION.search(guard.function) else "completion"
        yield Finding(
            text=f"After an error {guard.function}() does {guard.spelling}(); the {phase} side handles errors and does "
            f"not: {evidence.told(facts.model, others)}.",
            file=guard.file,
            line=guard.line,
            function=guard.function,
            spots=tuple(evidence.spot_of(facts.model, site) for site in others[:4]),
            words=(guard.subject, guard.spelling, "completion", "error"),
        )


def _speaks_of_error(guard: Guard) -> bool:
    return any(word in guard.condition for word in ("err", "ret", "status", "fail"))


def _other_phase(guard: Guard, facts: Facts) -> list[Site]:
    """Error handling of the other phase in the same file and on the same side."""
    assert facts.model is not None  # asked by the caller
    model = facts.model
    here = bool(_COMPLETION.search(guard.function))
    side = evidence.side_of(guard.function)
    found = []
    for subject in _STATES:
        for site in model.sites_of(subject):
            function = model.functions[site.function]
            if evidence.of_metadata(function.name):
                continue
            other = bool(_COMPLETION.search(function.name)) != here and evidence.side_of(function.name) == side
            if function.file == guard.file and other and site.op in ("set", "clear") and evidence.under_error(site):
                found.append(site)
    return found


RULE = Rule(
    id="submission-completion-differ",
    title="Submission and completion treat an error differently",
    severity="medium",
    confidence="low",
    kinds=("correctness", "approach"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
