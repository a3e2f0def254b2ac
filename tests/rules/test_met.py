from typing import Any, cast

import msgspec
import pytest

from rules import chains, met, pathfiles
from rules.chains import Chain
from rules.graph import Model
from tests.rules.test_chains import ACTOR, shipped
from tests.rules.toy import PATH, Toy


@pytest.fixture(scope="module")
def toy() -> Any:
    return Toy()


@pytest.fixture(scope="module")
def path() -> pathfiles.PathFile:
    return pathfiles.parse(PATH, "toy")


def _chain(toy: Any, path: pathfiles.PathFile, dispatch: str, filesystem: str) -> Chain:
    found = chains.find(cast(Model, toy), path, [toy.index["shared_actor"]])
    return next(
        chain for chain in found.chains if chain.filesystems == (filesystem,) and chain.steps[2].name == dispatch
    )


def _before(toy: Any, path: pathfiles.PathFile, dispatch: str, filesystem: str) -> tuple[met.Met, ...]:
    return met.Walk(cast(Model, toy), path).before(_chain(toy, path, dispatch, filesystem))


def test_nothing_of_another_branch_is_met(toy: Any, path: pathfiles.PathFile) -> None:
    # fault_dispatch returns the result of fault_shared before it comes to fault_protected
    passed = _before(toy, path, "fault_protected", "alfa")
    assert not [item for item in passed if item.name in ("fault_shared", "page_fault")]


def test_nothing_of_the_target_itself_is_met(toy: Any, path: pathfiles.PathFile) -> None:
    passed = _before(toy, path, "fault_protected", "bravo")
    assert not [item for item in passed if item.name == "shared_actor" or item.where == "fs/iomap/shared.c:28"]


def test_no_check_on_the_protected_way_of_alfa(toy: Any, path: pathfiles.PathFile) -> None:
    passed = _before(toy, path, "fault_protected", "alfa")
    assert met.checked(passed, "uptodate") is None
    assert not [item for item in passed if item.site.subject == "uptodate"]


def test_a_check_of_an_earlier_call_is_met_and_stale_once_the_lock_is_dropped(
    toy: Any, path: pathfiles.PathFile
) -> None:
    passed = _before(toy, path, "fault_shared", "alfa")
    (check,) = (item for item in passed if item.site.subject == "uptodate")
    assert (check.name, check.via) == ("page_fault", ("call_fault", "alfa_fault", "alfa_any_fault", "page_fault"))
    assert check.certain  # alfa is not DAX on this chain, so its fault handler comes to page_fault
    assert check.stale
    assert "mm/core.c:71" in check.why
    assert met.checked(passed, "uptodate") is None


def test_an_earlier_call_of_an_operation_counts_with_the_table_of_the_chain(toy: Any, path: pathfiles.PathFile) -> None:
    (check,) = (
        item
        for item in _before(toy, path, "fault_shared", "bravo")
        if item.name == "page_fault" and item.site.op == "test"
    )
    assert check.via == ("call_fault", "page_fault")  # bravo's table names page_fault itself


def test_a_check_in_the_filesystem_holds(toy: Any, path: pathfiles.PathFile) -> None:
    check = met.checked(_before(toy, path, "fault_protected", "bravo"), "uptodate")
    assert check is not None
    assert check.where == "fs/bravo/file.c:13"


def test_locks_that_were_dropped_are_not_held(toy: Any, path: pathfiles.PathFile) -> None:
    held = met.held(_before(toy, path, "fault_protected", "bravo"))
    assert [(item.site.subject, item.name) for item in held] == [
        ("freeze", "bravo_mkwrite"),
        ("locked", "shared_mkwrite"),
    ]


def test_what_is_done_before_a_callback_is_called_is_met(toy: Any, path: pathfiles.PathFile) -> None:
    through = [item.where for item in _before(toy, path, "fault_protected", "bravo") if item.name == "shared_apply"]
    assert through == ["fs/iomap/shared.c:74"]


def test_what_was_met_before_a_completion_is_left_behind(toy: Any, path: pathfiles.PathFile) -> None:
    later = tuple(msgspec.structs.replace(item, later=item.field == "page_mkwrite") for item in path.operations)
    other = msgspec.structs.replace(path, operations=later)
    passed = met.Walk(cast(Model, toy), other).before(_chain(toy, path, "fault_shared", "alfa"))
    assert all(item.stale for item in passed if item.frame < 3 and item.site.op in ("test", "lock"))


def test_calls_through_pointers_that_were_passed_over_are_told(toy: Any, path: pathfiles.PathFile) -> None:
    walk = met.Walk(cast(Model, toy), path)
    assert walk.passed_over(_chain(toy, path, "fault_shared", "alfa")) == ()
    assert walk.passed_over(_chain(toy, path, "fault_protected", "alfa")) == (("mm/core.c", 96, "vma->hook"),)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "a", False),
        ("a", "a", False),
        ("a", "b", False),
        ("a && b", "a && !(b)", True),
        ("!(a)", "a && c", True),
        ("case A", "case B", True),
        ("x && case A", "x && default", True),
        ("case A", "x", False),
    ],
)
def test_branches_of_one_if_exclude_each_other(one: str, other: str, expected: bool) -> None:
    assert met.excludes(one, other) is expected
    assert met.excludes(other, one) is expected


def test_levels_are_split_outside_of_parentheses_only() -> None:
    assert met.split("a && !(b && c) && (d || e)") == ("a", "!(b && c)", "(d || e)")
    assert met.split("") == ()
    assert met.beyond("a && b", "a") == ("b",)


# The shipped models


def _shipped(line: str) -> list[tuple[Chain, tuple[met.Met, ...]]]:
    model, path = shipped(line), pathfiles.load("fault")
    walk = met.Walk(model, path)
    found = chains.find(model, path, [function.index for function in model.named(ACTOR[line])])
    return [(chain, walk.before(chain)) for chain in found.chains]


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_the_write_protect_way_to_the_iomap_actor_tests_uptodate_nowhere(line: str) -> None:
    ways = [
        (chain, passed)
        for chain, passed in _shipped(line)
        if [step.name for step in chain.steps][3:5]
        in (["do_wp_page", "wp_page_shared"], ["do_wp_page", "wp_pfn_shared"])
    ]
    assert ways
    for _, passed in ways:
        assert not [item for item in passed if item.site.subject == "uptodate" and item.site.op == "test"]


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_the_shared_fault_has_tested_uptodate_in_filemap_fault_and_dropped_the_lock_since(line: str) -> None:
    ways = [passed for chain, passed in _shipped(line) if "do_shared_fault" in [step.name for step in chain.steps]]
    assert ways
    for passed in ways:
        tests = [item for item in passed if item.site.subject == "uptodate" and item.name == "filemap_fault"]
        assert tests
        assert all(item.stale for item in tests if item.site.op == "test")
        assert met.checked(passed, "uptodate") is None


def test_writeback_enters_the_filesystem_with_the_page_lock_and_a_page_no_longer_dirty() -> None:
    model, path = shipped("5.10"), pathfiles.load("writeback")
    targets = [function.index for function in model.named("iomap_writepage_map")]
    chain = next(
        chain
        for chain in chains.find(model, path, targets).chains
        if "iomap_do_writepage" in [step.name for step in chain.steps] and chain.filesystems == ("xfs",)
    )
    passed = met.Walk(model, path).before(chain)
    done = {(item.site.op, item.site.subject) for item in passed if item.name == "write_cache_pages" and item.certain}
    assert {("lock", "locked"), ("test", "dirty"), ("test", "writeback"), ("clear", "dirty")} <= done
    assert ("locked", "write_cache_pages") in {(item.site.subject, item.name) for item in met.held(passed)}


def test_the_iomap_actor_is_entered_with_the_page_lock() -> None:
    for _, passed in _shipped("5.10"):
        assert ("locked", "iomap_page_mkwrite") in {(item.site.subject, item.name) for item in met.held(passed)}
