from typing import Any, cast

import msgspec
import pytest

from rules import pathfiles, scope, states, store
from rules.graph import Model
from tests.rules.test_chains import shipped
from tests.rules.toy import PATH, Toy


@pytest.fixture(scope="module")
def toy() -> Any:
    return Toy()


def test_a_state_without_sites_has_none_and_still_says_what_was_searched(toy: Any) -> None:
    found = states.find(cast(Model, toy), "writeback", "clear")
    assert found.sites == ()
    assert "0.1-toy" in found.note


def test_a_shipped_model_says_of_which_states_it_has_not_every_site(toy: Any) -> None:
    model = store.load("5.10")
    assert "not all of it" in states.world(model, "dirty", "clear")
    assert "not all of it" not in states.world(model, "uptodate", "clear")
    assert "not all of it" not in states.world(cast(Model, toy), "dirty", "clear")
    assert scope.load()[1].subjects == states.EVERYWHERE


def test_sites_come_with_directory_filesystem_and_error(toy: Any) -> None:
    found = states.find(cast(Model, toy), "uptodate", "clear")
    assert [(site.where, site.filesystem, site.error) for site in found.sites] == [
        ("fs/alfa/io.c:13", "alfa", "error"),
        ("fs/bravo/io.c:14", "bravo", ""),
    ]
    assert found.directories == ("fs/alfa", "fs/bravo")


def test_paths_that_reach_a_site_are_named(toy: Any) -> None:
    path = pathfiles.parse(PATH, "toy")
    found = states.find(cast(Model, toy), "uptodate", "assert", [path])
    assert [(site.function.name, site.paths) for site in found.sites] == [("shared_actor", ("toy",))]
    assert states.find(cast(Model, toy), "uptodate", "clear", [path]).sites[0].paths == ()


def test_a_path_reaches_nothing_beyond_its_end(toy: Any) -> None:
    path = msgspec.structs.replace(pathfiles.parse(PATH, "toy"), beyond=("fault_dispatch",))
    names = {toy.functions[index].name for index in states.reachable(cast(Model, toy), (path,))}
    assert names == {"fault_entry", "fault_dispatch"}


@pytest.mark.parametrize(
    "condition", ["", "page", "!error", "!(err)", "ret == 0", "!ra", "PageUptodate(page)", "!count_of"]
)
def test_success_is_no_error(condition: str) -> None:
    assert states.error_words(condition) == ""


@pytest.mark.parametrize(
    "condition",
    ["error", "unlikely(error)", "!(err == 0)", "rc", "bio->bi_status", "a && ret", "!(likely(uptodate))", "n < 0",
     "bio->bi_status || PageError(page)", "label fail", "IS_ERR(page)", "!uptodate"],
)  # fmt: skip
def test_words_of_an_error_are_seen(condition: str) -> None:
    assert states.error_words(condition)


# Counted in the four trees with grep: calls of ClearPageUptodate and of its folio and btrfs forms in fs and mm.
@pytest.mark.parametrize(
    ("line", "sites", "directories"), [("5.10", 57, 19), ("6.1", 51, 18), ("6.12", 38, 12), ("7.3", 38, 11)]
)
def test_who_clears_uptodate_in_the_shipped_kernels(line: str, sites: int, directories: int) -> None:
    found = states.find(shipped(line), "uptodate", "clear")
    assert (len(found.sites), len(found.directories)) == (sites, directories)


def test_filesystems_that_clear_uptodate_after_an_error_in_5_10() -> None:
    found = states.find(shipped("5.10"), "uptodate", "clear")
    after_error = {site.filesystem for site in found.sites if site.error}
    assert {"btrfs", "ecryptfs", "f2fs", "fuse", "hostfs", "vboxsf", "ext4"} <= after_error
    iomap = [site for site in found.sites if site.function.file.startswith("fs/iomap/")]
    assert [(site.function.name, bool(site.error)) for site in iomap] == [
        ("iomap_read_page_end_io", True),
        ("iomap_writepage_map", True),
    ]


def test_iomap_no_longer_clears_uptodate_in_6_12() -> None:
    found = states.find(shipped("6.12"), "uptodate", "clear")
    assert not [site for site in found.sites if site.function.file.startswith("fs/iomap/")]


def test_iomap_only_asserts_uptodate_before_it_makes_a_page_writable() -> None:
    sites = states.find(shipped("5.10"), "uptodate", "assert").sites
    assert "iomap_page_mkwrite_actor" in {site.function.name for site in sites}
    tests = states.find(shipped("5.10"), "uptodate", "test").sites
    assert "iomap_page_mkwrite_actor" not in {site.function.name for site in tests}


@pytest.mark.parametrize("version", store.shipped())
def test_what_a_shipped_model_says_of_paths_is_what_a_walk_finds(version: str) -> None:
    model, paths = store.load(version), tuple(pathfiles.load_all())
    stored = model.reach(states.reach_key(paths))
    assert stored == states.walked(model, paths), "made with other path files: mkwrite model build"
    assert stored is not None and len(stored) > 1000


def test_other_paths_than_the_stored_ones_are_walked() -> None:
    model, paths = store.load(store.shipped()[0]), tuple(pathfiles.load_all())
    assert model.reach(states.reach_key(paths[:1])) is None
    fewer = states.reachable(model, paths[:1])
    whole = states.reachable(model, paths)
    assert fewer == {index: 1 for index, bits in whole.items() if bits & 1}
