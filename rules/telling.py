"""Which of the chains to a function a table and a headline are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.chains import Chain
from rules.model import Function
from rules.pathfiles import PathFile
from rules.ways import operation_of

if TYPE_CHECKING:
    from rules.graph import Model

_CHAINS_CAP = 6  # that one table is made of
_VMA = "vm_operations_struct"


def telling(model: Model, path: PathFile, found: tuple[Chain, ...], function: Function) -> tuple[Chain, ...]:
    """The chains that a table is made of: by the operation nearest to the function, and few.

    Left out: detours (chains that pass all that another one does), and all but one of the operations by which the path
    leaves its core.
    """
    operation = operation_of(model, function)[0]
    nearest = [chain for chain in found if operation and any(step.operation == operation for step in chain.steps)]
    # Through ->page_mkwrite a function can be reached that is also below the ->readpage called there.
    nearest = [chain for chain in nearest if _inner(chain) == operation] or nearest
    if not nearest and found:  # as the shortest chain comes to the function, which is also the headline's
        last = _inner(min(found, key=lambda chain: len(chain.steps)))
        nearest = [chain for chain in found if _inner(chain) == last]
    passed = [frozenset(step.function for step in chain.steps) for chain in nearest]
    direct = [chain for at, chain in enumerate(nearest) if not any(other < passed[at] for other in passed)]
    groups: dict[str, list[Chain]] = {}
    for chain in direct:
        groups.setdefault(_outer(chain), []).append(chain)
    main = min(groups.values(), key=lambda chains: _crossing(chains, path))
    return tuple(main[:_CHAINS_CAP])


def _crossing(found: list[Chain], path: PathFile) -> tuple[bool, int, int]:
    """Sorts the ways out of the core: by an operation of the VMA with few operations crossed, else by the path file's
    order, for a read or write begins with the file operation and not with a helper that calls further down."""
    outer = _outer(found[0])
    order = [item.name for item in path.operations]
    crossed = min(sum(step.edge == "operation" for step in chain.steps) for chain in found)
    place = order.index(outer) if outer in order else len(order)
    mapped = outer.startswith(_VMA)
    return not mapped, crossed if mapped else place, place if mapped else crossed


def _inner(chain: Chain) -> str:
    """The last operation that a chain calls, "" for none."""
    return next((step.operation for step in reversed(chain.steps) if step.edge == "operation"), "")


def _outer(chain: Chain) -> str:
    """The first operation that a chain calls, "" for none."""
    return next((step.operation for step in chain.steps if step.edge == "operation"), "")
