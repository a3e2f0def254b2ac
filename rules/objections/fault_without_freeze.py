"""A write fault without freeze protection.

What:
The patch installs a ->page_mkwrite or ->pfn_mkwrite whose code shows no sb_start_pagefault(), in a filesystem that has
a ->freeze_fs, or takes the protection out of one.

Why it matters:
Between sb_start_pagefault() and sb_end_pagefault() the superblock cannot be frozen. Without it a page is dirtied after
freeze_super() has written everything out, and the frozen image is not clean.

Known false positives:
Handlers that never let the page become writable, and protection that a function of another file takes.

Example:
    +    .page_mkwrite    = toy_page_mkwrite,    (and toy_page_mkwrite() goes straight to lock_page())

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fired on 1, wrongly (the handler
went as a whole, which is left alone since); 0 of 2 in an earlier sample, so it is pedantic.
"""

from collections.abc import Iterator

from rules import evidence, filesystems
from rules.change import Change
from rules.guards import Item
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import is_removed

_FIELDS = frozenset({"page_mkwrite", "pfn_mkwrite"})


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return (*_removed(facts), *_installed(facts))


def _removed(facts: Facts) -> Iterator[Finding]:
    taken = [item for item in facts.effects if item.spelling == "sb_start_pagefault" and item.sign == "-"]
    if any(item.sign == "+" and item.spelling == "sb_start_pagefault" for _, items in facts.views for item in items):
        return  # it moved
    first: dict[str, Item] = {}
    for item in taken:
        first.setdefault(item.function, item)
    for item in first.values():
        if not _starts(facts, item.function) and not _gone_or_handed_on(facts, item):
            yield Finding(
                text=f"{item.function}() takes freeze protection no more; what keeps the page clean while the "
                "superblock is frozen?",
                file=item.file,
                line=item.line,
                function=item.function,
                words=("freeze", "sb_start_pagefault"),
            )


def _gone_or_handed_on(facts: Facts, item: Item) -> bool:
    """The function goes as a whole, or a shared ->page_mkwrite helper that it calls now takes the protection."""
    mine = facts.by_function.get(item.function, ())
    return (
        not mine
        or is_removed(facts, item.function)
        or any(one.sign == "+" and one.called and "mkwrite" in one.spelling for one in mine)
    )


def _installed(facts: Facts) -> Iterator[Finding]:
    for item in facts.effects:
        if item.op != "table" or item.subject not in _FIELDS or item.sign != "+" or not _known(facts, item):
            continue
        if not _can_be_frozen(facts, item.file):
            continue
        if not _starts_below(facts, item.spelling) and not _starts_in_model(facts, item):
            yield Finding(
                text=f"->{item.subject} is {item.spelling}(), and no sb_start_pagefault() is seen in it: a page can be "
                "dirtied while the superblock is frozen.",
                file=item.file,
                line=item.line,
                function=item.spelling,
                words=("freeze", "sb_start_pagefault", item.subject),
            )


def _known(facts: Facts, item: Item) -> bool:
    """The function's code can be seen: the patch defines it, or the model has it."""
    return item.spelling in facts.change.functions or facts.function(item.spelling, item.file) is not None


def _starts(facts: Facts, function: str) -> bool:
    """In any file: a function can move."""
    return any(
        item.subject == "freeze" and item.op == "start" and item.sign in "+ "
        for item in facts.by_function.get(function, ())
    )


def _can_be_frozen(facts: Facts, file: str) -> bool:
    """The model sees a ->freeze_fs of this filesystem; a frozen image that nobody can make need not be clean."""
    entries = facts.model.entries("super_operations", "freeze_fs") if facts.model else ()
    return evidence.home_of(file) in {evidence.home_of(entry.file) for entry in entries}


def _starts_below(facts: Facts, function: str) -> bool:
    """The function, or one that it calls and that the patch shows, takes the protection."""
    called = {item.spelling for item in facts.by_function.get(function, ()) if item.called}
    return any(_starts(facts, name) for name in (function, *sorted(called)))


def _starts_in_model(facts: Facts, item: Item) -> bool:
    function = facts.function(item.spelling, item.file)
    if function is None or facts.model is None:
        return False
    model = facts.model
    own = filesystems.own_code(model, function)
    below = {edge.callee for index in own for edge in model.callees(index)}
    return any(site.subject == "freeze" for index in {*own, *below} for site in model.sites(index))


RULE = Rule(
    id="fault-without-freeze",
    title="A write fault without freeze protection",
    severity="medium",
    confidence="medium",
    kinds=("correctness", "concurrency"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
