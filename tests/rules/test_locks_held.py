"""Locks that are held at a step, in words."""

from msgspec import structs

from rules import locks_held, pathfiles
from rules.chains import Chain, Step
from rules.met import Met
from rules.model import Edge, Site


def lock(*, name: str = "toy_fault", line: int = 12, certain: bool = True, frame: int = 0) -> Met:
    site = Site(function=1, line=line, op="lock", subject="locked", spelling="lock_page")
    condition = "" if certain else "retry"
    return Met(site=site, file="fs/toyfs/file.c", name=name, frame=frame, via=(), certain=certain, condition=condition)


def test_the_lock_of_a_page_of_the_filesystems_own_is_not_the_files() -> None:
    item = lock(name="__get_node_page")
    assert not locks_held.is_held(item, (item,), 1)


def test_a_lock_that_a_later_step_takes_is_not_held_yet() -> None:
    item = lock(frame=2)
    assert not locks_held.is_held(item, (item,), 1)


def test_a_lock_of_a_branch_is_held_perhaps() -> None:
    assert locks_held.told([[lock(certain=False)]], 1) == "perhaps page lock (taken at fs/toyfs/file.c:12)"


def test_a_lock_that_one_of_two_ways_takes() -> None:
    assert locks_held.told([[lock()]], 2) == "on some ways page lock (taken at fs/toyfs/file.c:12)"


def test_a_lock_that_every_way_takes() -> None:
    assert locks_held.told([[lock(), lock(line=30)]], 2) == (
        "page lock (taken at fs/toyfs/file.c:12 and fs/toyfs/file.c:30)"
    )


def test_several_locks_are_named_before_their_places() -> None:
    freeze = Site(function=1, line=8, op="start", subject="freeze", spelling="sb_start_pagefault")
    first = structs.replace(lock(), site=freeze)
    assert locks_held.told([[first], [lock()]], 1) == (
        "freeze protection and page lock (taken at fs/toyfs/file.c:8; fs/toyfs/file.c:12)"
    )


def test_no_lock_is_nothing() -> None:
    assert locks_held.told([], 3) == ""


def chain(*kinds: str, last: str = "toy_last") -> Chain:
    edges = tuple(
        Edge(caller=at, callee=at + 1, line=5, kind=kind)  # type: ignore[arg-type]
        for at, kind in enumerate(kinds)
    )
    names = ["toy_step"] * len(kinds) + [last]
    steps = (
        Step(function=at, name=name, file="fs/toyfs/io.c", first=1, edge=None, line=5) for at, name in enumerate(names)
    )
    return Chain(path="writeback", steps=tuple(steps), edges=edges)


def test_a_function_handed_to_the_device_does_not_run_under_the_locks_of_the_submitter() -> None:
    path = pathfiles.load("writeback")
    assert locks_held.context(chain("call", "callback", last="toy_end_io"), 2, path) == 2
    assert locks_held.context(chain("call", "callback", last="toy_write_one"), 2, path) == 0


def test_a_completion_does_not_run_under_the_locks_of_the_submitter() -> None:
    path = pathfiles.load("writeback")
    item = lock(frame=1)
    assert locks_held.context(chain("call", "call", "completion", "call"), 4, path) == 3
    assert not locks_held.is_held(item, (item,), 4, 3)


def test_without_a_completion_the_context_begins_with_the_entry() -> None:
    path = pathfiles.load("writeback")
    item = lock(frame=1)
    assert locks_held.context(chain("call", "call", "call"), 3, path) == 0
    assert locks_held.is_held(item, (item,), 3, 0)
