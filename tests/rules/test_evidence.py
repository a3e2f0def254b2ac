"""What names of functions tell of reading, writing and metadata; places, and sites that speak of an error."""

from typing import cast

import pytest

from rules import evidence
from rules.graph import Model
from rules.model import Site
from tests.rules.kernel import Kernel

MODEL = cast(Model, Kernel())


def site(condition: str) -> Site:
    return Site(function=0, line=1, op="clear", subject="uptodate", spelling="ClearPageUptodate", condition=condition)


@pytest.mark.parametrize("condition", ["", "folio", "wbc->sync_mode", "retry", "uptodate", "x" * 400 + " error"])
def test_a_condition_that_speaks_of_no_error_is_none(condition: str) -> None:
    assert not evidence.under_error(site(condition))


@pytest.mark.parametrize(
    "condition",
    ["error", "ret < 0", "bio->bi_status", "IS_ERR(page)", "!uptodate", "nr_written != len", "failed", "a && rc"],
)  # fmt: skip
def test_a_condition_speaks_of_an_error_by_its_words(condition: str) -> None:
    assert evidence.under_error(site(condition))


def test_where_a_state_is_made_writes_stand_first_and_metadata_is_left_out() -> None:
    made = evidence.made(MODEL, "uptodate")
    names = [MODEL.functions[one.function].name for one in made]
    assert names == ["helper_writeback", "charlie_write_end_io", "delta_write_end_io"]
    errors = [MODEL.functions[one.function].name for one in evidence.made(MODEL, "error")]
    assert errors == ["delta_read_page", "delta_read_folio"]
    assert [one.line for one in evidence.made(MODEL, "mapping_error")] == [110, 165]


def test_a_state_that_no_error_makes_has_no_origin() -> None:
    assert evidence.made(MODEL, "locked") == ()
    assert evidence.made(MODEL, "unheard of") == ()


@pytest.mark.parametrize(
    ("function", "side"),
    [
        ("toy_write_end_io", "write"),
        ("toy_write_begin", "read"),
        ("toy_prepare_write_begin", "read"),
        ("toy_readahead", "read"),
        ("toy_copy_folio", ""),
        ("toy_lookup", ""),
        ("toy_Write_end", "write"),
        ("toy_fill_and_flush", "write"),
    ],
)
def test_the_side_of_a_function(function: str, side: str) -> None:
    assert evidence.side_of(function) == side


@pytest.mark.parametrize("function", ["__write_node_folio", "toy_write_meta_page", "end_extent_buffer_eb_write"])
def test_pages_of_the_filesystems_own(function: str) -> None:
    assert evidence.of_metadata(function)


@pytest.mark.parametrize("function", ["toy_write_single_data_page", "toy_directio", "mstoy_read"])
def test_a_data_page_is_none(function: str) -> None:
    assert not evidence.of_metadata(function)


@pytest.mark.parametrize(
    ("file", "home"),
    [
        ("mm/memory.c", "mm"), ("fs/inode.c", "vfs"), ("fs/iomap/buffered-io.c", "iomap"), ("block/bio.c", "block"),
        ("drivers/toy/sub/toy.c", "drivers/toy"), ("drivers/toy.c", "drivers"), ("fs/ext4/inode.c", "ext4"),
    ],
)  # fmt: skip
def test_a_file_is_at_home_in_its_filesystem_or_library(file: str, home: str) -> None:
    assert evidence.home_of(file) == home


def test_a_place_is_written_as_an_editor_opens_it() -> None:
    assert str(evidence.definition(MODEL.named("helper_actor")[0])) == "fs/iomap/helper.c:50"
    (one, *_) = evidence.made(MODEL, "uptodate")
    assert evidence.spot_of(MODEL, one) == evidence.Spot(
        file="fs/iomap/helper.c", line=100, function="helper_writeback"
    )


def test_sites_in_words_are_one_for_each_function_and_the_rest_is_counted() -> None:
    made = evidence.made(MODEL, "uptodate")
    assert evidence.told(MODEL, (*made, *made)) == (
        "helper_writeback() if error, charlie_write_end_io() if error, delta_write_end_io() if bio->bi_status"
    )
    assert evidence.told(MODEL, made, limit=1) == "helper_writeback() if error and 2 more"
    assert evidence.told(MODEL, ()) == ""
    assert evidence.told(MODEL, evidence.made(MODEL, "mapping_error")[:1]) == "helper_writeback()"


def test_a_long_condition_is_told_by_its_innermost_part() -> None:
    long = Site(
        function=0, line=1, op="clear", subject="uptodate", spelling="x", condition="a" * 60 + " && error && last"
    )
    assert evidence.told(MODEL, (long,)) == "handle_mm_fault() if last"
    endless = Site(function=0, line=1, op="clear", subject="uptodate", spelling="x", condition="b" * 70)
    assert evidence.told(MODEL, (endless,)) == f"handle_mm_fault() if {'b' * 57}..."


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c"),
        (("a", "b", "c", "d"), "a, b, c and 1 more"), (("a", "b", "c", "d", "e"), "a, b, c and 2 more"),
    ],
)  # fmt: skip
def test_names_are_listed_and_the_rest_is_counted(words: tuple[str, ...], text: str) -> None:
    assert evidence.names(words, 3) == text
