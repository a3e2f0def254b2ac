"""Commands, local.config and the time budget."""

from rules.testplan import commands
from rules.testplan.catalogue import TestInfo as Info
from rules.testplan.values import Budget, Run, Suggested


def info(test: str, *groups: str) -> Info:
    return Info(test=test, added="", groups=groups, requires=(), tools=(), flags=())


def suggested(test: str, seconds: float | None, tier: str = "targeted") -> Suggested:
    return Suggested(test=test, suite="xfstests", tier=tier, score=1.0, reasons=("x",), seconds=seconds)  # type: ignore[arg-type]


def test_without_a_budget_nothing_is_left_out() -> None:
    rows = (suggested("generic/001", 1e6),)
    assert commands.within(rows, None) == (rows, ())
    assert commands.within(rows, Budget(measured={"generic/001": 3.0})) == (rows, ())


def test_a_budget_keeps_the_order_and_says_what_does_not_fit() -> None:
    rows: tuple[Suggested, ...] = (
        suggested("generic/001", 50),
        suggested("generic/002", 100),
        suggested("-g mmap", None, "group"),
    )
    rows = (*rows, suggested("generic/003", 10))
    kept, (note,) = commands.within(rows, Budget(seconds=60, measured={"generic/001": 50.0}))
    assert [one.test for one in kept] == ["generic/001", "generic/003"]
    assert "2 tests, about 1 of 1 minutes" in note
    assert "1 times from check.time" in note
    assert "2 suggestions do not fit" in note


def test_measured_times_go_before_what_groups_promise() -> None:
    assert commands.seconds(info("generic/001", "quick"), {"generic/001": 77.0}) == 77.0
    assert commands.seconds(info("generic/001", "auto", "quick"), {}) == 10
    assert commands.seconds(info("generic/001", "auto", "soak"), {}) == 600
    assert commands.seconds(info("generic/001"), {}) == 240


def test_each_section_runs_only_the_tests_of_its_filesystem() -> None:
    rows = (suggested("xfs/001", 1), suggested("generic/001", 1), suggested("-g eio", None, "group"))
    runs = (
        Run(filesystem="ext4", options="", reason="", section="ext4"),
        Run(filesystem="xfs", options="", reason="", section="xfs_subpage"),
    )
    assert commands.check_lines(rows, runs) == (
        "./check -s ext4 generic/001",
        "./check -s xfs_subpage xfs/001 generic/001",
        "./check -s ext4 -g eio",
    )


def test_local_config_has_one_section_for_each_run() -> None:
    text = commands.local_config(
        (Run(filesystem="xfs", options="", reason="", section="xfs_dax", mount="-o dax=always"),)
    )
    assert text.startswith("[xfs_dax]\nFSTYP=xfs\n")
    assert 'MOUNT_OPTIONS="-o dax=always"' in text
    assert "MKFS_OPTIONS" not in text
    assert commands.local_config(()) == ""
