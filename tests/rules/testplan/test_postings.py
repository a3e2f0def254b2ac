"""Names to lists of numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.testplan.postings import Postings, pack

NAMES = st.text(st.characters(blacklist_characters="\n\t", blacklist_categories=["Cs"]), max_size=20)


def test_a_name_that_is_not_in_the_table_has_none() -> None:
    table = Postings(pack({"f:foo_read": [1, 2], "f:foo_rea": [3]}))
    assert table.get("f:foo") is None
    assert table.get("foo_read") is None
    assert table.get("f:foo_read\t[1") is None


def test_a_file_that_is_cut_short_is_a_value_error() -> None:
    whole = pack({"one": [1], "two": [2]})
    for data in (b"", whole[:100], whole[:-1], whole + b"x"):
        with pytest.raises(ValueError, match="postings"):
            Postings(data)


def test_a_name_with_a_newline_is_refused() -> None:
    with pytest.raises(ValueError, match="newline"):
        pack({"a\nb": [1]})


def test_a_number_that_no_character_stands_for_is_refused() -> None:
    for number in (-1, 60_000):
        with pytest.raises(ValueError, match="out of range"):
            pack({"a": [number]})


@given(st.dictionaries(NAMES, st.lists(st.integers(0, 55000), max_size=5), max_size=30))
def test_what_was_packed_is_found_again(rows: dict[str, list[int]]) -> None:
    table = Postings(pack(rows))
    assert {name: table.get(name) for name in rows} == rows


def test_packing_does_not_depend_on_the_order() -> None:
    assert pack({"a": [1], "b": [2]}) == pack({"b": [2], "a": [1]})
