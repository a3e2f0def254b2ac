"""The Review value: what every renderer may rely on."""

import msgspec
import pytest

from reviewer import review as values
from tests.reviewer.render import sample


def structs() -> list[type[values.Value]]:
    return [one for one in vars(values).values() if isinstance(one, type) and issubclass(one, values.Value)]


def test_no_value_can_be_changed() -> None:
    for one in structs():
        assert one.__struct_config__.frozen, one.__name__
    with pytest.raises(AttributeError):
        sample.typical().verdict = "other"  # type: ignore[misc]


def test_no_value_holds_a_list_that_could_be_changed() -> None:
    for one in structs():
        for field in msgspec.structs.fields(one):
            assert "list" not in str(field.type), f"{one.__name__}.{field.name}"


def test_a_review_can_be_a_key_and_equals_its_copy() -> None:
    one, other = sample.typical(), sample.typical()
    assert one == other
    assert len({one.hunks, other.hunks}) == 1


def test_a_mail_is_found_by_its_id_and_an_unknown_one_is_none() -> None:
    review = sample.typical()
    first = review.thread.messages[0]
    assert review.message(first.msgid) is first
    assert review.message("nobody@example.org") is None
    assert sample.empty().message("") is None
