"""Where changed functions stand, on shipped models."""

import msgspec
import pytest

from reviewer import places
from rules import store
from rules.change import Change, ChangedFile, ChangedHunk, ChangedLine
from rules.graph import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return store.load("6.12")


def change(*functions: tuple[str, str]) -> Change:
    files = tuple(
        ChangedFile(
            path=file,
            old_path=file,
            status="modified",
            old_blob="",
            new_blob="",
            hunks=(ChangedHunk(file=file, header="", lines=(), functions=(name,), found_by="header"),),
        )
        for name, file in functions
    )
    return Change(subject="x", date="", files=files)


def test_a_function_that_the_model_does_not_know_gets_no_place(model: Model) -> None:
    ((unknown, elsewhere), left) = places.of_change(
        change(("toy_probe", "drivers/toy.c"), ("no_such_function", "mm/filemap.c")), model
    )
    assert (unknown.known, unknown.chains, unknown.stage) == (False, (), "")
    assert unknown.note == elsewhere.note == "outside what the shipped 6.12.117 model holds"
    assert left == ()


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (("+static int toy_new(struct toy *toy)", "+{"), "added by the patch"),
        (("+\treturn toy_new(toy);",), "outside what the shipped 6.12.117 model holds"),
        (("-int toy_new(void)", "+int toy_new(struct toy *toy)"), "outside what the shipped 6.12.117 model holds"),
    ],
)
def test_a_function_that_the_patch_adds_is_told_as_such(model: Model, lines: tuple[str, ...], note: str) -> None:
    one = change(("toy_new", "mm/filemap.c"))
    told = tuple(
        ChangedLine(
            sign="-" if line[0] == "-" else "+",
            text=line[1:],
            old=at if line[0] == "-" else None,
            new=None if line[0] == "-" else at,
        )
        for at, line in enumerate(lines, 1)
    )
    (file,) = one.files
    hunk = msgspec.structs.replace(file.hunks[0], lines=told)
    files = (msgspec.structs.replace(file, hunks=(hunk,)),)
    ((place,), _) = places.of_change(msgspec.structs.replace(one, files=files), model)
    assert place.note == note


def test_the_stage_names_the_operation_and_the_distance(model: Model) -> None:
    ((implementer, helper, dispatch), _) = places.of_change(
        change(
            ("ext4_page_mkwrite", "fs/ext4/inode.c"),
            ("iomap_folio_mkwrite_iter", "fs/iomap/buffered-io.c"),
            ("do_wp_page", "mm/memory.c"),
        ),
        model,
    )
    assert implementer.stage == "page fault: implements ->page_mkwrite"
    assert implementer.filesystems == ("ext4",)
    assert "below ->page_mkwrite" in helper.stage
    assert {"xfs", "zonefs"} <= set(helper.filesystems)
    assert dispatch.stage == "page fault: dispatch"


def test_a_chain_that_hands_down_another_table_is_no_way_to_a_function() -> None:
    old = store.load("5.10.262")
    file = "fs/xfs/xfs_iomap.c"
    ((buffered, direct), _) = places.of_change(
        change(("xfs_buffered_write_iomap_begin", file), ("xfs_direct_write_iomap_begin", file)), old
    )
    passed = {step.function for chain in buffered.chains for step in chain.steps}
    assert "iomap_page_mkwrite" in passed
    assert "dax_iomap_fault" not in passed
    assert "dax_iomap_fault" in {step.function for chain in direct.chains for step in chain.steps}


def test_what_is_left_out_is_counted(model: Model) -> None:
    known = [(one.name, one.file) for one in model.in_file("mm/memory.c")][: places.MOST_FUNCTIONS + 3]
    hunks, (note,) = places.of_change(change(*known), model)
    assert len(hunks) == places.MOST_FUNCTIONS
    assert note.startswith(f"3 of the {len(known)} changed functions that the 6.12.117 model knows ")


def test_what_the_model_does_not_know_takes_the_place_of_nothing(model: Model) -> None:
    names = tuple((f"no_{number}", "mm/memory.c") for number in range(places.MOST_FUNCTIONS + 3))
    hunks, notes = places.of_change(change(*names, ("do_wp_page", "mm/memory.c")), model)
    assert (len(hunks), notes) == (len(names) + 1, ())
    assert hunks[-1].on_paths


def test_who_uses_a_generic_implementer_is_counted_too() -> None:
    ((place, own), _) = places.of_change(
        change(("page_cache_sync_ra", "mm/readahead.c"), ("ext4_map_blocks", "fs/ext4/inode.c")), store.load("7.3")
    )
    assert {"ceph", "adfs", "ext2", "ext4", "hfs", "minix", "xfs"} <= set(place.filesystems)  # by filemap_fault()
    assert own.filesystems == ("ext4",)
