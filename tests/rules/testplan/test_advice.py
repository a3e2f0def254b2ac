"""Our table of what to run first."""

import pytest

from rules.testplan import advice, catalogue
from rules.testplan.advice import Advice, Names
from rules.testplan.postings import Postings, pack
from rules.testplan.values import Query

TESTS = ("generic/001", "generic/002", "foo/003")
ROWS = {
    "word:punch": [0, 1, 1, 0],
    "pair:punch_hole": [0, 1],
    "path:fs/foo/file.c": [1, 1],
    "aspect:0": [0, 1000, 2, 500],
    "aspect:1": [1, 700],
    "file:fs/foo/file.c": [0],
    "function:foo_punch_hole": [1],
    "aspect:0:fs/foo": [1],
    "aspect:0:any": [0],
    "directory:fs/foo": [0],
    "list:0": [0, 1],
    "list:1": [2],
}
TABLE = Advice(
    names=Names(source="invented", tests=TESTS, aspects=("holes", "files"), rarity=(2.0, 1.0)),
    postings=Postings(pack(ROWS)),
)
CHANGE = Query(files=("fs/foo/file.c",), functions=("foo_punch_hole",), identifiers=("punch",))


def test_a_change_of_which_nothing_is_known_gets_no_advice() -> None:
    found = advice.advised(TABLE, Query(files=("fs/bar/x.c",), functions=("bar_zzz",)))
    assert not any((found.aspects, found.files, found.functions, found.behaviours, found.directories))


def test_a_main_aspect_counts_more_than_one_beside_it() -> None:
    asked = advice.aspects(TABLE, Query(files=(), functions=("foo_punch",)))
    assert asked[0] > asked[1] > 0


def test_more_names_that_point_to_an_aspect_make_it_surer() -> None:
    one = advice.aspects(TABLE, Query(files=(), functions=("foo_punch",)))
    two = advice.aspects(TABLE, Query(files=(), functions=("foo_punch_hole", "bar_punch")))
    assert two[0] > one[0]


def test_the_first_of_a_list_counts_most() -> None:
    found = advice.advised(TABLE, CHANGE)
    assert found.files["generic/001"] > found.files["generic/002"] > 0
    assert set(found.functions) == {"foo/003"}
    assert found.directories["generic/001"] < found.files["generic/001"]


def test_an_aspect_has_lists_of_the_filesystem_and_of_all() -> None:
    assert set(advice.advised(TABLE, CHANGE).behaviours) == {"foo/003", "generic/001", "generic/002"}


def test_tests_are_weighed_by_the_aspects_that_they_exercise() -> None:
    found = advice.advised(TABLE, Query(files=(), functions=("foo_punch",))).aspects
    assert found["generic/001"] == pytest.approx(2 * found["foo/003"])


@pytest.mark.parametrize("name", ["foo_punch_hole", "__foo_punch_hole", "foo_punch_hole_actor"])
def test_a_part_of_a_function_has_its_lists(name: str) -> None:
    assert set(advice.advised(TABLE, Query(files=(), functions=(name,))).functions) == {"foo/003"}


def test_a_name_of_few_words_is_no_part_of_another() -> None:
    assert advice.advised(TABLE, Query(files=(), functions=("foo_punch",))).functions == {}


@pytest.mark.parametrize(
    ("path", "folder"),
    [("fs/foo/sub/x.c", "fs/foo"), ("fs/inode.c", "fs"), ("mm/filemap.c", "mm"), ("Makefile", "Makefile")],
)
def test_the_folder_that_stands_for_a_filesystem(path: str, folder: str) -> None:
    assert advice.directory(path) == folder


def test_a_test_names_the_function_before_the_file_that_it_is_advised_for() -> None:
    found = advice.sources(TABLE, CHANGE, ("foo/003", "generic/001", "generic/999"))
    assert found == {"foo/003": "foo_punch_hole()", "generic/001": "fs/foo/file.c"}


def test_the_shipped_table_names_tests_that_exist_and_knows_the_mapped_write_fault() -> None:
    table = advice.shipped()
    assert set(table.names.tests) <= set(catalogue.shipped().tests)
    found = advice.advised(table, Query(files=("fs/iomap/buffered-io.c",), functions=("iomap_page_mkwrite",)))
    assert found.files and found.functions and found.aspects and found.behaviours
