"""A model as tab-separated lines, one fact a line, complete: for scripts, and for comparison with other tools."""

from collections.abc import Callable, Iterator
from typing import Literal

from rules.graph import Model

What = Literal["functions", "calls", "ops", "states"]
Row = tuple[str, ...]

HEADERS: dict[What, Row] = {
    "functions": ("name", "file", "first", "last", "guard"),
    "calls": ("caller", "callee", "file", "line", "kind"),
    "ops": ("struct", "field", "variable", "function", "file", "line", "guard"),
    "states": ("function", "file", "line", "op", "subject", "spelling", "negated", "condition", "action"),
}


def rows(model: Model, what: What) -> Iterator[Row]:
    """The facts of one kind, in the order of files and lines; a tab or line end inside a field is a space."""
    for row in _ROWS[what](model):
        yield tuple(" ".join(field.split()) if field else field for field in row)


def _functions(model: Model) -> Iterator[Row]:
    for function in model.functions:
        yield function.name, function.file, str(function.first), str(function.last), function.guard


def _calls(model: Model) -> Iterator[Row]:
    """A call through an operation once, with the operation as callee; an unresolved one with the text as callee."""
    for function in model.functions:
        found: list[tuple[int, str, str]] = []
        found += [(line, text, "unresolved") for line, text in model.unresolved(function.index)]
        edges = [edge for edge in model.callees(function.index) if edge.kind != "operation"]
        found += [(edge.line, model.functions[edge.callee].name, edge.kind) for edge in edges]
        found += [(call.line, call.operation, "operation") for call in model.operations_called(function.index)]
        for line, callee, kind in sorted(set(found)):
            yield function.name, callee, function.file, str(line), kind


def _ops(model: Model) -> Iterator[Row]:
    for operation in model.operations():
        struct, _, field = operation.partition(".")
        for entry in model.entries(struct, field):
            yield struct, field, entry.variable, entry.function, entry.file, str(entry.line), entry.guard


def _states(model: Model) -> Iterator[Row]:
    for function in model.functions:
        for site in model.sites(function.index):
            negated = "!" if site.negated else ""
            yield (
                function.name, function.file, str(site.line), site.op, site.subject, site.spelling, negated,
                site.condition, site.action,
            )  # fmt: skip


_ROWS: dict[What, Callable[[Model], Iterator[Row]]] = {
    "functions": _functions,
    "calls": _calls,
    "ops": _ops,
    "states": _states,
}
