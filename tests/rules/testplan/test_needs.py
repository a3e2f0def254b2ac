"""What tests need."""

from rules.testplan import bridge, needs
from rules.testplan.catalogue import TestInfo as Info
from rules.testplan.values import Query, Run, Suggested


def info(test: str, requires: tuple[str, ...], tools: tuple[str, ...] = ()) -> Info:
    return Info(test=test, added="", groups=(), requires=requires, tools=tools, flags=())


def test_a_plain_test_needs_nothing() -> None:
    assert needs.of_test(info("generic/001", ("scratch", "test"))) == ()


def test_fault_injection_names_its_kernel_options() -> None:
    (need,) = needs.of_test(info("generic/019", ("fail_make_request",)))
    assert "CONFIG_FAIL_MAKE_REQUEST" in need


def test_a_program_without_options_is_named_alone() -> None:
    assert needs.of_test(info("generic/001", ("fio",), ("fio",))) == ("fio",)


def test_the_fragment_has_each_option_once_and_the_debug_options() -> None:
    details = {"generic/001": info("generic/001", ("dm_target flakey",), ("dm-flakey", "dm-error"))}
    row = Suggested(test="generic/001", suite="xfstests", tier="targeted", score=1.0, reasons=("x",))
    lines = needs.config([row], [], details)
    assert lines[:2] == ("CONFIG_BLK_DEV_DM=y", "CONFIG_DM_FLAKEY=y")
    assert "CONFIG_PROVE_LOCKING=y" in lines
    assert len(lines) == len(set(lines))


def test_an_option_of_one_filesystem_is_not_needed_on_another() -> None:
    generic = info("generic/001", ("quota",))
    assert needs.of_test(generic, ("xfs",)) == ("quota of XFS: CONFIG_XFS_QUOTA",)
    assert needs.of_test(generic, ("ext4",)) == ("quota: CONFIG_QUOTA, CONFIG_QFMT_V2",)
    assert len(needs.of_test(generic, ("btrfs",))) == 0
    assert needs.of_test(info("xfs/001", ("quota",)), ("ext4", "xfs")) == ("quota of XFS: CONFIG_XFS_QUOTA",)


def test_what_a_test_asks_of_the_configuration_itself_is_told() -> None:
    assert needs.of_test(info("f2fs/001", ("kernel_config CONFIG_FOO_BAR",))) == ("CONFIG_FOO_BAR",)


def test_a_helper_can_need_something() -> None:
    one = Info(
        test="xfs/001", added="", groups=(), requires=(), tools=(), flags=(), helpers=("t_mmap_cow_memory_failure",)
    )
    assert needs.of_test(one) == ("memory failure injection: CONFIG_MEMORY_FAILURE",)


def test_options_that_switch_the_code_on_come_first() -> None:
    switched = bridge.switched(Query(files=("block/bfq-foo.c",), functions=()))
    assert needs.config([], [], {}, switched)[:1] == ("CONFIG_IOSCHED_BFQ=y",)


def test_the_options_of_a_variant_that_is_run_are_there() -> None:
    run = Run(filesystem="ext4", options="", reason="", section="ext4_encrypt", variant="encrypt")
    assert "CONFIG_FS_ENCRYPTION=y" in needs.config([], [], {}, runs=(run,))
    assert "CONFIG_FS_ENCRYPTION=y" not in needs.config([], [], {}, runs=())
