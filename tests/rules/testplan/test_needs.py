"""What tests need."""

from rules.testplan import needs
from rules.testplan.catalogue import TestInfo as Info
from rules.testplan.values import Suggested


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
