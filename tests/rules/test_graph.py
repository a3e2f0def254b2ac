"""Questions to a model that come back the same whichever way they are answered."""

import pytest

from rules import columns, graph
from rules.graph import Model
from tests.rules.test_link import function, linked

HEADER = "struct toy_ops {\n\tint (*run)(int how);\n};\n"
TABLE = (
    function("one_run", "\tshared();", before="static ", parameters="int how")
    + function("two_run", "\tshared();", before="static ", parameters="int how")
    + "const struct toy_ops one_ops = {\n\t.run = one_run,\n};\n"
    + "const struct toy_ops two_ops = {\n\t.run = two_run,\n};\n"
)
CALLERS = (
    function("shared", "\tgone();")
    + function("direct", "\tif (early)\n\t\treturn 1;\n\tshared();\n\tshared();", parameters="int early")
    + function("through", "\tif (ops)\n\t\tops->run(true);", parameters="struct toy_ops *ops")
)


def model() -> Model:
    """As it is read from a file."""
    found = linked({"include/linux/toy.h": HEADER, "fs/table.c": TABLE, "fs/calls.c": CALLERS})
    return Model(columns.decode(columns.encode(found.columns)))


def names(found: Model, indexes: frozenset[int]) -> set[str]:
    return {found.functions[index].name for index in indexes}


def test_callers_are_those_of_every_kind() -> None:
    found = model()
    (shared,), (one,) = found.named("shared"), found.named("one_run")
    assert [found.functions[edge.caller].name for edge in found.callers(shared.index)] == [
        "direct", "direct", "one_run", "two_run",
    ]  # fmt: skip
    (edge,) = found.callers(one.index)
    assert (found.functions[edge.caller].name, edge.operation, edge.condition) == ("through", "toy_ops.run", "ops")
    assert {(found.functions[caller].name, how) for caller, how in found.calling(one.index)} == {
        ("through", "toy_ops.run")
    }


def test_callers_and_callees_are_the_same_edges() -> None:
    found = model()
    forth = {edge for row in found.functions for edge in found.callees(row.index)}
    back = {edge for row in found.functions for edge in found.callers(row.index)}
    assert forth == back
    assert len(forth) == 6


def test_direct_callers_are_those_that_name_a_function() -> None:
    found = model()
    indexes = [row.index for row in found.functions]
    callers = found.direct_callers(indexes)
    assert {found.functions[index].name: names(found, callers[index]) for index in indexes if callers[index]} == {
        "shared": {"direct", "one_run", "two_run"}
    }
    assert set(callers) == set(indexes)


def test_an_index_answers_like_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number can be that of a function and of a string; both ways have to tell the two apart."""
    searching = model()
    monkeypatch.setattr(graph, "_SOME", 0)
    monkeypatch.setattr(graph, "_FEW", 0)
    indexed = model()
    for row in searching.functions:
        assert searching.callers(row.index) == indexed.callers(row.index)
        assert searching.named(row.name) == indexed.named(row.name) == (row,)
    assert searching.operation_calls("toy_ops", "run") == indexed.operation_calls("toy_ops", "run")
    assert searching.named("nobody") == indexed.named("nobody") == ()


def test_an_operation_has_its_calls_entries_and_tables() -> None:
    found = model()
    (call,) = found.operation_calls("toy_ops", "run")
    assert (found.functions[call.caller].name, call.condition, call.arguments) == ("through", "ops", ("true",))
    assert found.operations() == ("toy_ops.run",)
    assert [entry.function for entry in found.entries("toy_ops", "run")] == ["one_run", "two_run"]
    assert [entry.function for entry in found.table("two_ops")] == ["two_run"]
    assert [entry.variable for entry in found.entries_of(found.named("one_run")[0].index)] == ["one_ops"]
    assert found.operation_calls("toy_ops", "stop") == found.entries("toy_ops", "stop") == found.table("no_ops") == ()


def test_functions_are_a_sequence() -> None:
    found = model()
    assert found.functions[-1] == found.functions[len(found.functions) - 1]
    assert found.functions[1:3] == (found.functions[1], found.functions[2])
    assert [found.file_of(index) for index in range(len(found.functions))] == [row.file for row in found.functions]
    for outside in (len(found.functions), -len(found.functions) - 1):
        with pytest.raises(IndexError):
            found.functions[outside]


def test_edges_of_an_early_exit_and_what_is_not_resolved() -> None:
    found = model()
    (direct,) = found.named("direct")
    assert [(way.line, way.condition) for way in found.exits(direct.index)] == [(direct.first + 2, "early")]
    assert found.unresolved(found.named("shared")[0].index) == ((3, "gone"),)


def test_reach_is_told_for_its_paths_only() -> None:
    found = model()
    assert found.reach("") is None
    assert found.reach("other paths") is None
