"""Which preprocessor conditions hold by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract import config


@pytest.mark.parametrize(
    "text", ["A", "BITS_PER_LONG == 64", "CONFIG_MMU == 2", "(((", "TOY(1, 2)", "&&", "1 +", "A || B"]
)
def test_what_the_text_does_not_say_is_unknown(text: str) -> None:
    assert config.truth(text) is None


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True), ("CONFIG_MMU", True), ("!CONFIG_MMU", False), ("defined(CONFIG_XFS_FS)", True),
        ("CONFIG_DEBUG_VM", False), ("IS_ENABLED(CONFIG_KUNIT_TOY)", False), ("!(CONFIG_NUMA)", False), ("0", False),
        ("1", True), ("CONFIG_MMU && A", None), ("!CONFIG_MMU && A", False), ("CONFIG_MMU || A", True),
        ("defined CONFIG_MMU && !defined(CONFIG_HIGHMEM)", True), ("__KERNEL__", True), ("CONFIG_XFS_FS_MODULE", False),
    ],
)  # fmt: skip
def test_conditions_of_the_default_configuration(text: str, holds: bool | None) -> None:
    assert config.truth(text) is holds


@given(
    st.lists(st.sampled_from(["A", "CONFIG_B", "(", ")", "!", "&&", "||", "defined", "==", "1", "x("])).map(" ".join)
)
def test_any_condition_has_one_of_three_answers(text: str) -> None:
    assert config.truth(text) in (True, False, None)


def test_nesting_without_end_is_unknown() -> None:
    assert config.truth("(" * 5000 + "A") is None
    assert config.truth("!" * 5000 + "A") is None
