"""What was named before, and how like earlier changes are."""

import gzip

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.testplan import history
from rules.testplan.history import Event, History, Neighbours, Table, Unit
from rules.testplan.postings import Postings, pack
from rules.testplan.values import Query

NORMS = (1000,) * len(history.KINDS)


def table() -> Table:
    units = (
        Unit(
            patch=1,
            filesystems=(0,),
            events=(Event(test=0, month=history.month_of("2021-03-05"), weight=1.0),),
            norms=NORMS,
        ),
        Unit(
            patch=1,
            filesystems=(0,),
            events=(Event(test=1, month=history.month_of("2022-03-05"), weight=1.0),),
            norms=NORMS,
        ),
    )
    past = History(
        until="2022-12-31",
        source="invented",
        tests=("generic/001", "generic/002"),
        filesystems=("xfs",),
        units=units,
    )
    rows = {"f:foo_write": [900, 0], "p:fs/foo/file.c": [500, 0, 1], "w:write": [300, 0, 1], "m:writ": [0, 1]}
    return Table(history=past, postings=Postings(pack(rows)))


def test_a_change_of_unknown_names_has_no_neighbours() -> None:
    found = Neighbours(table(), Query(files=("net/bar.c",), functions=("bar_poll",)))
    assert found.mixed({"f": 1.0, "p": 1.0, "w": 1.0}) == {}


def test_a_shared_function_makes_a_unit_nearer_than_a_shared_file() -> None:
    found = Neighbours(table(), Query(files=("fs/foo/file.c",), functions=("foo_write",)))
    near = found.mixed({"f": 0.5, "p": 0.5})
    assert near[0] > near[1] > 0
    assert found.shared[0] == ["fs/foo/file.c", "foo_write"]


def test_names_fall_into_words() -> None:
    assert history.words_of("xfs_bmapi_write") == ["xfs", "bmapi", "write"]
    assert history.words_of("PageUptodate") == ["page", "uptodate"]
    assert history.words_of("__foo_2_x") == ["foo"]


def test_features_count_paths_functions_and_identifiers() -> None:
    found = history.features(Query(files=("fs/foo/file.c",), functions=("foo_get_page",), identifiers=("EIO", "folio")))
    assert found["p:fs/foo/file.c"] == found["f:foo_get_page"] == found["b:get_page"] == found["i:folio"] == 1
    assert "i:EIO" not in found
    assert "d:fs/foo" in found


@given(st.text(max_size=60))
def test_any_name_is_taken_apart_without_an_error(name: str) -> None:
    history.features(Query(files=(name,), functions=(name,), identifiers=(name,)))


def test_the_shipped_history_is_frozen_and_holds_names_only() -> None:
    past = history.shipped().history
    assert past.until == "2022-12-31"
    assert max(event.month for unit in past.units for event in unit.events) <= history.month_of(past.until)
    assert all(0 < event.weight <= 1 for unit in past.units for event in unit.events)
    assert not [test for test in past.tests if " " in test]


def test_a_history_that_was_written_is_read_again() -> None:
    data = gzip.compress(msgspec.json.encode(table().history), mtime=0)
    assert msgspec.json.decode(gzip.decompress(data), type=History) == table().history


@pytest.mark.parametrize(("day", "month"), [("2022-12-31", 24275), ("2023-01-01", 24276)])
def test_months_are_counted_through(day: str, month: int) -> None:
    assert history.month_of(day) == month
