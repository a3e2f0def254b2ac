"""The catalogue: sets of tests by tag."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.testplan import catalogue
from rules.testplan.catalogue import Catalogue, Sets


def small() -> Catalogue:
    return Catalogue(
        source="invented",
        tests=("ext4/001", "generic/001", "generic/002", "xfs/001"),
        added=("2015-01-01", "2016-01-01", "2024-05-01", ""),
        tags={
            "group:mmap": (1, 2),
            "group:eio": (2, 3),
            "require:dm_target": (2,),
            "require:dm_target error": (2,),
            "flag:soak": (3,),
        },
        excluded={"ext2": (1,)},
        fixes={},
        subjects={},
    )


def named(tests: Sets, mask: int) -> list[str]:
    return [tests.catalogue.tests[index] for index in catalogue.members(mask)]


def test_an_unknown_tag_has_no_tests() -> None:
    assert Sets(small()).tagged("group:nosuch") == 0


def test_bytes_that_are_no_catalogue_are_a_value_error() -> None:
    for data in (b"", b"plain", catalogue.encode(small())[:-9], b"\x1f\x8b" + b"\0" * 40):
        with pytest.raises(ValueError, match="not a test catalogue"):
            catalogue.decode(data)


def test_an_expression_joins_tags_with_and_or_and_not() -> None:
    tests = Sets(small())
    assert named(tests, tests.where("group:mmap & group:eio")) == ["generic/002"]
    assert named(tests, tests.where("group:mmap & !group:eio | flag:soak")) == ["generic/001", "xfs/001"]


def test_a_star_stands_for_every_tag_that_begins_so() -> None:
    tests = Sets(small())
    assert named(tests, tests.tagged("require:dm_target*")) == ["generic/002"]


def test_tests_of_unknown_age_count_as_old() -> None:
    tests = Sets(small())
    assert named(tests, tests.before("2020-01-01")) == ["ext4/001", "generic/001", "xfs/001"]
    assert tests.before("") == tests.all


def test_encoding_is_the_same_each_time_and_can_be_read_back() -> None:
    assert catalogue.encode(small()) == catalogue.encode(small())
    assert catalogue.decode(catalogue.encode(small())) == small()


@given(st.sets(st.integers(0, 3000), max_size=60))
def test_members_are_what_the_mask_was_made_of(indices: set[int]) -> None:
    assert list(catalogue.members(catalogue.to_mask(indices))) == sorted(indices)


def test_the_shipped_table_names_its_commit_and_holds_no_sentences() -> None:
    shipped = catalogue.shipped()
    assert re.match(r"xfstests [0-9a-f]{12} \(\d{4}-\d\d-\d\d\)", shipped.source)
    assert len(shipped.tests) > 2000
    assert list(shipped.tests) == sorted(shipped.tests)
    assert all(re.fullmatch(r"[a-z0-9]+/\d{3,4}", test) for test in shipped.tests)
    assert all(tag.count(" ") <= 1 and len(tag) < 80 for tag in shipped.tags)


def test_the_test_with_faults_in_mapped_writes_is_found_by_its_tags() -> None:
    tests = Sets(catalogue.shipped())
    found = named(tests, tests.where("tool:fail_make_request & group:mmap"))
    assert "generic/019" in found
    info = tests.describe([tests.index["generic/019"]])[tests.index["generic/019"]]
    assert "fail_make_request" in info.requires
    assert "fsstress" in info.tools
