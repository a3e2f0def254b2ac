"""Times of tests and the time budget."""

from rules.testplan import commands
from rules.testplan.catalogue import TestInfo as Info
from rules.testplan.values import Budget, Suggested


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
    assert note == (
        "budget: 2 tests, about 60 s of 60 s on one configuration;"
        " 1 times are from check.time, the others what their groups promise; left out: 1 test and 1 group"
    )


def test_a_budget_that_nothing_fits_says_what_would() -> None:
    rows = (suggested("generic/001", 90), suggested("generic/002", 10), suggested("-g mmap", None, "group"))
    kept, notes = commands.within(rows, Budget(seconds=5))
    assert kept == ()
    assert notes == ("budget: none of 2 tests fits into 5 s; the shortest takes about 10 s",)
    assert commands.within((), Budget(seconds=5)) == ((), ())


def test_a_budget_that_all_fit_leaves_nothing_out() -> None:
    kept, (note,) = commands.within((suggested("generic/001", 90),), Budget(seconds=9000))
    assert len(kept) == 1
    assert note == "budget: 1 test, about 90 s of 2.5 h on one configuration; the times are what their groups promise"


def test_measured_times_go_before_what_groups_promise() -> None:
    assert commands.seconds(info("generic/001", "quick"), {"generic/001": 77.0}) == 77.0
    assert commands.seconds(info("generic/001", "auto", "quick"), {}) == 10
    assert commands.seconds(info("generic/001", "auto", "soak"), {}) == 600
    assert commands.seconds(info("generic/001"), {}) == 240
