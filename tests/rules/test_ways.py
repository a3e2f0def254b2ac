from typing import Any, cast

from rules import ways
from rules.graph import Model
from tests.rules.toy import FAULT, HUGE, MKWRITE, Toy

TOY = cast(Model, cast(Any, Toy()))


def _to(name: str) -> dict[tuple[str, str], ways.Way]:
    (function,) = TOY.named(name)
    return {(way.operation, TOY.functions[way.steps[0]].name): way for way in ways.ways_to(TOY, function.index)}


def test_each_implementer_has_its_shortest_way() -> None:
    found = _to("shared_mkwrite")
    assert {operation for operation, _ in found} == {FAULT, HUGE, MKWRITE}
    names = [TOY.functions[step].name for step in found[MKWRITE, "alfa_mkwrite"].steps]
    assert names == ["alfa_mkwrite", "alfa_any_fault", "shared_mkwrite"]


def test_a_way_whose_conditions_exclude_each_other_is_none() -> None:
    found = _to("shared_mkwrite")
    assert ways.feasible(TOY, found[MKWRITE, "alfa_mkwrite"])
    assert ways.feasible(TOY, found[MKWRITE, "bravo_mkwrite"])
    # It hands down IS_DAX(inode) && wants_write(vmf), and the call is made only without IS_DAX.
    assert not ways.feasible(TOY, found[FAULT, "alfa_fault"])


def test_the_nearest_operation_of_a_function_and_of_dispatch_code() -> None:
    (helper,) = TOY.named("shared_mkwrite")
    (dispatch,) = TOY.named("call_mkwrite")
    assert ways.operation_of(TOY, helper)[0] == MKWRITE
    assert ways.operation_of(TOY, dispatch) == (MKWRITE, ())


def test_a_filesystem_uses_its_own_implementer() -> None:
    assert ways.users_of(TOY, _to("shared_mkwrite")[MKWRITE, "bravo_mkwrite"]) == ("bravo",)
