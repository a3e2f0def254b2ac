"""From kernel code to behaviours and tests."""

import pytest

from rules.testplan import bridge, catalogue, tables
from rules.testplan.catalogue import Sets
from rules.testplan.values import Query


def ids(query: Query) -> list[str]:
    return [hit.behaviour.id for hit in bridge.hits(query)]


def test_a_change_of_documentation_hits_nothing() -> None:
    assert bridge.hits(Query(files=("Documentation/filesystems/locking.rst",), functions=())) == ()


def test_a_part_of_a_word_is_not_the_word() -> None:
    assert "reflink" not in ids(Query(files=("kernel/fork.c",), functions=("moscow_init",)))


def test_an_abbreviation_inside_a_longer_word_is_not_the_abbreviation() -> None:
    assert "buffered-io" not in ids(Query(files=(), functions=("cifs_setup_session",)))
    assert "export-locks" not in ids(Query(files=(), functions=("foofs_release_inode",)))
    assert "aio-uring" not in ids(Query(files=(), functions=("foofs_io_submit_add", "foofs_check_during_mount")))
    assert "reclaim" not in ids(Query(files=(), functions=("foofs_room_left",)))


def test_a_name_counts_only_where_the_code_of_the_row_is() -> None:
    assert "send" in ids(Query(files=("fs/btrfs/send.c",), functions=("send_foo",)))
    assert "send" not in ids(Query(files=("fs/eventpoll.c",), functions=("ep_try_send_events",)))
    assert ids(Query(files=("net/sunrpc/sched.c",), functions=("rpc_foo_alloc_task",))) == ["nfs-server-client"]
    assert ids(Query(files=("mm/page-writeback.c",), functions=("balance_dirty_foo",))) == ["writeback"]
    assert "log-recovery" not in ids(Query(files=("drivers/md/foo.c",), functions=("foo_journal_recovery",)))
    assert "zoned" not in ids(Query(files=("mm/page_alloc.c",), functions=("init_foo_zone",)))


def test_who_knows_no_file_is_not_held_to_a_place() -> None:
    assert "send" in ids(Query(files=(), functions=("foo_send_bar",)))


def test_the_end_of_a_name_is_not_its_middle() -> None:
    assert "directory" in ids(Query(files=("fs/foofs/x.c",), functions=("foofs_lookup",)))
    assert "directory" not in ids(Query(files=("fs/foofs/x.c",), functions=("foofs_lookup_extent",)))


@pytest.mark.parametrize(
    ("file", "function", "behaviour"),
    [
        ("fs/f2fs/namei.c", "__f2fs_recover_dot_foo", "log-recovery"),
        ("fs/btrfs/raid56.c", "foo_parity_recover", "log-recovery"),
        ("fs/xfs/libxfs/xfs_bmap.c", "xfs_bmap_add_foo", "fiemap"),
        ("fs/nfs/inode.c", "nfs_set_cache_invalid", "on-disk-checks"),
        ("fs/btrfs/disk-io.c", "btrfs_btree_balance_dirty", "balance"),
        ("fs/ext4/sysfs.c", "ext4_attr_show", "xattr"),
        ("fs/ext4/mballoc.c", "mb_free_blocks", "export-locks"),
        ("fs/gfs2/glock.c", "gfs2_glock_dq", "quota"),
        ("fs/smb/client/transport.c", "wait_for_free_credits", "permissions"),
        ("fs/ext4/extents.c", "ext4_es_remove_extent", "exchange"),
        ("fs/smb/client/link.c", "cifs_query_mf_symlink", "memory-failure"),
        ("fs/xfs/xfs_error.c", "xfs_foo_error_report", "io-error"),
        ("fs/xfs/xfs_inode.c", "xfs_foo", "inode-btree"),
        ("fs/ext4/super.c", "ext4_foo", "freeze-remount"),
        ("fs/btrfs/extent-tree.c", "btrfs_foo", "extent-map"),
        ("fs/btrfs/inode.c", "insert_inline_extent", "compression"),
        ("fs/nfsd/nfs4state.c", "move_to_foo_lru", "reclaim"),
        ("fs/pipe.c", "pipe_write_iter", "buffered-io"),
        ("fs/ext4/super.c", "ext4_nfs_get_inode", "nfs-server-client"),
        ("fs/ext4/ioctl.c", "swap_inode_foo", "swap"),
    ],
)
def test_a_name_of_something_else_is_no_hit(file: str, function: str, behaviour: str) -> None:
    assert behaviour not in ids(Query(files=(file,), functions=(function,)))


def test_an_operation_outside_the_page_cache_is_no_buffered_write() -> None:
    operations = (("foo_write", "file_operations.write_iter"),)
    told = {
        file: bridge.hits(Query(files=(file,), functions=("foo_write",)), operations)
        for file in ("fs/pipe.c", "fs/foo.c")
    }
    assert {file: [hit.behaviour.id for hit in hits] for file, hits in told.items()} == {
        "fs/pipe.c": [],
        "fs/foo.c": ["buffered-io"],
    }


def test_options_that_switch_the_code_on_are_told_by_name_or_path() -> None:
    by_name = bridge.switched(Query(files=("fs/ext4/inode.c",), functions=("ext4_fc_track_foo",)))
    by_line = bridge.switched(Query(files=("fs/ext4/foo.c",), functions=(), identifiers=("foo", "ext4_fc_track_bar")))
    by_path = bridge.switched(Query(files=("fs/btrfs/ref-verify.c",), functions=("foo",)))
    assert [(one.switch.runs, one.evidence) for one in by_name] == [(("fast-commit",), "ext4_fc_track_foo")]
    assert [(one.switch.runs, one.evidence) for one in by_line] == [(("fast-commit",), "ext4_fc_track_bar")]
    assert [(one.switch.runs, one.evidence) for one in by_path] == [(("ref-verify",), "fs/btrfs/ref-verify.c")]
    assert "BTRFS_FS_REF_VERIFY" in by_path[0].switch.config
    assert not bridge.switched(Query(files=("fs/foofs/inode.c",), functions=("foofs_get_block",)))
    assert not bridge.switched(Query(files=("fs/btrfs/backref.c",), functions=("build_backref_tree",)))


def test_a_helper_of_a_feature_on_a_changed_line_tells_the_feature() -> None:
    query = Query(files=("fs/f2fs/file.c",), functions=("f2fs_foo",), identifiers=("f2fs_disable_compressed_file",))
    assert [one.switch.name for one in bridge.switched(query)] == ["compression of f2fs"]
    assert "compression" in ids(query)


def test_every_run_that_a_row_asks_for_is_a_variant() -> None:
    table = tables.from_toml()
    keys = {variant.key for variant in table.variant}
    rows = (*table.behaviour, *table.switch)
    assert {key for row in rows for key in row.runs} <= keys


def test_a_file_of_another_subsystem_with_the_same_name_is_no_hit() -> None:
    assert ids(Query(files=("drivers/md/foocache/super.c",), functions=())) == ["loop-block"]


def test_the_files_of_a_row_are_within_it() -> None:
    table = tables.from_toml()
    whole = ("/fs/", "/mm/", "/block/", "/drivers/", "/lib/", "/include/", "/io_uring/", "/net/")
    for row in (*table.behaviour, *table.switch):
        for part in row.files if row.within else ():
            inside = any(part[1:].startswith(place) or place.startswith(part[1:]) for place in row.within)
            assert inside or not part.startswith(whole), (row.name, part)


def test_no_part_of_a_name_is_given_twice() -> None:
    table = tables.from_toml()
    for row in (*table.behaviour, *table.switch):
        assert len(row.functions) == len(set(row.functions)), row.name
        assert len(row.files) == len(set(row.files)), row.name


def test_a_mapped_write_fault_is_told_by_the_function() -> None:
    assert ids(Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",)))[0] == "mapped-write-fault"


def test_an_operation_of_the_model_counts_without_a_telling_name() -> None:
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_make_ready",))
    found = bridge.hits(query, [("foofs_make_ready", "vm_operations_struct.page_mkwrite")])
    assert found[0].behaviour.id == "mapped-write-fault"
    assert "foofs_make_ready is vm_operations_struct.page_mkwrite" in found[0].evidence


def test_identifiers_of_changed_lines_tell_an_io_error() -> None:
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_fill",), identifiers=("EIO", "folio"))
    assert "io-error" in ids(query)


def test_an_error_in_a_mapped_write_leads_to_error_injection_with_mmap() -> None:
    tests = Sets(catalogue.shipped())
    query = Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",), identifiers=("EIO",))
    hits = bridge.hits(query)
    answers = bridge.answers(hits, tests, tests.directory("generic"))
    order = sorted(answers, key=lambda index: -bridge.score(answers[index]))
    top = [tests.catalogue.tests[index] for index in order[:5]]
    assert "generic/019" in top
    told = bridge.reasons(answers[tests.index["generic/019"]], hits)
    assert any("mapped write fault" in reason and "mmap" in reason for reason in told)
    assert any("I/O error" in reason for reason in told)


def test_a_test_counts_for_a_behaviour_once_by_its_most_specific_query() -> None:
    tests = Sets(catalogue.shipped())
    hits = bridge.hits(Query(files=("fs/foofs/file.c",), functions=("foofs_page_mkwrite",)))
    for found in bridge.answers(hits, tests, tests.all).values():
        assert len({answer.hit for answer in found}) == len(found)


def test_a_series_of_many_functions_does_not_grow_without_bound() -> None:
    names = tuple(f"foofs_step_{number}_page_mkwrite" for number in range(5000))
    hits = bridge.hits(Query(files=("fs/foofs/file.c",), functions=names))
    assert 1.0 <= hits[0].strength < 3.0


def test_an_answer_to_a_query_of_a_hundred_tests_is_broad() -> None:
    tests = Sets(catalogue.shipped())
    found = bridge.hits(Query(files=("fs/iomap/buffered-io.c",), functions=("iomap_write_iter",)))
    answers = [answer for some in bridge.answers(found, tests, tests.all).values() for answer in some]
    assert {answer.broad for answer in answers} == {True, False}
    assert all(answer.broad == (tests.where(answer.query).bit_count() > 100) for answer in answers)
