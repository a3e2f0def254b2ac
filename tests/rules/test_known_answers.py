"""What is known of four kernels by other means: counted with grep, read by people, said by gcc.

The shipped models are asked; where kernel trees are (MKWRITE_TREES), those too. Numbers are facts of the named version.
"""

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from rules import chains, indexing, pathfiles, store, verify
from rules.graph import Model

SHARED = Path(__file__).parents[2].parent / "shared"
TREES = Path(os.environ.get("MKWRITE_TREES", "/nonexistent"))
LINES = ("5.10", "6.1", "6.12", "7.3")

# (assignments, distinct functions) of vm_operations_struct, counted with grep
VM_OPS = {
    "5.10": {"page_mkwrite": (23, 21), "pfn_mkwrite": (4, 4), "fault": (29, 17), "map_pages": (19, 2)},
    "6.12": {"page_mkwrite": (25, 24), "pfn_mkwrite": (4, 4), "fault": (33, 18), "map_pages": (22, 2)},
}
A_OPS = {
    "5.10": {"readpage": (76, 65), "readahead": (26, 22), "readpages": (5, 5), "writepages": (35, 31)},
    "6.1": {"read_folio": (75, 66), "writepage": (48, 42)},
    "6.12": {"read_folio": (78, 67), "writepage": (11, 11), "writepages": (52, 44)},
    "7.3": {"writepage": (0, 0), "readpage": (0, 0)},
}
# sites, directories. The reference counts 21 and 20 directories for 5.10 and 6.1: it took the first two parts of a path
# for one, so that each of the three files of mm is a directory; grep has 18 and 17 directories of fs, and mm.
CLEARED = {"5.10": (57, 19), "6.1": (51, 18), "6.12": (38, 12), "7.3": (38, 11)}
ERROR_SET = {"5.10": 92, "6.1": 81, "6.12": 0, "7.3": 0}
# Who goes through iomap_page_mkwrite
IOMAP = {
    "5.10": {"xfs", "zonefs"},
    "6.1": {"xfs", "zonefs"},
    "6.12": {"xfs", "zonefs"},
    "7.3": {"xfs", "zonefs", "exfat", "ntfs"},
}
ACTOR = {"5.10": ("iomap_page_mkwrite_actor", 1000), "6.1": ("iomap_folio_mkwrite_iter", 1243),
         "6.12": ("iomap_folio_mkwrite_iter", 1516), "7.3": ("iomap_folio_mkwrite_iter", 1820)}  # fmt: skip


def counted(model: Model, struct: str, field: str) -> tuple[int, int]:
    entries = [entry for entry in model.entries(struct, field) if not entry.variable.endswith("()")]
    return len(entries), len({entry.target for entry in entries})


def one(model: Model, name: str, file: str = "") -> int:
    (found,) = [function.index for function in model.named(name) if file in function.file]
    return found


def kinds(model: Model, caller: int, callee: str) -> set[str]:
    return {edge.kind for edge in model.callees(caller) if model.functions[edge.callee].name == callee}


@pytest.mark.parametrize("line", VM_OPS)
def test_implementers_of_the_fault_operations(line: str) -> None:
    model = store.load(line)
    assert {field: counted(model, "vm_operations_struct", field) for field in VM_OPS[line]} == VM_OPS[line]


@pytest.mark.parametrize("line", A_OPS)
def test_implementers_of_address_space_operations(line: str) -> None:
    model = store.load(line)
    assert {field: counted(model, "address_space_operations", field) for field in A_OPS[line]} == A_OPS[line]


@pytest.mark.parametrize("line", LINES)
def test_where_uptodate_is_cleared_and_error_is_set(line: str) -> None:
    model = store.load(line)
    sites = model.sites_of("uptodate", "clear")
    assert (len(sites), len({model.functions[site.function].file.rpartition("/")[0] for site in sites})) == CLEARED[
        line
    ]
    assert len(model.sites_of("error", "set")) == ERROR_SET[line]


@pytest.mark.parametrize("line", LINES)
def test_the_write_protect_way_to_the_operation_has_no_test_of_uptodate(line: str) -> None:
    model = store.load(line)
    steps = ("do_wp_page", "wp_page_shared", "do_page_mkwrite")
    for caller, callee in pairwise(steps):
        assert kinds(model, one(model, caller), callee) == {"call"}
    for name in steps:
        sites = model.sites(one(model, name))
        assert not model.functions[one(model, name)].outline
        assert not [site for site in sites if site.subject == "uptodate"]
    operations = {edge.operation for edge in model.callees(one(model, "do_page_mkwrite")) if edge.kind == "operation"}
    assert operations == {"vm_operations_struct.page_mkwrite"}


@pytest.mark.parametrize("line", LINES)
def test_iomap_asserts_uptodate_and_does_not_test_it(line: str) -> None:
    model = store.load(line)
    name, at = ACTOR[line]
    sites = [site for site in model.sites(one(model, name)) if site.subject == "uptodate"]
    assert [(site.op, site.line, site.negated) for site in sites] == [("assert", at, True)]


def test_the_actor_is_a_callback_of_iomap_apply_in_5_10_only() -> None:
    old, new = store.load("5.10"), store.load("6.1")
    (edge,) = old.callers(one(old, "iomap_page_mkwrite_actor"))
    assert (old.functions[edge.caller].name, edge.kind, edge.operation) == (
        "iomap_page_mkwrite",
        "callback",
        "iomap_apply",
    )
    assert {edge.kind for edge in new.callers(one(new, "iomap_folio_mkwrite_iter"))} == {"call"}


@pytest.mark.parametrize("line", LINES)
def test_who_goes_through_iomap_page_mkwrite(line: str) -> None:
    model = store.load(line)
    callers = (model.functions[edge.caller].file for edge in model.callers(one(model, "iomap_page_mkwrite")))
    assert {file.split("/")[1] for file in callers} == IOMAP[line]


def test_the_flag_that_keeps_reads_out_of_the_iomap_branch_in_5_10() -> None:
    model = store.load("5.10")
    inner = one(model, "__xfs_filemap_fault")
    assert model.functions[inner].parameters == ("vmf", "pe_size", "write_fault")
    given = {
        model.functions[edge.caller].name: edge.arguments[2] for edge in model.callers(inner) if edge.arguments[2:]
    }
    assert given["xfs_filemap_page_mkwrite"] == "true"
    assert given["xfs_filemap_fault"].startswith("IS_DAX(")
    (edge,) = [edge for edge in model.callees(inner) if model.functions[edge.callee].name == "iomap_page_mkwrite"]
    assert edge.condition == "!IS_DAX(inode) && write_fault"


def test_the_fault_entry_of_x86_and_system_calls_have_their_names() -> None:
    model = store.load("6.12")
    assert [function.file for function in model.named("exc_page_fault")] == ["arch/x86/mm/fault.c"]


@pytest.mark.parametrize("line", LINES)
def test_a_kernel_without_an_mmu_is_not_mixed_in(line: str) -> None:
    model = store.load(line)
    called = {
        model.functions[edge.callee].guard
        for name in ("filemap_page_mkwrite", "filemap_fault", "handle_mm_fault")
        for function in model.named(name)
        for edge in model.callers(function.index)
    }
    assert not any(re.search(r"!\s*CONFIG_MMU", guard) for guard in called)


@pytest.mark.parametrize("version", store.shipped())
def test_a_shipped_model_is_small_names_its_tree_and_is_what_its_name_says(version: str) -> None:
    path = Path(store.__file__).parent / "models" / f"{version}.msgpack.gz"
    model = store.read(path)
    assert path.stat().st_size < 500_000
    assert model.version == version
    assert version in model.tree
    assert all(re.fullmatch(r"[0-9a-f]{16}", blob) for blob in model.blobs.values())
    assert max(map(len, model.columns.strings)) <= 400


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.slow
@pytest.mark.skipif(not (TREES / "linux-5.10").is_dir(), reason="no kernel tree: set MKWRITE_TREES")
def test_a_shipped_model_is_what_its_tree_gives_again(cache: Path) -> None:
    found = indexing.index(indexing.WorkTree(TREES / "linux-5.10"), cache).model.columns
    shipped = store.load("5.10").columns
    assert found.version == shipped.version
    for field in ("strings", "function_name", "function_first", "edge_callee", "edge_line", "site_line", "blobs"):
        assert getattr(found, field) == getattr(shipped, field), field


@pytest.mark.slow
@pytest.mark.skipif(not (TREES / "linux-5.10").is_dir(), reason="no kernel tree: set MKWRITE_TREES")
@pytest.mark.skipif(not (SHARED / "data/calls-5.10.json").is_file(), reason="gcc's facts are not beside the checkout")
def test_gcc_agrees_over_the_fault_path_of_5_10(cache: Path) -> None:
    truth = json.loads((SHARED / "data/calls-5.10.json").read_text())
    found = verify.compare(indexing.corpus(indexing.WorkTree(TREES / "linux-5.10"), cache), truth)
    assert found.missed_functions == ()
    assert found.recall >= 0.99
    assert found.precision >= 0.96
    assert found.truth_entries == found.own_entries == found.agreed_entries


def reached(line: str, target: str, path: str) -> list[chains.Chain]:
    model = store.load(line)
    targets = [function.index for function in model.named(target)]
    assert targets, target
    return list(chains.find(model, pathfiles.load(path), targets).chains)


@pytest.mark.parametrize("line", LINES)
def test_only_who_hands_the_table_down_comes_to_a_buffered_writes_begin(line: str) -> None:
    assert reached(line, "xfs_buffered_write_iomap_begin", "read") == []
    # A direct write beyond the end zeroes what is between.
    for chain in reached(line, "xfs_buffered_write_iomap_begin", "direct"):
        assert chain.steps[-1].table == "xfs_buffered_write_iomap_ops"
        assert "iomap_zero_range" in {step.name for step in chain.steps}


@pytest.mark.parametrize("line", LINES)
def test_a_read_of_xfs_comes_to_its_own_begin_through_its_own_read_iter(line: str) -> None:
    found = reached(line, "xfs_read_iomap_begin", "read")
    assert found
    names = [{step.name for step in chain.steps} for chain in found]
    assert not [steps for steps in names if "call_read_iter" in steps and "xfs_file_read_iter" not in steps]
    assert {"xfs_vm_readahead"} <= set().union(*names)


@pytest.mark.parametrize("line", LINES)
def test_writeback_of_xfs_ends_in_a_work_item_after_a_completion(line: str) -> None:
    kinds = {tuple(step.edge for step in chain.steps) for chain in reached(line, "iomap_finish_ioend", "writeback")}
    assert any("completion" in row and "work" in row[row.index("completion") :] for row in kinds)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("target", "path"),
    [("pageout", "reclaim"), ("balance_dirty_pages", "write"), ("balance_dirty_pages", "fault"),
     ("do_swap_page", "fault"), ("__do_huge_pmd_anonymous_page", "fault"), ("iomap_dio_complete", "direct")],
)  # fmt: skip
def test_functions_that_a_path_comes_to(line: str, target: str, path: str) -> None:
    assert reached(line, target, path)
