import re

import pytest

from reviewer.render import columns, render, terminal
from reviewer.render.words import text
from tests.reviewer.render import sample

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_no_line_is_wider_than_the_terminal_but_an_address_or_a_header(width: int, verbose: bool) -> None:
    for line in render(sample.typical(), width=width, verbose=verbose).split("\n"):
        fits = columns.width(line) <= width
        assert fits or "://" in line or line.startswith(("  diff ", "  rename ", "  index ")), line


def test_colour_changes_nothing_but_colour() -> None:
    colored = SGR.sub("", render(sample.typical(), color=True))
    assert [line.rstrip() for line in colored.split("\n")] == render(sample.typical()).split("\n")


def test_the_head_tells_what_changes_where_and_how_it_stands() -> None:
    head = render(sample.typical()).split("\n\n3 open")[0]
    for said in (
        "[PATCH v2 1/2] brinefs",
        "Nils Arden",
        "v2 (the thread holds v1 and v2)",
        "on the fault path",
        "waiting for the author",
    ):
        assert said in " ".join(head.split())
    assert head.count("\n") < 15


def test_the_open_points_come_before_all_else_and_the_heaviest_first() -> None:
    text = render(sample.typical())
    order = [
        text.index(word)
        for word in (
            "P2 disputed",
            "P3 open",
            "P6 open",
            "P7 open",
            "Why here",
            "Filesystems",
            "Rules ask",
            "Claims",
            "Tests to run",
            "3 settled points",
            "Series",
            "Not looked at",
        )
    ]
    assert order == sorted(order)


def test_the_short_page_is_at_most_two_screens() -> None:
    assert render(sample.typical()).count("\n") <= 110
    assert render(sample.typical(), verbose=True).count("\n") > render(sample.typical()).count("\n")


def test_a_settled_point_takes_two_lines_at_most() -> None:
    lines = render(sample.typical()).split("\n")
    at = lines.index("3 settled points")
    told = lines[at + 1 : lines.index("", at)]
    starts = [number for number, line in enumerate(told) if line.startswith("  P")]
    assert [told[number].split()[0] for number in starts] == ["P1", "P4", "P5"]
    assert all(after - before <= 2 for before, after in zip(starts, [*starts[1:], len(told)], strict=True))


def test_a_long_command_goes_on_behind_a_backslash() -> None:
    command = "./check " + " ".join(f"generic/{number:03}" for number in range(30))
    lines = ["".join(text for text, _ in line) for line in terminal._command(command, 80)]
    assert all(columns.width(line) <= 80 for line in lines)
    assert " ".join(line.strip().removesuffix("\\") for line in lines).split() == command.split()
    assert all(line.endswith("\\") for line in lines[:-1])


def test_a_table_that_does_not_fit_becomes_entries() -> None:
    row = (
        (text("first"),),
        (text("a_function_with_a_long_name_indeed"),),
        (text("another_function_with_a_long_name"),),
    )
    lines = ["".join(part for part, _ in line) for line in terminal.table(("a", "b", "c"), (row,), 60)]
    assert lines[0] == "  first"
    assert "b: a_function_with_a_long_name_indeed" in " ".join(lines)


def test_columns_get_what_they_need_first() -> None:
    assert terminal.shared([5, 30, 100], [5, 8, 10], 60) == [5, 13, 42]
    assert terminal.shared([5, 6], [5, 6], 60) == [5, 6]


def test_an_empty_review_is_a_page_too() -> None:
    text = render(sample.empty())
    assert "No patch was found in this thread." in text
    assert "No mail raises a point" in text
