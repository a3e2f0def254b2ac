from typing import Any, cast

import msgspec
import pytest

from rules import chains, pathfiles, store
from rules.chains import Chain, Limits
from rules.filesystem_names import filesystem_of
from rules.graph import Model
from tests.rules.toy import PATH, Toy


@pytest.fixture(scope="module")
def toy() -> Any:
    return Toy()


@pytest.fixture(scope="module")
def path() -> pathfiles.PathFile:
    return pathfiles.parse(PATH, "toy")


def _names(chain: Chain) -> list[str]:
    return [step.name for step in chain.steps]


def _found(toy: Any, path: pathfiles.PathFile, name: str, **limits: Any) -> chains.Chains:
    return chains.find(cast(Model, toy), path, [toy.index[name]], limits=Limits(**limits))


def test_a_function_off_the_path_has_no_chain(toy: Any, path: pathfiles.PathFile) -> None:
    found = _found(toy, path, "lonely")
    assert (found.chains, found.infeasible, found.cut) == ((), (), ())


def test_entries_that_a_kernel_does_not_have_are_ignored(toy: Any, path: pathfiles.PathFile) -> None:
    assert chains.entries_of(cast(Model, toy), path) == (toy.index["fault_entry"],)


def test_an_operation_that_is_no_part_of_the_path_is_not_followed(toy: Any, path: pathfiles.PathFile) -> None:
    smaller = msgspec.structs.replace(path, operations=path.operations[:1])
    assert not chains.find(cast(Model, toy), smaller, [toy.index["shared_actor"]]).chains


def test_a_call_on_another_file_is_not_followed(toy: Any, path: pathfiles.PathFile) -> None:
    operations = tuple(msgspec.structs.replace(item, not_from=("call_mkwrite",)) for item in path.operations)
    other = msgspec.structs.replace(path, operations=operations)
    assert not chains.find(cast(Model, toy), other, [toy.index["shared_actor"]]).chains
    assert chains.find(cast(Model, toy), other, [toy.index["page_fault"]]).chains


def test_a_function_beyond_the_path_is_not_passed(toy: Any, path: pathfiles.PathFile) -> None:
    walled = msgspec.structs.replace(path, beyond=("call_mkwrite",))
    assert not chains.find(cast(Model, toy), walled, [toy.index["shared_actor"]]).chains
    assert chains.find(cast(Model, toy), walled, [toy.index["call_mkwrite"]]).chains


def test_chains_to_the_helper_pass_both_dispatchers_and_both_filesystems(toy: Any, path: pathfiles.PathFile) -> None:
    found = _found(toy, path, "shared_actor")
    assert {(chain.steps[2].name, chain.filesystems) for chain in found.chains} == {
        ("fault_shared", ("alfa",)),
        ("fault_protected", ("alfa",)),
        ("fault_shared", ("bravo",)),
        ("fault_protected", ("bravo",)),
    }
    assert all(_names(chain)[-2:] == ["shared_mkwrite", "shared_actor"] for chain in found.chains)


def test_a_step_tells_the_call_and_its_kind(toy: Any, path: pathfiles.PathFile) -> None:
    chain = next(chain for chain in _found(toy, path, "shared_actor").chains if chain.filesystems == ("alfa",))
    steps = {step.name: step for step in chain.steps}
    assert steps["fault_entry"].edge is None
    assert (steps["alfa_mkwrite"].edge, steps["alfa_mkwrite"].line) == ("operation", 178)
    assert steps["shared_actor"].operation == "shared_apply"
    assert steps["alfa_any_fault"].arguments == ("vmf", "SIZE_PTE", "true")
    assert chain.facts == ("not IS_DAX",)


def test_a_flag_argument_that_contradicts_the_branch_is_infeasible(toy: Any, path: pathfiles.PathFile) -> None:
    bad = [chain for chain in _found(toy, path, "shared_actor").infeasible if "alfa_fault" in _names(chain)]
    assert len(bad) == 1
    assert "fs/alfa/file.c:20" in bad[0].infeasible


def test_an_early_return_is_believed(toy: Any, path: pathfiles.PathFile) -> None:
    bad = [chain for chain in _found(toy, path, "shared_actor").infeasible if "fault_huge" in _names(chain)]
    assert len(bad) == 1
    assert "IS_DAX" in bad[0].infeasible


def test_an_implementer_that_calls_its_own_operation_hands_over(toy: Any, path: pathfiles.PathFile) -> None:
    bad = [chain for chain in _found(toy, path, "shared_actor").infeasible if "wrap_mkwrite" in _names(chain)]
    assert len(bad) == 4
    assert all("hands ->page_mkwrite over" in chain.infeasible for chain in bad)


def test_a_chain_stays_in_the_filesystem_that_it_came_through(toy: Any, path: pathfiles.PathFile) -> None:
    found = _found(toy, path, "bravo_mkwrite")
    assert {chain.filesystems for chain in found.chains} == {("bravo",)}


def test_chains_can_start_at_any_function(toy: Any, path: pathfiles.PathFile) -> None:
    start = toy.index["fault_protected"]
    found = chains.find(cast(Model, toy), path, [toy.index["shared_actor"]], starts=[start])
    assert {_names(chain)[0] for chain in found.chains} == {"fault_protected"}


def test_a_bound_that_was_met_is_said(toy: Any, path: pathfiles.PathFile) -> None:
    assert _found(toy, path, "shared_actor", chains=1).cut == ("stopped after 1 chains",)
    assert "steps of the search" in _found(toy, path, "shared_actor", states=3).cut[0]


def test_chains_are_no_longer_than_asked(toy: Any, path: pathfiles.PathFile) -> None:
    assert not _found(toy, path, "shared_actor", edges=5).chains
    assert len(_found(toy, path, "shared_actor", edges=6).chains) == 2


# The shipped models


def shipped(line: str) -> Model:
    versions = [version for version in store.shipped() if version.startswith(line + ".")]
    if not versions:
        pytest.skip(f"no model of {line} is shipped")
    return store.load(versions[-1])


def _shipped(line: str, target: str, name: str = "fault", start: str = "") -> chains.Chains:
    model = shipped(line)
    starts = [function.index for function in model.named(start)] if start else None
    targets = [function.index for function in model.named(target)]
    return chains.find(model, pathfiles.load(name), targets, starts=starts)


ACTOR = {
    "5.10": "iomap_page_mkwrite_actor",
    "6.1": "iomap_folio_mkwrite_iter",
    "6.12": "iomap_folio_mkwrite_iter",
    "7.3": "iomap_folio_mkwrite_iter",
}


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_no_infeasible_chain_to_the_iomap_actor_is_shown(line: str) -> None:
    found = _shipped(line, ACTOR[line])
    for chain in found.chains:
        names = _names(chain)
        assert not {"kernfs_vma_page_mkwrite", "xfs_filemap_fault", "xfs_filemap_huge_fault"} & set(names)
        assert {"do_wp_page", "do_shared_fault"} & set(names)
    assert len(found.infeasible) >= 9


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_write_protect_faults_reach_the_iomap_actor(line: str) -> None:
    routes = [_names(chain) for chain in _shipped(line, ACTOR[line], start="do_wp_page").chains]
    assert ["do_wp_page", "wp_page_shared", "do_page_mkwrite"] in [names[:3] for names in routes]
    assert all(names[-2] == "iomap_page_mkwrite" for names in routes)


FILESYSTEMS = {
    "5.10": {"xfs", "zonefs"},
    "6.1": {"xfs", "zonefs"},
    "6.12": {"xfs", "zonefs"},
    "7.3": {"xfs", "zonefs", "exfat", "ntfs"},
}


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_filesystems_that_reach_the_iomap_actor(line: str) -> None:
    found = _shipped(line, ACTOR[line])
    for dispatch in ("wp_page_shared", "do_shared_fault"):
        chains_of = [chain for chain in found.chains if dispatch in _names(chain)]
        assert {name for chain in chains_of for name in chain.filesystems} == FILESYSTEMS[line]


def test_a_swapped_page_is_not_read_by_any_filesystem() -> None:
    found = _shipped("5.10", "do_mpage_readpage")
    assert found.chains
    assert not [chain for chain in found.chains if "swap_readpage" in _names(chain)]


def test_only_the_write_protect_fault_comes_through_pfn_mkwrite() -> None:
    found = _shipped("5.10", ACTOR["5.10"])
    through = [chain for chain in found.chains if any(step.operation.endswith(".pfn_mkwrite") for step in chain.steps)]
    assert through
    assert all("wp_pfn_shared" in _names(chain) for chain in through)


@pytest.mark.parametrize("line", sorted(ACTOR))
def test_no_filesystem_runs_the_work_of_another(line: str) -> None:
    """ext4 and f2fs each have a struct bio_post_read_ctx with a work item."""
    model = shipped(line)
    for path in ("fault", "read"):
        found = _shipped(line, "__read_end_io", path)
        for chain in (*found.chains, *found.infeasible):
            last = {filesystem_of(model.file_of(index)) for index in found.targets}
            assert set(chain.filesystems) <= last
