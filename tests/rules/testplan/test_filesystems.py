"""Which filesystems a change concerns and what can run on them."""

from rules.model import Edge, Function, OpEntry
from rules.testplan import catalogue, filesystems, tables
from rules.testplan.catalogue import Sets
from rules.testplan.values import Query


class SmallModel:
    """foo_helper is called by a function of gfs2 and one of xfs; the first stands in a table."""

    functions = (
        Function(index=0, name="foo_helper", file="fs/iomap/foo.c", first=1, last=9, static=False),
        Function(index=1, name="gfs2_make", file="fs/gfs2/file.c", first=1, last=9, static=True),
        Function(index=2, name="foo_outer", file="fs/iomap/foo.c", first=11, last=19, static=False),
        Function(index=3, name="xfs_make", file="fs/xfs/xfs_file.c", first=1, last=9, static=True),
    )

    def named(self, name: str) -> tuple[Function, ...]:
        return tuple(function for function in self.functions if function.name == name)

    def callers(self, index: int) -> tuple[Edge, ...]:
        callers = {0: (1, 2), 2: (3, 0)}.get(index, ())
        return tuple(Edge(caller=caller, callee=index, line=5, kind="call") for caller in callers)

    def entries_of(self, index: int) -> tuple[OpEntry, ...]:
        if index != 1:
            return ()
        return (
            OpEntry(
                struct="vm_operations_struct",
                field="fault",
                variable="v",
                function="gfs2_make",
                target=1,
                file="f",
                line=1,
            ),
        )


def names(query: Query, model: SmallModel | None = None) -> list[str]:
    return [concern.filesystem for concern in filesystems.concerned(query, model)]


def test_documentation_concerns_no_filesystem() -> None:
    assert names(Query(files=("Documentation/foo.rst",), functions=())) == []


def test_code_of_one_filesystem_concerns_that_alone() -> None:
    assert names(Query(files=("fs/ext4/inode.c", "fs/iomap/foo.c"), functions=())) == ["ext4"]


def test_shared_code_concerns_those_that_reach_it() -> None:
    query = Query(files=("fs/iomap/foo.c",), functions=("foo_helper",))
    assert names(query, SmallModel())[:2] == ["gfs2", "xfs"]
    why = filesystems.concerned(query, SmallModel())[0].why
    assert why == "gfs2_make reaches foo_helper"


def test_without_a_model_the_table_stands_for_the_users() -> None:
    assert "xfs" in names(Query(files=("fs/iomap/foo.c",), functions=()))


def test_a_test_that_excludes_a_filesystem_is_no_candidate() -> None:
    tests = Sets(catalogue.shipped())
    excluded = tests.excluding("overlay")
    assert excluded
    overlay = filesystems.concerned(Query(files=("fs/overlayfs/inode.c",), functions=()), None)
    assert filesystems.candidates(overlay, tests) & excluded == 0


def test_a_network_filesystem_has_no_device_to_inject_errors_into() -> None:
    tests = Sets(catalogue.shipped())
    nfs = filesystems.concerned(Query(files=("fs/nfs/file.c",), functions=()), None)
    found = filesystems.candidates(nfs, tests)
    assert found & tests.tagged("tool:dm-error") == 0
    assert found & tests.directory("nfs")
    assert found & tests.directory("xfs") == 0


def test_variants_are_run_only_on_the_filesystems_concerned() -> None:
    concerns = filesystems.concerned(Query(files=("fs/ext4/inode.c",), functions=()), None)
    runs = filesystems.runs(concerns, [("subpage", "mapped write fault"), ("dax", "DAX"), ("subpage", "writeback")])
    assert [run.section for run in runs] == ["ext4", "ext4_subpage", "ext4_dax"]
    assert runs[1].options == "mkfs -b 1024"
    assert "pmem" in runs[2].reason


def test_operations_of_changed_functions_come_from_the_model() -> None:
    assert filesystems.operations_of(["gfs2_make", "nobody"], SmallModel()) == (
        ("gfs2_make", "vm_operations_struct.fault"),
    )
    assert filesystems.operations_of(["gfs2_make"], None) == ()


def test_a_filesystem_that_xfstests_cannot_run_on_gets_no_run_and_a_note() -> None:
    concerns = (filesystems.Concern(filesystem="erofs", why="fs/erofs/data.c is changed", own=True),)
    assert filesystems.runs(concerns, ()) == ()
    (note,) = filesystems.barred(concerns, Query(files=("fs/erofs/data.c",), functions=()))
    assert note.startswith("xfstests cannot run on erofs: ")


def test_a_filesystem_that_xfstests_can_run_on_gets_no_note() -> None:
    concerns = (filesystems.Concern(filesystem="xfs", why="fs/xfs/xfs_file.c is changed", own=True),)
    assert filesystems.barred(concerns, Query(files=("fs/xfs/xfs_file.c",), functions=())) == ()
    assert [run.filesystem for run in filesystems.runs(concerns, ())] == ["xfs"]


def test_a_filesystem_that_xfstests_does_not_know_gets_no_run_and_a_note() -> None:
    query = Query(files=("fs/minix/inode.c", "fs/befs/btree.c"), functions=("foo_helper",))
    assert names(query, SmallModel()) == []
    assert filesystems.barred((), query) == ("xfstests has no support for minix, befs",)


def test_a_change_to_a_known_filesystem_and_an_unknown_one_runs_on_the_first() -> None:
    query = Query(files=("fs/minix/inode.c", "fs/ext4/inode.c"), functions=())
    assert names(query) == ["ext4"]
    assert filesystems.barred(filesystems.concerned(query, None), query) == ("xfstests has no support for minix",)


def test_files_of_fs_itself_are_shared_code() -> None:
    assert names(Query(files=("fs/namei.c",), functions=())) == ["xfs", "ext4", "btrfs", "tmpfs"]


def test_block_code_has_no_run_on_a_filesystem_without_a_device() -> None:
    query = Query(files=("block/bdev.c",), functions=("foo_low",))

    class Reached(SmallModel):
        functions = (
            Function(index=0, name="foo_low", file="block/bdev.c", first=1, last=9, static=False),
            Function(index=1, name="shmem_make", file="mm/shmem.c", first=1, last=9, static=True),
        )

        def callers(self, index: int) -> tuple[Edge, ...]:
            return (Edge(caller=1, callee=0, line=5, kind="call"),) if index == 0 else ()

    assert names(query, Reached()) == ["xfs", "ext4", "btrfs"]


def test_the_server_has_to_run_the_patched_kernel() -> None:
    (concern,) = filesystems.concerned(Query(files=("fs/nfs/file.c", "fs/nfsd/vfs.c"), functions=()), None)
    assert concern.why == "fs/nfsd/vfs.c is changed; the server has to run the patched kernel"
    (concern,) = filesystems.concerned(Query(files=("fs/nfs/file.c",), functions=()), None)
    assert concern.why == "fs/nfs/file.c is changed"


def test_a_patch_of_programs_is_told_as_such() -> None:
    query = Query(files=("libxfs/rdwr.c", "man/man8/xfs_io.8"), functions=())
    assert names(query) == ["xfs"]
    (note,) = filesystems.programs(query)
    assert note.startswith("xfsprogs is changed, not the kernel")
    assert filesystems.programs(Query(files=("fs/xfs/libxfs/xfs_btree.c",), functions=())) == ()
    assert filesystems.programs(Query(files=("repair/a.c", "fs/xfs/xfs_file.c"), functions=())) == ()


def test_every_ability_that_a_row_names_is_in_the_table() -> None:
    table = tables.shipped()
    known = {one.name for one in table.ability}
    named = {name for one in table.filesystem for name in one.lacks}
    named |= {name for one in table.variant for name in (*one.gives, *one.lacks)}
    named |= {one.needs for one in table.shared if one.needs}
    assert named - known == set()
    assert {one.filesystem for one in (*table.variant, *table.program)} <= {one.name for one in table.filesystem}
