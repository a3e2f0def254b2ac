"""How text is numbered in a model, and that what is no model is told."""

import msgspec
import pytest

from rules import columns
from rules.columns import Columns, Conditions, ConditionTexts, Strings
from tests.rules.test_link import function, linked

CONDITIONS = ("a", "a && b", "a && b && c", "d && e", "", "a && c", "b")


def collected() -> tuple[Conditions, list[int], Columns]:
    """A model's columns with these conditions, and the number of each."""
    strings = Strings()
    found = Conditions(strings)
    numbers = [found.add(text) for text in CONDITIONS]
    stored = msgspec.structs.replace(
        linked({"fs/a.c": function("toy")}).columns,
        strings=list(strings.seen),
        condition_outer=found.outer,
        condition_text=found.text,
    )
    return found, numbers, stored


def test_every_condition_comes_back() -> None:
    _, numbers, stored = collected()
    texts = ConditionTexts(stored)
    assert [texts[number] for number in reversed(numbers)] == list(reversed(CONDITIONS))
    assert texts[0] == ""


def test_a_nested_condition_stores_its_last_part_only() -> None:
    found, numbers, stored = collected()
    assert [stored.strings[found.text[number]] for number in numbers] == ["a", "b", "c", "d && e", "", "c", "b"]
    assert found.outer[numbers[2]] == numbers[1]
    assert [found.add(text) for text in CONDITIONS] == numbers


@pytest.mark.parametrize("outer", [[0, 1], [0, 2], [0, -1]])
def test_a_condition_inside_itself_is_an_error_and_no_endless_loop(outer: list[int]) -> None:
    _, _, stored = collected()
    damaged = msgspec.structs.replace(stored, condition_outer=outer, condition_text=[0, 1])
    with pytest.raises(IndexError):
        ConditionTexts(damaged)[1]


def test_a_condition_that_is_not_there_is_an_error() -> None:
    _, _, stored = collected()
    with pytest.raises(IndexError):
        ConditionTexts(stored)[len(stored.condition_text)]


def test_another_format_is_told_with_its_number() -> None:
    _, _, stored = collected()
    data = columns.encode(msgspec.structs.replace(stored, format=columns.FORMAT + 1))
    with pytest.raises(columns.ModelError, match=f"format {columns.FORMAT + 1}, this version reads {columns.FORMAT}"):
        columns.decode(data)


def test_a_quick_one_holds_the_same() -> None:
    _, _, stored = collected()
    assert columns.decode(columns.encode(stored, fast=True)) == columns.decode(columns.encode(stored))


def test_a_model_that_is_cut_off_is_no_model() -> None:
    _, _, stored = collected()
    data = columns.encode(stored)
    for size in range(0, len(data), 97):
        with pytest.raises(columns.ModelError, match="not a model"):
            columns.decode(data[:size])
