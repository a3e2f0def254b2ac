"""The objects of the JSON report: a reader may rely on every key."""

import typing

import msgspec

from reviewer.render import json_values
from reviewer.render.json_values import Json


def objects() -> list[type[Json]]:
    return [one for one in vars(json_values).values() if isinstance(one, type) and issubclass(one, Json)]


def test_every_key_is_always_there() -> None:
    for one in objects():
        for field in msgspec.structs.fields(one):
            assert field.required, f"{one.__name__}.{field.name}"


def test_no_key_is_hidden_or_renamed() -> None:
    for one in objects():
        assert not one.__struct_config__.omit_defaults
        assert [field.encode_name for field in msgspec.structs.fields(one)] == list(one.__struct_fields__)
        assert all(name == name.lower() for name in one.__struct_fields__)


def test_what_is_unknown_is_null_and_never_left_out() -> None:
    message = next(one for one in objects() if one.__name__ == "JsonMessage")
    kinds = typing.get_type_hints(message)
    assert kinds["date"] == str | None
    assert kinds["parent"] == str | None


def test_every_object_is_used_by_the_report() -> None:
    schema = msgspec.json.schema(json_values.JsonReport if hasattr(json_values, "JsonReport") else objects()[-1])
    used = set(schema["$defs"])
    assert {one.__name__ for one in objects() if one is not Json} - used == set()
