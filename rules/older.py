"""Whether code that a patch changes stood in an older kernel already, as far as two models can tell.

The name of a function says little: bodies are rewritten. What the changed hunks of a function call, and the states they
touch, is compared with what the older function calls and touches. That is not the text; equal calls mean that the code
around the change was there, not that the bug was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules import guards
from rules.change import Change
from rules.filesystems import known
from rules.model import Function

if TYPE_CHECKING:
    from rules.graph import Model

_ALIKE = 0.8  # of the names that must be found in the older function


def stands_in(change: Change, model: Model, function: Function, old: Model) -> bool:
    """The older model has the function in that place, with what the changed hunks call in it.

    Hunks in which nothing is called that the newer model knows decide nothing, and the answer is False.
    """
    before = known(old, function.name, function.file)
    used = _used(change, function) & _names(model, function)
    if before is None or not used:
        return False
    return len(used & _names(old, before)) >= _ALIKE * len(used)


def _used(change: Change, function: Function) -> set[str]:
    """What the old text of the hunks calls in a function."""
    hunks = (hunk for hunk in guards.hunks(change) if hunk.file == function.file)
    return {item.spelling for hunk in hunks for item in guards.old_items(hunk) if item.function == function.name}


def _names(model: Model, function: Function) -> set[str]:
    """What the model sees in a function: calls, and the spellings of its state sites."""
    called = {model.functions[edge.callee].name for edge in model.callees(function.index) if edge.kind != "operation"}
    return called | {site.spelling for site in model.sites(function.index)}
