"""The text of `mkwrite plan`."""

from reviewer.render import plantext
from rules.testplan import values
from rules.testplan.values import Run, Suggested


def suggested(
    test: str, *reasons: str, tier: str = "targeted", suite: str = "xfstests", needs: tuple[str, ...] = ()
) -> Suggested:
    return Suggested(test=test, suite=suite, tier=tier, score=1.0, reasons=reasons, seconds=10.0, needs=needs)  # type: ignore[arg-type]


def text(*suggestions: Suggested, behaviours: tuple[str, ...] = ("mapped write fault", "direct I/O")) -> list[str]:
    made = values.TestPlan(
        suggestions=suggestions,
        ranked=(),
        behaviours=behaviours,
        runs=(Run(filesystem="ext4", section="ext4", options="defaults", reason="fs/ext4/file.c is changed"),),
        config=(),
        commands=(),
        local_config="",
        catalogue="xfstests",
        notes=(),
    )
    return plantext.render(made, ()).split("\n")


FAULT = "bridge: mapped write fault (foo_page_mkwrite) -> group:mmap & verb:mwrite | tool:fsx"
DIRECT = "bridge: direct I/O (foo_dio, foo_end) -> tool:dio"


def test_a_behaviour_is_told_once_and_then_by_its_letter() -> None:
    lines = text(suggested("generic/001", FAULT), suggested("generic/0002", FAULT, DIRECT))
    assert lines[:3] == ["Can affect", "  A  mapped write fault: foo_page_mkwrite", "  B  direct I/O: foo_dio, foo_end"]
    assert lines[4:7] == [
        "Targeted tests",
        "  generic/001   10 s  A by group:mmap & verb:mwrite or others",
        "  generic/0002  10 s  A by group:mmap & verb:mwrite or others; B by tool:dio",
    ]


def test_a_behaviour_without_a_letter_keeps_its_reason_whole() -> None:
    lines = text(suggested("generic/001", FAULT), behaviours=())
    assert "Can affect nothing that the table of behaviours knows" in lines
    assert f"  generic/001  10 s  {FAULT}" in lines


def test_what_a_test_needs_stands_below_its_reasons() -> None:
    lines = text(suggested("generic/001", DIRECT, needs=("fio", "loop devices")))
    place = lines.index("  generic/001  10 s  B by tool:dio")
    assert lines[place + 1].strip() == "needs fio; loop devices"
    assert lines[place + 1].index("needs") == lines[place].index("B by")


def test_tiers_stand_in_their_order_and_other_suites_behind() -> None:
    lines = text(
        suggested("block", "table: x", suite="blktests"),
        suggested("generic/002", DIRECT, tier="soak"),
        suggested("generic/001", "named by A in 1@example.org: fails", tier="regression"),
    )
    titles = [line for line in lines if line in ("Regression tests of this change", "Long runs", "Other suites")]
    assert titles == ["Regression tests of this change", "Long runs", "Other suites"]
    assert "  blktests block  10 s  table: x" in lines


def test_nothing_of_a_mail_reaches_the_terminal_as_it_is() -> None:
    lines = text(suggested("generic/001", "named by \x1b[31mA\u202e in 1@example.org"))
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)


def test_there_are_letters_for_more_behaviours_than_the_alphabet_has() -> None:
    names = tuple(f"behaviour {number}" for number in range(60))
    lines = text(suggested("generic/001", "bridge: behaviour 30 (f) -> tool:x"), behaviours=names)
    assert "  AE behaviour 30: f" in lines
    assert "  generic/001  10 s  AE by tool:x" in lines
