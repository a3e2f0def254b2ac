"""What a checked statement is answered with, and how calls, callers and places are looked up for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from rules.feasible import calls_of
from rules.model import Edge, Function, OpEntry, Site, Value

if TYPE_CHECKING:
    from rules.graph import Model

REACH = 4  # calls between two functions of a drawn path that may be left out
BELOW = 2  # calls below a function that a negative answer looks at
MOST_PLACES = 14


class Place(Value, frozen=True, kw_only=True):
    file: str
    line: int
    function: str
    text: str  # one sentence: what stands there


class Verdict(Value, frozen=True, kw_only=True):
    verdict: Literal["confirmed", "contradicted", "unknown"]
    text: str
    places: tuple[Place, ...] = ()


def unknown(text: str) -> Verdict:
    return Verdict(verdict="unknown", text=text)


def way_to(model: Model, upper: str, lower: str) -> tuple[Edge, ...]:
    """The shortest way from one function to another, at most REACH calls; empty when there is none."""
    targets = {function.index for function in model.named(lower)}
    ways: dict[int, tuple[Edge, ...]] = dict.fromkeys((function.index for function in model.named(upper)), ())
    queue = deque(ways)
    while queue:
        index = queue.popleft()
        if len(ways[index]) == REACH:
            continue
        edges = calls_of(model, index)
        last = min((edge for edge in edges if edge.callee in targets), key=_by_operation, default=None)
        if last is not None:
            return (*ways[index], last)
        for edge in edges:
            if edge.kind != "operation" and edge.callee not in ways:
                ways[edge.callee] = (*ways[index], edge)
                queue.append(edge.callee)
    return _given(model, upper, targets)


def _by_operation(edge: Edge) -> bool:
    return edge.kind == "operation"


def _given(model: Model, upper: str, targets: set[int]) -> tuple[Edge, ...]:
    """Where one function is handed to the other, to be called by it: write_cache_pages(mapping, wbc, f, data)."""
    edges = (edge for target in sorted(targets) for edge in model.callers(target))
    return tuple(edge for edge in edges if edge.kind == "callback" and edge.operation == upper)[:1]


def below(model: Model, functions: Sequence[Function], depth: int) -> Iterator[int]:
    """What is called within so many direct calls, nearest first."""
    seen = {function.index for function in functions}
    level = list(seen)
    for _ in range(depth):
        found = [edge.callee for index in level for edge in calls_of(model, index) if edge.kind in ("call", "macro")]
        level = [index for index in dict.fromkeys(found) if index not in seen]
        seen.update(level)
        yield from level


def definitions(model: Model, names: Iterable[str]) -> tuple[Function, ...]:
    """Every definition in a .c file, or the header's when there is no other."""
    found: list[Function] = []
    for name in names:
        definitions = model.named(name)
        found += [function for function in definitions if function.file.endswith(".c")] or definitions
    return tuple(found)


@lru_cache(maxsize=4)
def homes_of(model: Model) -> set[str]:
    directories = {file.split("/")[1] for file in model.blobs if file.startswith("fs/") and file.count("/") > 1}
    return directories | {"iomap", "netfs"}


def is_part(model: Model) -> bool:
    """The model holds the functions of the paths only, and of what they call the place: who else calls is not in it."""
    return model.is_part


def outside_places(model: Model, upper: str, lower: str) -> tuple[Place, ...]:
    """Calls of a function that the model has not, by the name in the caller's body."""
    return tuple(
        Place(file=function.file, line=line, function=function.name, text=f"{function.name}() calls {lower}()")
        for function in model.named(upper)
        for line, text in model.unresolved(function.index)
        if text == lower
    )


def written(name: str) -> str:
    return name if name[:2] == "->" else f"{name}()"


def edge_place(model: Model, edge: Edge) -> Place:
    caller, callee = model.functions[edge.caller], model.functions[edge.callee]
    how = {"callback": f"hands {callee.name}() to {edge.operation}()", "operation": f"calls {edge.operation}"}
    text = how.get(edge.kind, f"calls {callee.name}()")
    if edge.kind == "operation":
        text += f", which {callee.name}() implements"
    condition = f" if {edge.condition}" if edge.condition else ""
    return Place(file=caller.file, line=edge.line, function=caller.name, text=f"{caller.name}() {text}{condition}")


def site_place(model: Model, site: Site) -> Place:
    function = model.functions[site.function]
    condition = f" if {site.condition}" if site.condition else ""
    verb = {"test": "tests", "assert": "only asserts", "set": "sets", "clear": "clears", "check": "checks"}
    text = f"{function.name}() {verb.get(site.op, site.op + 's')} {site.subject}: {site.spelling}{condition}"
    return Place(file=function.file, line=site.line, function=function.name, text=text)


def entry_place(entry: OpEntry) -> Place:
    text = f"{entry.variable} has .{entry.field} = {entry.function}"
    return Place(file=entry.file, line=entry.line, function=entry.function, text=text)


def function_place(function: Function) -> Place:
    return Place(
        file=function.file, line=function.first, function=function.name, text=f"{function.name}() was read to its end"
    )
