"""What names of functions tell of reading, writing and metadata."""

import pytest

from rules import evidence


@pytest.mark.parametrize(
    ("function", "side"),
    [
        ("toy_write_end_io", "write"),
        ("toy_write_begin", "read"),
        ("toy_prepare_write_begin", "read"),
        ("toy_readahead", "read"),
        ("toy_copy_folio", ""),
    ],
)
def test_the_side_of_a_function(function: str, side: str) -> None:
    assert evidence.side_of(function) == side


@pytest.mark.parametrize("function", ["__write_node_folio", "toy_write_meta_page", "end_extent_buffer_eb_write"])
def test_pages_of_the_filesystems_own(function: str) -> None:
    assert evidence.of_metadata(function)


def test_a_data_page_is_none() -> None:
    assert not evidence.of_metadata("toy_write_single_data_page")
