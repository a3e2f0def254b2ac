"""Locks that are held at a step, in words."""

from msgspec import structs

from rules import locks_held
from rules.met import Met
from rules.model import Site


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
